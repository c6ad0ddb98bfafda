// Makes the pictures of the documentation from a portal that runs (`npm start` in another terminal).
import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './tests.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const base = `http://localhost:${process.env.FAIRWAY_PORT ?? 3000}`;
const images = join(root, 'docs', 'images');
mkdirSync(images, { recursive: true });

/** Page, what must be on it before the picture is taken, and the height of the picture. */
const PAGES = [
  {
    name: 'fleet',
    path: '/gitops/fleet',
    ready: 'recommendations',
    height: 900,
  },
  {
    name: 'service',
    path: '/catalog/default/component/orders/deployments',
    ready: 'Timeline',
    height: 1000,
  },
  {
    name: 'dora',
    path: '/gitops/dora',
    ready: 'Deployments by outcome',
    height: 1100,
  },
  {
    name: 'catalog',
    path: '/?filters%5Buser%5D=all',
    ready: 'Out of sync',
    height: 800,
  },
];

const browser = await chromium.launch({
  executablePath: findBrowser(process.env),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
});
for (const look of ['light', 'dark']) {
  const context = await browser.newContext();
  await context.addInitScript(theme => {
    localStorage.setItem('@backstage/core:SignInPage:provider', 'guest');
    localStorage.setItem('theme', theme);
  }, look);
  const page = await context.newPage();
  for (const { name, path, ready, height } of PAGES) {
    if (look === 'dark' && name !== 'fleet') {
      continue;
    }
    await page.setViewportSize({ width: 1280, height });
    await page.goto(base + path);
    await page.getByText(ready).first().waitFor({ timeout: 60_000 });
    await page.waitForLoadState('networkidle');
    await page.screenshot({
      path: join(images, `${name}-${look}.png`),
      animations: 'disabled',
    });
    console.log(`docs/images/${name}-${look}.png`);
  }
  await context.close();
}
await browser.close();
