import { expect, test } from '@playwright/test';
import { ForgeClient } from './forge';
import { signIn, takePictures } from './session';

const forge = new ForgeClient();
const repository = 'payments/invoices';
const overlay = 'deploy/overlays/production/kustomization.yaml';

test('a release that breaks production turns red, reaches its owner, counts, and a revert gives a recovery time', async ({
  page,
}) => {
  await signIn(page);
  await page.goto('/catalog/default/component/invoices/deployments');
  const production = page
    .getByRole('list', { name: 'Environments' })
    .getByRole('listitem')
    .last();
  await expect(production).toContainText('Healthy');

  let good = '';
  const broken = await forge.commitFile({
    repository,
    path: overlay,
    message: 'deploy(production): a release that does not start',
    change: content =>
      content.replace(/newTag: (\S+)/, (line, tag) => {
        good = tag;
        return `${line}-broken`;
      }),
  });

  // Red, with the reason, in the page that is open.
  await expect(production).toContainText('Degraded', { timeout: 60_000 });
  await expect(
    page.getByText(/exceeded its progress deadline/).first(),
  ).toBeVisible();
  await expect(production.getByTitle(`${good}-broken`)).toBeVisible();
  await takePictures(page, 'invoices-degraded', production);

  // The owner hears of it once.
  await page.goto('/notifications');
  const notification = page.getByText(/invoices/);
  await expect(notification.first()).toBeVisible();
  await takePictures(page, 'notifications', notification);

  // A revert repairs it.
  await forge.commitFile({
    repository,
    path: overlay,
    message: `Revert "deploy(production): a release that does not start"\n\nThis reverts commit ${broken}.`,
    change: content => content.replace(/newTag: \S+/, `newTag: ${good}`),
  });
  await page.goto('/catalog/default/component/invoices/deployments');
  await expect(production).toContainText('Healthy', { timeout: 60_000 });

  // Both are in the record: the failure with its length, the repair as a repair.
  const timeline = page.getByRole('list', { name: 'Timeline' });
  const failed = timeline
    .getByRole('listitem')
    .filter({ hasText: `${good}-broken`.slice(-14) })
    .first();
  await expect(failed).toContainText(/Failed/);
  const repair = timeline.getByRole('listitem').first();
  await repair.getByRole('button').first().click();
  await expect(repair).toContainText('Rollback');
  await expect(repair).toContainText('Repair of production');

  // And in the metrics, down to the deployment.
  await page.goto('/gitops/dora?scope=service&ref=component:default/invoices');
  const recovery = page.getByRole('region', { name: /recovery time/i });
  await expect(recovery).toContainText('n = ');
  await recovery.getByRole('button', { name: /Why/ }).click();
  await expect(page.getByText(/-broken/).first()).toBeVisible();
  await takePictures(page, 'dora-invoices', page.getByText(/-broken/));
});
