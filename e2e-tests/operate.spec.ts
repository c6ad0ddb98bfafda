import { expect, test } from '@playwright/test';
import { signIn, takePictures } from './session';

test('give commands to both engines, and follow them to their end', async ({
  page,
}) => {
  await signIn(page);

  // Argo CD: tried out, nothing changes.
  await page.goto('/catalog/default/component/orders/deployments');
  const production = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Production' }) });
  await production.getByRole('button', { name: 'Sync', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Sync orders/ });
  await expect(dialog).toContainText(/objects? differs? from Git/);
  await expect(dialog).toContainText('Git stays as it is');
  await dialog.getByText('Dry run', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Try out', exact: true }).click();
  await expect(production).toContainText('Sync succeeded (dry run)', {
    timeout: 30_000,
  });
  await expect(
    production.getByRole('table', { name: 'What would happen' }),
  ).toBeVisible();
  await expect(production).toContainText('asked by');
  await expect(production).toContainText('Out of sync');
  await takePictures(
    page,
    'service-command',
    page.getByText('Sync succeeded (dry run)'),
  );

  // Flux: suspended and resumed.
  await page.goto('/catalog/default/component/ledger/deployments');
  const staging = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Staging' }) });
  await staging.getByRole('button', { name: 'Suspend', exact: true }).click();
  await page
    .getByRole('dialog', { name: /^Suspend ledger/ })
    .getByRole('button', { name: 'Suspend', exact: true })
    .click();
  await expect(staging).toContainText('Suspend succeeded', { timeout: 30_000 });
  await expect(staging).toContainText('Suspended');
  await staging.getByRole('button', { name: 'Resume', exact: true }).click();
  await page
    .getByRole('dialog', { name: /^Resume ledger/ })
    .getByRole('button', { name: 'Resume', exact: true })
    .click();
  await expect(staging).toContainText('Resume succeeded', { timeout: 30_000 });
  await expect(staging).toContainText('Healthy', { timeout: 60_000 });
});

test('see what is watched, and the facts about a service', async ({ page }) => {
  await signIn(page);
  await page.goto('/gitops/clusters');
  const playground = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Playground' }) });
  await expect(playground).toContainText('Connected');
  await playground.getByText(/kinds are watched$/).click();
  await expect(
    playground.getByRole('row', {
      name: /argoproj.io\/v1alpha1\/applications Connected/,
    }),
  ).toBeVisible();
  await takePictures(page, 'clusters', page.getByText(/kinds are watched$/));

  await page.goto('/catalog/default/component/email-gateway/deployments');
  const guardrails = page.getByRole('region', { name: 'Guardrails' });
  await expect(guardrails).toContainText('email-gateway-smtp');
  await expect(guardrails).toContainText('limits');
  await takePictures(
    page,
    'service-guardrails',
    page.getByRole('region', { name: 'Guardrails' }),
  );

  await page.goto('/catalog/default/component/search-index/deployments');
  const rollout = page.getByRole('region', { name: 'Rollout' });
  await expect(rollout).toBeVisible();
  await takePictures(
    page,
    'service-rollout',
    page.getByRole('region', { name: 'Rollout' }),
  );
});
