import { expect, test } from '@playwright/test';
import { ForgeClient } from './forge';
import { signIn, takePictures } from './session';

const forge = new ForgeClient();

for (const engine of [
  { id: 'argocd', title: 'Argo CD', runtime: 'Node.js', source: 'README.md' },
  { id: 'flux', title: 'Flux', runtime: 'Go', source: 'README.md' },
]) {
  test(`create a service with ${engine.title}, see it healthy in dev, merge a change, see the new version`, async ({
    page,
  }) => {
    const name = `parcel-${engine.id}`;
    await signIn(page);
    await page.goto('/create');
    await expect(page.getByText('Web service').first()).toBeVisible();
    await page.goto('/create/templates/default/web-service');

    // A name that is taken is refused before anything is changed.
    const nameField = page.getByLabel(/^Name/);
    await nameField.fill('orders');
    await expect(page.getByText(/taken/).first()).toBeVisible();
    await nameField.fill('Not A Name');
    await expect(page.getByText(/not allowed/).first()).toBeVisible();
    await nameField.fill(name);
    await expect(page.getByText(/taken|not allowed/)).toHaveCount(0);

    await page.getByLabel(/^Description/).fill('Follows parcels');
    const owner = page.getByRole('textbox', { name: /^Owner/ });
    await owner.click();
    await owner.fill('payments');
    await page
      .getByRole('option', { name: /payments/i })
      .first()
      .click();
    await page.getByLabel(engine.runtime, { exact: true }).check();
    await takePicturesOfForm(page, `create-${engine.id}`);
    await page.getByRole('button', { name: 'Next' }).click();
    // What it needs: nothing but what everybody gets.
    await expect(page.getByText('How it is reached').first()).toBeVisible();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel(engine.title, { exact: true }).check();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Create' }).click();

    // The run ends with what to do next.
    await expect(page.getByText('It runs').first()).toBeVisible({
      timeout: 120_000,
    });
    await takePictures(page, `created-${engine.id}`, page.getByText('It runs'));
    await page.getByRole('link', { name: 'Deployments' }).last().click();
    await expect(page).toHaveURL(new RegExp(`${name}/deployments`));
    const pipeline = page.getByRole('list', { name: 'Environments' });
    const dev = pipeline.getByRole('listitem').first();
    await expect(dev).toContainText('Healthy');
    await expect(dev).toContainText('Synced');
    const version = dev.getByTitle(/^\d+\.\d+/).first();
    const before = await version.innerText();
    await takePictures(page, `service-${engine.id}`, version);

    // A colleague changes the code; Ada reviews and merges it in the forge.
    const repository = `payments/${name}`;
    const branch = 'say-more';
    await forge.commitFile({
      repository,
      path: engine.source,
      message: 'Say more about parcels',
      newBranch: branch,
      change: content => `${content}\nParcels are followed.\n`,
    });
    const pull = await forge.openPullRequest({
      repository,
      head: branch,
      title: 'Say more about parcels',
    });
    const forgePage = await page.context().newPage();
    await forgePage.goto(pull.url);
    await forgePage.getByRole('button', { name: /merge/i }).click();
    await expect(forgePage.getByText(/merged/i).first()).toBeVisible();
    await forgePage.close();

    // It arrives in the open page, without a reload.
    await expect(version).not.toHaveText(before, {
      timeout: 60_000,
    });
    await expect(dev).toContainText('Healthy');
    await expect(
      page
        .getByRole('list', { name: 'Timeline' })
        .getByRole('listitem')
        .first(),
    ).toContainText('dev', { ignoreCase: true });
  });
}

async function takePicturesOfForm(
  page: Parameters<typeof signIn>[0],
  name: string,
) {
  // A reload would empty the form, so there is one picture.
  await page.screenshot({
    path: `e2e-test-results/pictures/${name}-light-1280.png`,
    fullPage: true,
  });
}
