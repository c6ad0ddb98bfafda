// Renders and builds a service, and prints what it took; see render.mjs.
import {
  parseServiceModel,
  renderRegistration,
  renderWorkload,
  validateFolder,
  type ManifestFile,
  type ServiceModelInput,
} from '@fairway/gitops-manifests';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KUSTOMIZE = process.env.KUSTOMIZE_BINARY ?? 'kustomize';
const { renders, builds } = JSON.parse(process.env.FAIRWAY_BENCH_SIZE ?? '{}');

/** Everything that a form offers is on: this is the most that a form writes. */
const service: ServiceModelInput = {
  name: 'orders',
  description: 'Takes orders',
  team: 'payments',
  engine: 'argocd',
  runtime: 'nodejs',
  image: 'registry.example.com/payments/orders',
  repoUrl: 'https://git.example.com/payments/orders.git',
  scaling: {},
  networkPolicy: {},
  monitoring: {},
  route: { type: 'ingress', tlsSecretName: 'orders-tls' },
  environments: (['dev', 'staging', 'production'] as const).map(name => ({
    name,
    tier: name === 'dev' ? 'development' : name,
    host: `orders.${name}.example.com`,
  })),
};

function render(): ManifestFile[] {
  const model = parseServiceModel(service);
  return [...renderWorkload(model), ...renderRegistration(model)];
}

async function write(files: ManifestFile[], root: string) {
  for (const file of files) {
    const target = path.join(root, file.path);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.content);
  }
}

async function timed(action: () => unknown): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

async function times(count: number, action: () => unknown): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    all.push(await timed(action));
  }
  return all;
}

async function main() {
  const root = await mkdtemp(path.join(tmpdir(), 'fairway-bench-render-'));
  try {
    const first = await timed(render);
    const rendered = await times(renders, render);
    const files = render();
    await write(files, root);
    const deploy = path.join(root, 'deploy');
    const overlays = await validateFolder(deploy);
    const whole = await times(builds, async () => {
      await write(render(), root);
      await validateFolder(deploy);
    });
    const alone = await times(builds, async () => {
      for (const { name } of overlays) {
        await run(KUSTOMIZE, ['build', path.join(deploy, 'overlays', name)]);
      }
    });
    const result = {
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.content.length, 0),
      overlays: overlays.length,
      objects: overlays.reduce((sum, { objects }) => sum + objects.length, 0),
      ...{ first, rendered, whole, alone },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await rm(root, { recursive: true });
  }
}

main();
