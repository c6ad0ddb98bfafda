// `yarn bench [names...] [--quick] [--json file]`: measures, prints, and fails when a promise is not kept.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { assertPortFree } from '../scripts/portal.mjs';
import { UserError } from '../scripts/toolchain.mjs';
import { measureAnswers } from './answers.mjs';
import { endAll } from './cleanup.mjs';
import { measureCreate } from './create.mjs';
import { measureLive } from './live.mjs';
import { asTable, judged } from './report.mjs';
import { measureRequests } from './requests.mjs';
import { ports } from './settings.mjs';
import { measureStart } from './start.mjs';
import { measureRender } from './render/render.mjs';
import { measureReaders } from './watching/readers.mjs';
import { measureWatching } from './watching/watching.mjs';
import { logFile, startWorld } from './world.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const began = Date.now();
const log = message =>
  console.log(
    `[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${message}`,
  );

/** Those that share one portal, the last of which changes what it holds. */
const IN_WORLD = {
  requests: measureRequests,
  answers: measureAnswers,
  live: measureLive,
  create: measureCreate,
};
/** Those without a portal, each with processes of its own. */
const OF_MANY = {
  render: measureRender,
  watching: measureWatching,
  readers: measureReaders,
};
const NAMES = ['start', ...Object.keys(OF_MANY), ...Object.keys(IN_WORLD)];

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}

async function measure({ names, quick, report }) {
  const take = async (name, how) => {
    const { input, figures, notes } = await how();
    const result = { name, input, figures: figures.map(judged), notes };
    report.results.push(result);
    console.log(`${asTable(result)}\n`);
  };
  if (names.includes('start')) {
    await take('start', () => measureStart({ root, log }));
    await endAll();
  }
  for (const [name, how] of Object.entries(OF_MANY)) {
    if (names.includes(name)) {
      await take(name, () => how({ log, quick, onLine: logFile(root, name) }));
      await endAll();
    }
  }
  const shared = Object.keys(IN_WORLD).filter(name => names.includes(name));
  if (shared.length > 0) {
    const world = await startWorld({ root, log });
    for (const name of shared) {
      log(`${name}: measuring`);
      await take(name, () => IN_WORLD[name](world));
    }
  }
}

async function assertPortsFree() {
  for (const port of Object.values(ports)) {
    try {
      await assertPortFree(port, 'FAIRWAY_BENCH_PORT');
    } catch {
      throw new UserError(
        `Port ${port} is taken. Stop what listens there, or let the benchmarks use others: FAIRWAY_BENCH_PORT=${
          ports.portal + 50
        } yarn bench`,
      );
    }
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length > 0 ? positionals : NAMES;
  const unknown = names.filter(name => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `No such measurement: ${unknown.join(', ')}. There are: ${NAMES.join(
        ', ',
      )}`,
    );
  }
  await assertPortsFree();
  const report = {
    at: new Date().toISOString(),
    commit: commit(),
    machine: {
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
      loadBefore: Number(loadavg()[0].toFixed(1)),
    },
    results: [],
  };
  try {
    await measure({ names, report, quick: values.quick });
  } finally {
    await endAll();
    if (values.json) {
      writeFileSync(
        resolve(values.json),
        `${JSON.stringify(report, undefined, 2)}\n`,
      );
    }
  }
  const { machine } = report;
  console.log(
    `${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, load before ${machine.loadBefore}, commit ${report.commit}; one run`,
  );
  const broken = report.results.flatMap(({ figures }) =>
    figures.filter(({ ok }) => ok === false),
  );
  for (const { what, value, unit } of broken) {
    console.error(`Not as promised: ${what}: ${value} ${unit}`);
  }
  return broken.length > 0 ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await endAll();
    process.exit(130);
  });
}
try {
  process.exitCode = await main();
} catch (error) {
  console.error(
    `\n${error instanceof UserError ? error.message : error.stack}`,
  );
  process.exitCode = 1;
}
process.exit();
