// `npm test`: every check of the project, and one line that counts them.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UserError } from './toolchain.mjs';
import { ensureFrontend } from './portal.mjs';

/** The browser of the machine, if it has one that the browser tests can drive. */
export function findBrowser(env) {
  const names = [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  ];
  const places = [
    ...env.PATH.split(delimiter).flatMap(folder =>
      names.map(name => join(folder, name)),
    ),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  return env.FAIRWAY_BROWSER ?? places.find(existsSync);
}

function nodeTestFiles(root) {
  const found = [];
  const visit = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name.startsWith('dist')) {
        continue;
      }
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        visit(path);
      } else if (entry.name.endsWith('.nodetest.ts')) {
        found.push(path);
      }
    }
  };
  ['packages', 'plugins', 'templates', 'scripts', 'e2e-tests'].forEach(name =>
    visit(join(root, name)),
  );
  return found.sort();
}

const count = (output, pattern) =>
  [...output.matchAll(pattern)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

/** What the runners' own closing lines say. */
const readers = {
  single: (_output, ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 }),
  jest: output => ({
    passed: count(output, /^Tests:.*?(\d+) passed/gm),
    failed: count(output, /^Tests:.*?(\d+) failed/gm),
  }),
  node: output => ({
    passed: count(output, /^(?:#|ℹ) pass (\d+)/gm),
    failed: count(output, /^(?:#|ℹ) fail (\d+)/gm),
  }),
  playwright: output => ({
    passed: count(output, /^\s+(\d+) passed/gm),
    failed: count(output, /^\s+(\d+) failed/gm),
  }),
};

/**
 * Runs a command with its output in a file: a pipe would lose the last lines of a runner that
 * ends its process before they are read, and those are the ones that count.
 */
function capture(command, args, options) {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-test-'));
  const path = join(folder, 'output');
  const file = openSync(path, 'w');
  return new Promise(resolve => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', file, file],
    });
    const done = ok => {
      closeSync(file);
      const output = readFileSync(path, 'utf8');
      rmSync(folder, { recursive: true, force: true });
      resolve({ ok, output });
    };
    child.on('error', () => done(false));
    child.on('close', code => done(code === 0));
  });
}

/** Runs the steps (all, or those named) and sets the exit code. */
export async function runTests({ root, env, log, only }) {
  const browser = findBrowser(env);
  const testEnv = { ...env, CI: '1', FORCE_COLOR: '0', NO_COLOR: '1' };
  const steps = [
    {
      name: 'format',
      reader: 'single',
      command: ['yarn', 'prettier', '--check', '.'],
    },
    {
      name: 'lint',
      reader: 'single',
      command: ['yarn', 'backstage-cli', 'repo', 'lint'],
    },
    { name: 'types', reader: 'single', command: ['yarn', 'tsc'] },
    {
      name: 'unit',
      reader: 'jest',
      command: ['yarn', 'backstage-cli', 'repo', 'test', '--maxWorkers=2'],
    },
    {
      name: 'contracts',
      reader: 'node',
      command: [
        'node',
        '--require',
        '@backstage/cli/config/nodeTransform.cjs',
        '--test',
        '--test-reporter=spec',
        '--test-concurrency=2',
        ...nodeTestFiles(root),
      ],
    },
    {
      name: 'browser',
      reader: 'playwright',
      needs: browser
        ? undefined
        : 'a Chromium on the PATH (Debian: apt-get install chromium)',
      before: () => ensureFrontend(root, env, log),
      command: ['yarn', 'playwright', 'test'],
    },
  ].filter(step => only.length === 0 || only.includes(step.name));
  if (steps.length === 0) {
    throw new UserError(
      'No such step. Steps: format, lint, types, unit, contracts, browser.',
    );
  }

  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps) {
    if (step.needs) {
      log(`${step.name}: skipped, it needs ${step.needs}`);
      totals.skipped += 1;
      continue;
    }
    const [command, ...args] = step.command;
    const began = Date.now();
    log(`${step.name}: ${command} ${args.slice(0, 3).join(' ')} ...`);
    let result;
    try {
      await step.before?.();
      result = await capture(command, args, {
        cwd: root,
        env: { ...testEnv, ...(browser ? { FAIRWAY_BROWSER: browser } : {}) },
      });
    } catch (error) {
      result = { ok: false, output: error.message };
    }
    const counted = readers[step.reader](result.output, result.ok);
    // A runner that failed without counting a failure (a crash, no tests) is a failure.
    if (
      (!result.ok && counted.failed === 0) ||
      (result.ok && counted.passed === 0)
    ) {
      counted.failed += 1;
    }
    totals.passed += counted.passed;
    totals.failed += counted.failed;
    if (counted.failed > 0 || env.FAIRWAY_VERBOSE) {
      console.log(result.output);
    }
    log(
      `${step.name}: ${counted.passed} passed, ${
        counted.failed
      } failed (${Math.round((Date.now() - began) / 1000)} s)`,
    );
  }
  console.log(
    `\n${totals.passed} passed, ${totals.failed} failed${
      totals.skipped ? `, ${totals.skipped} skipped` : ''
    }`,
  );
  process.exitCode = totals.failed > 0 ? 1 : 0;
}
