import { createByHand } from './createByHand.mjs';
import { readSize } from './portalApi.mjs';

const ENGINES = [
  { id: 'argocd', title: 'Argo CD', runtime: 'Node.js' },
  { id: 'flux', title: 'Flux', runtime: 'Go' },
];

/** Fills the form as a person does, up to the last button. */
async function fillForm(page, { name, engine }) {
  await page.goto('/create/templates/default/web-service');
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel(/^Description/).fill('Follows parcels');
  const owner = page.getByRole('textbox', { name: /^Owner/ });
  await owner.click();
  await owner.fill('payments');
  await page
    .getByRole('option', { name: /payments/i })
    .first()
    .click();
  await page.getByLabel(engine.runtime, { exact: true }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('How it is reached').first().waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel(engine.title, { exact: true }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Review' }).click();
}

/** Seconds of each step of the run, from its log. */
async function stepsOf(client, taskUrl) {
  const id = taskUrl.split('/').pop();
  const events = await client.json(`/api/scaffolder/v2/tasks/${id}/events`);
  const times = new Map();
  for (const { body, createdAt } of events) {
    if (body.stepId) {
      const at = Date.parse(createdAt);
      const [from] = times.get(body.stepId) ?? [at];
      times.set(body.stepId, [from, at]);
    }
  }
  return [...times]
    .map(([step, [from, to]]) => `${step} ${((to - from) / 1000).toFixed(1)}`)
    .join(', ');
}

async function createInPortal(world, { name, engine }) {
  const { page, client } = world;
  await fillForm(page, { name, engine });
  const create = page.getByRole('button', { name: 'Create', exact: true });
  await create.waitFor();
  const began = Date.now();
  await create.click();
  await page.getByText('It runs').first().waitFor({ timeout: 180_000 });
  const seconds = (Date.now() - began) / 1000;
  return { seconds, steps: await stepsOf(client, page.url()) };
}

/** From "Create" to healthy in dev, beside the same by hand. */
export async function measureCreate(world) {
  const figures = [];
  const notes = [
    'By hand: the repository is made through the forge, the same files are pushed with git, dev is applied to the cluster, and the engine says healthy. Nobody writes, reviews, merges or registers anything',
  ];
  const { size } = await readSize(world.client);
  for (const engine of ENGINES) {
    const name = `bench-${engine.id}`;
    world.log(`create: ${name} in the portal`);
    const { seconds, steps } = await createInPortal(world, { name, engine });
    world.log(`create: ${name}-hand by hand`);
    const byHand = await createByHand(world, { like: name, engine: engine.id });
    figures.push({
      what: `"Create" to healthy in dev, ${engine.title}`,
      value: seconds,
      unit: 's',
      baseline: { what: 'by hand, without Fairway', value: byHand },
    });
    notes.push(`${engine.title}, seconds of each step: ${steps}`);
  }
  return { input: size, figures, notes };
}
