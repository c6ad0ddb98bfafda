import { expect, test, type Page } from '@playwright/test';
import { ForgeClient } from './forge';
import { signIn, takePictures } from './session';

const forge = new ForgeClient();

/** Opens a golden path with its form filled, as a link of the portal would. */
async function openPath(page: Page, template: string, form: object) {
  const data = encodeURIComponent(JSON.stringify(form));
  await page.goto(`/create/templates/default/${template}?formData=${data}`);
}

async function takePictureOfForm(page: Page, name: string) {
  // A reload would empty the form, so there is one picture.
  await page.screenshot({
    path: `e2e-test-results/pictures/${name}-light-1280.png`,
    fullPage: true,
  });
}

/** From a filled form to the pull request, which a colleague reads and merges in the forge. */
async function proposeAndMerge(
  page: Page,
  { name, says }: { name: string; says: string },
) {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'Show Logs' }).click();
  const log = page.getByText(/Pull request \d+: http/).first();
  await expect(log).toBeVisible({ timeout: 120_000 });
  const url = /http\S+\/pulls\/\d+/.exec(await log.innerText())![0];
  const forgePage = await page.context().newPage();
  await forgePage.goto(url);
  await expect(forgePage.getByText(says).first()).toBeVisible();
  await takePictureOfForm(forgePage, `${name}-pull-request`);
  await forgePage.getByRole('button', { name: /merge/i }).click();
  await expect(forgePage.getByText(/merged/i).first()).toBeVisible();
  await forgePage.close();
  await page.getByRole('button', { name: 'Hide Logs' }).click();
}

for (const { service, engine } of [
  { service: 'web-shop', engine: 'Argo CD' },
  { service: 'search-index', engine: 'Flux' },
]) {
  test(`promote a service of ${engine} by a pull request that shows what it brings`, async ({
    page,
  }) => {
    await signIn(page);
    await page.goto(`/catalog/default/component/${service}/deployments`);
    const environment = (name: string) =>
      page
        .getByRole('list', { name: 'Environments' })
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { name }) });
    const versionIn = (name: string) =>
      environment(name)
        .getByTitle(/^\d+\.\d+/)
        .first();
    await expect(environment('Development')).toContainText('Healthy');
    const wanted = (await versionIn('Development').getAttribute('title'))!;
    await expect(versionIn('Staging')).not.toHaveAttribute('title', wanted);

    await openPath(page, 'promote', {
      entityRef: `component:default/${service}`,
      from: 'dev',
      to: 'staging',
    });
    await expect(page.getByText('What goes where').first()).toBeVisible();
    await takePictureOfForm(page, `promote-${service}`);
    await proposeAndMerge(page, { name: `promote-${service}`, says: wanted });
    await expect(page.getByText('It runs').first()).toBeVisible({
      timeout: 120_000,
    });
    await takePictures(page, `promoted-${service}`, page.getByText('It runs'));

    await page.goto(`/catalog/default/component/${service}/deployments`);
    await expect(versionIn('Staging')).toHaveAttribute('title', wanted, {
      timeout: 60_000,
    });
    await expect(environment('Staging')).toContainText('Healthy');
  });
}

test('roll back a release that broke production', async ({ page }) => {
  await signIn(page);
  await page.goto('/catalog/default/component/web-shop/deployments');
  const production = page
    .getByRole('list', { name: 'Environments' })
    .getByRole('listitem')
    .last();
  await expect(production).toContainText('Healthy');
  let good = '';
  await forge.commitFile({
    repository: 'storefront/web-shop',
    path: 'deploy/overlays/production/kustomization.yaml',
    message: 'deploy(production): a release that does not start',
    change: content =>
      content.replace(/newTag: (\S+)/, (line, tag) => {
        good = tag;
        return `${line}-broken`;
      }),
  });
  await expect(production).toContainText('Degraded', { timeout: 60_000 });

  await openPath(page, 'rollback', {
    entityRef: 'component:default/web-shop',
    environment: 'production',
  });
  const deployment = page.getByRole('button', { name: /Deployment/ }).last();
  await deployment.click();
  await page.getByRole('option', { name: good }).first().click();
  await takePictureOfForm(page, 'rollback');
  await proposeAndMerge(page, { name: 'rollback', says: good });
  await expect(page.getByText('It is back').first()).toBeVisible({
    timeout: 120_000,
  });
  await page.goto('/catalog/default/component/web-shop/deployments');
  await expect(production).toContainText('Healthy', { timeout: 60_000 });
  await expect(production.getByTitle(good).first()).toBeVisible();
});
