import { expect, test } from '@playwright/test';
import { signIn, takePictures } from './session';

test('browse the catalog, and find what is in trouble and what is out of sync', async ({
  page,
}) => {
  await signIn(page);

  // The catalog says how its components run, and where nothing is deployed.
  const row = (name: string) =>
    page.getByRole('row').filter({
      has: page.getByRole('link', { name, exact: true }),
    });
  await page.getByTestId('user-picker-all').click();
  await expect(row('recommendations')).toContainText('Degraded');
  await expect(row('orders')).toContainText('Out of sync');
  await expect(row('legacy-reports')).toContainText('Not deployed');
  await takePictures(page, 'catalog', page.getByText('Out of sync'));

  // The fleet: filters say what they found and live in the URL.
  await page.getByRole('link', { name: 'Deployments' }).first().click();
  const fleet = page.getByRole('table', { name: 'Services by environments' });
  await expect(
    fleet.getByRole('button', {
      name: /^recommendations in Production: Degraded/,
    }),
  ).toBeVisible();
  const degraded = fleet.getByRole('button', {
    name: /^recommendations in Production: Degraded/,
  });
  await takePictures(page, 'fleet', degraded);

  await page.getByRole('button', { name: /out of sync$/ }).click();
  await expect(page).toHaveURL(/sync=out-of-sync/);
  await expect(
    fleet.getByRole('button', { name: /^orders in Production:.*Out of sync/ }),
  ).toBeVisible();
  await expect(fleet.getByRole('button', { name: /^web-shop in/ })).toHaveCount(
    0,
  );

  // A shared link shows the same; a cell says what is wrong and since when.
  await page.reload();
  await fleet.getByRole('button', { name: /^orders in Production:/ }).click();
  const panel = page.getByRole('dialog', { name: 'orders in Production' });
  await expect(panel).toContainText('Out of sync');
  await expect(panel).toContainText('manual');
  await expect(panel.getByRole('button', { name: 'Sync' })).toBeEnabled();
  await takePictures(page, 'fleet-panel', panel);

  // What is not Ada's, she may see and not operate.
  await page.goto('/catalog/default/component/recommendations/deployments');
  await expect(page.getByText('What is wrong')).toBeVisible();
  await expect(
    page.getByText(/exceeded its progress deadline/).first(),
  ).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Sync' }).first(),
  ).toBeDisabled();
  await takePictures(page, 'service-degraded', page.getByText('What is wrong'));

  await page.goto('/catalog/default/component/legacy-reports/deployments');
  await expect(
    page.getByText('No engine deploys this component'),
  ).toBeVisible();
  await takePictures(
    page,
    'service-empty',
    page.getByText('No engine deploys this component'),
  );
});

test('the Kubernetes tab shows pods and their logs', async ({ page }) => {
  await signIn(page);
  await page.goto('/catalog/default/component/web-shop/kubernetes');
  const cluster = page.getByRole('button', { name: /playground/i }).first();
  await takePictures(page, 'kubernetes', cluster);
  await cluster.click();
  const deployment = page
    .getByRole('button', { name: /web-shop.*Deployment/s })
    .first();
  await deployment.click();
  await page
    .getByRole('button', { name: /^web-shop-[a-z0-9]+-[a-z0-9]+$/ })
    .first()
    .click();
  await page.getByLabel('get logs').first().click();
  await expect(
    page.getByText(/listening|started|request/i).first(),
  ).toBeVisible();
});
