import { expect, type Locator, type Page } from '@playwright/test';

/** Signs in as the guest, Ada of team payments, as a person does. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Enter' }).click();
  await expect(page.getByRole('link', { name: 'orders' }).first()).toBeVisible({
    timeout: 90_000,
  });
}

/**
 * Pictures of a page in light and dark, wide and narrow, kept as artefacts. The page is loaded
 * again in each look, and is complete when `ready` can be seen.
 */
export async function takePictures(
  page: Page,
  name: string,
  ready: Locator,
): Promise<void> {
  for (const look of ['dark', 'light']) {
    await page.evaluate(id => localStorage.setItem('theme', id), look);
    await page.reload();
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expect(ready.first()).toBeVisible();
      await page.screenshot({
        path: `e2e-test-results/pictures/${name}-${look}-${width}.png`,
        fullPage: true,
        animations: 'disabled',
      });
    }
  }
}
