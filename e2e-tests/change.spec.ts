import { expect, test, type Page } from '@playwright/test';
import { signIn, takePictures } from './session';

/** Opens a golden path with its form filled as a link of the portal would. */
async function openPath(page: Page, template: string, form: object) {
  const data = encodeURIComponent(JSON.stringify(form));
  await page.goto(`/create/templates/default/${template}?formData=${data}`);
}

/** From a filled form to the pull request, which a colleague merges in the forge. */
async function proposeAndMerge(page: Page) {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  const log = page.getByText(/Pull request \d+: http/).first();
  await expect(log).toBeVisible({ timeout: 90_000 });
  const url = /http\S+\/pulls\/\d+/.exec(await log.innerText())![0];
  const forgePage = await page.context().newPage();
  await forgePage.goto(url);
  await forgePage.getByRole('button', { name: /merge/i }).click();
  await expect(forgePage.getByText(/merged/i).first()).toBeVisible();
  return forgePage;
}

for (const { service, engine } of [
  { service: 'recommendations', engine: 'Argo CD' },
  { service: 'search-index', engine: 'Flux' },
]) {
  test(`promote a service of ${engine} to staging by a pull request that shows what it brings`, async ({
    page,
  }) => {
    await signIn(page);
    await page.goto(`/catalog/default/component/${service}/deployments`);
    const environments = page
      .getByRole('list', { name: 'Environments' })
      .getByRole('listitem');
    const versionIn = (index: number) =>
      environments.nth(index).getByTitle(/^\d+\.\d+/).first();
    await expect(environments.first()).toContainText('Healthy');
    const wanted = await versionIn(0).getAttribute('title');
    expect(await versionIn(1).getAttribute('title')).not.toBe(wanted);

    await openPath(page, 'promote', {
      entityRef: `component:default/${service}`,
      from: 'dev',
      to: 'staging',
    });
    const forgePage = await proposeAndMerge(page);
    await expect(forgePage.getByText(wanted!).first()).toBeVisible();
    await forgePage.close();
    await expect(page.getByText('It runs').first()).toBeVisible({
      timeout: 120_000,
    });
    await takePictures(page, `promoted-${service}`, page.getByText('It runs'));
    await page.goto(`/catalog/default/component/${service}/deployments`);
    await expect(versionIn(1)).toHaveAttribute('title', wanted!, {
      timeout: 60_000,
    });
    await expect(environments.nth(1)).toContainText('Healthy');
  });
}
