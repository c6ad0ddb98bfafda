import { chromium } from '@playwright/test';
import { findBrowser } from '../scripts/tests.mjs';
import { UserError } from '../scripts/toolchain.mjs';
import { onEnd } from './cleanup.mjs';

/** A Chromium without a window, as the browser tests use it. */
export async function startBrowser() {
  const executablePath = findBrowser(process.env);
  if (!executablePath) {
    throw new UserError(
      'The benchmarks need a Chromium on the PATH, or its path in FAIRWAY_BROWSER',
    );
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  onEnd(() => browser.close());
  return browser;
}

/** A page of a person who never was here: nothing is cached, nobody is signed in. */
export async function newPage(browser, baseURL) {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1280, height: 900 },
  });
  return context.newPage();
}

/**
 * Opens the portal, signs in as the guest and waits for the rows of the catalog. What is not
 * there yet is looked for again, as a person would by reloading; resolves to how often.
 */
export async function signIn(page, { timeoutMs = 180_000 } = {}) {
  const deadline = Date.now() + timeoutMs;
  const enter = page.getByRole('button', { name: 'Enter' });
  const row = page.getByRole('link', { name: 'orders' });
  const empty = page.getByText(/no records to display/i);
  const timeout = 30_000;
  let reloads = -1;
  for (;;) {
    try {
      await page.goto('/', { waitUntil: 'commit' });
      reloads += 1;
      await enter.or(row).or(empty).first().waitFor({ timeout });
      if (await enter.isVisible()) {
        await enter.click();
      }
      await row.or(empty).first().waitFor({ timeout });
      if (await row.first().isVisible()) {
        return { reloads };
      }
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
