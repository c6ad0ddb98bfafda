import { expect, test } from '@playwright/test';
import { signIn, takePictures } from './session';

test('open the DORA page, ask a metric why, and follow it to one deployment', async ({
  page,
}) => {
  await signIn(page);
  await page.getByRole('link', { name: 'Deployments' }).first().click();
  await page.getByRole('tab', { name: 'DORA' }).click();
  for (const name of [
    'Deployment frequency',
    'Lead time for changes',
    'Change fail rate',
    'Recovery time',
    'Rework rate',
  ]) {
    await expect(page.getByText(name).first()).toBeVisible();
  }
  await takePictures(
    page,
    'dora',
    page.getByRole('region', { name: 'Deployment frequency' }),
  );

  const frequency = page.getByRole('region', { name: 'Deployment frequency' });
  await expect(frequency).toContainText('2023');
  await frequency.getByRole('button', { name: /Why/ }).click();
  const why = page.getByRole('dialog');
  await expect(why).toContainText(/deployments \/ 30 days/);
  await why.getByRole('link').first().click();

  // One deployment with its commits; the address alone shows it again.
  await expect(page).toHaveURL(/[?&]deployment=/);
  await expect(why).toContainText(/\d+ commits? deployed/);
  await takePictures(page, 'dora-deployment', why);
  await expect(why).toContainText(/\d+ commits? deployed/);
  await why.getByRole('link', { name: /^Back to/ }).click();
  await expect(why).toContainText(/deployments \/ 30 days/);
  await page.keyboard.press('Escape');
  await expect(why).toBeHidden();
});
