import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { summary } from '../statistics.mjs';

const run = promisify(execFile);
const TIMEOUT_MS = 600_000;

/** In a process of its own, which is what loads the TypeScript of the packages. */
async function measured(size) {
  const { stdout } = await run(
    process.execPath,
    [
      ...['--require', '@backstage/cli/config/nodeTransform.cjs'],
      join(import.meta.dirname, 'renderProgram.ts'),
    ],
    {
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        FAIRWAY_BENCH_SIZE: JSON.stringify(size),
      },
    },
  );
  return JSON.parse(stdout.trim().split('\n').pop());
}

/** Rendering a service with three environments and everything that its form offers, and building it. */
export async function measureRender({ log, quick }) {
  log('render: rendering and building');
  const size = { renders: quick ? 20 : 200, builds: quick ? 3 : 15 };
  const result = await measured(size);
  const rendered = summary(result.rendered);
  const whole = summary(result.whole);
  const alone = summary(result.alone);
  const baseline = value => ({ value, what: 'kustomize build alone' });
  return {
    input: {
      environments: 3,
      overlays: result.overlays,
      files: result.files,
      bytes: result.bytes,
      objects: result.objects,
    },
    figures: [
      {
        what: 'Rendered to text, schemas not loaded yet',
        value: result.first,
        unit: 'ms',
      },
      {
        what: `Rendered to text, p50 (n = ${rendered.n})`,
        value: rendered.p50,
        unit: 'ms',
      },
      { what: 'Rendered to text, p95', value: rendered.p95, unit: 'ms' },
      {
        what: `Rendered, written, built and validated, p50 (n = ${whole.n})`,
        value: whole.p50,
        unit: 'ms',
        baseline: baseline(alone.p50),
      },
      {
        what: 'Rendered, written, built and validated, max',
        value: whole.max,
        unit: 'ms',
        baseline: baseline(alone.max),
      },
    ],
    notes: [
      'Overlays are built one after the other, each by a process of its own; the baseline starts the same processes and throws away what they print',
    ],
  };
}
