import { spawn } from 'node:child_process';
import { ensureFrontend, startBackend } from '../scripts/portal.mjs';
import { newPage, signIn, startBrowser } from './browser.mjs';
import { onEnd } from './cleanup.mjs';
import { portalClient, readSize } from './portalApi.mjs';
import { asEnvironment, freshSettings, urls } from './settings.mjs';
import { until } from './waiting.mjs';
import { logFile } from './world.mjs';

/** A second start is promised to be ready in this time. */
const PROMISE_SECONDS = 30;

const GRACE_MS = 8_000;
const TIMEOUT_MS = 300_000;

/** `npm start` in a process group of its own, so that all of it can be ended. */
function npmStart({ root, settings, onLine }) {
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, ...asEnvironment(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk;
      onLine(String(chunk).trimEnd());
    });
  }
  let running = true;
  const ended = new Promise(resolve => {
    child.on('error', resolve);
    child.on('close', resolve);
  }).then(() => {
    running = false;
  });
  const signal = name => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It ended by itself.
    }
  };
  const stop = async () => {
    if (!running) {
      return;
    }
    signal('SIGTERM');
    const timer = setTimeout(() => signal('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
  };
  onEnd(stop);
  return { stop, ended, output: () => output };
}

/** Asked by a plain client: a browser that tries and fails all the time takes from the start. */
function portalAnswers() {
  const ask = () =>
    fetch(urls.portal).then(
      ({ ok }) => ok,
      () => false,
    );
  return until(ask, { what: 'The portal answers', timeoutMs: TIMEOUT_MS });
}

async function startOnce({ root, browser, settings, onLine }) {
  const page = await newPage(browser, urls.portal);
  const began = Date.now();
  const portal = npmStart({ root, settings, onLine });
  try {
    const signedIn = portalAnswers().then(() =>
      signIn(page, { timeoutMs: TIMEOUT_MS }),
    );
    const { reloads } = await Promise.race([
      signedIn,
      portal.ended.then(() => {
        signedIn.catch(() => {});
        throw new Error(`npm start ended:\n${portal.output()}`);
      }),
    ]);
    const seconds = (Date.now() - began) / 1000;
    const { size } = await readSize(await portalClient());
    return { seconds, reloads, size, output: portal.output() };
  } finally {
    await page.context().close();
    await portal.stop();
  }
}

async function bareBackend({ root, settings, onLine }) {
  const began = Date.now();
  const backend = await startBackend({
    root,
    env: process.env,
    settings,
    onLine,
  });
  const seconds = (Date.now() - began) / 1000;
  await backend.stop();
  return seconds;
}

/** From `npm start` to rows in the catalog of a person who signed in. */
export async function measureStart({ root, log }) {
  const onLine = logFile(root, 'start');
  const browser = await startBrowser();
  const settings = freshSettings();
  const bare = freshSettings();
  const figures = [];
  const notes = [
    'The baseline is the backend process alone, without a playground, until it says that it is ready',
  ];
  let input;
  for (const which of ['first', 'second']) {
    // Installed is also built: a change of the sources since then is none of the start's time.
    await ensureFrontend(root, process.env, log);
    log(`start: the ${which} start`);
    const start = await startOnce({ root, browser, settings, onLine });
    const baseline = await bareBackend({ root, settings: bare, onLine });
    input = start.size;
    figures.push({
      what: `npm start to a usable page, ${which} start`,
      value: start.seconds,
      unit: 's',
      ...(which === 'second' ? { atMost: PROMISE_SECONDS } : {}),
      baseline: { what: 'readiness of the backend alone', value: baseline },
    });
    const said = /\[\s*([\d.]+) s\] Ready\./.exec(start.output);
    if (said) {
      notes.push(
        `${which} start: npm start itself said "Ready" after ${said[1]} s; the rest is the page in the browser`,
      );
    }
    if (start.reloads > 0) {
      notes.push(
        `${which} start: the page was loaded again ${start.reloads} times, until the catalog had rows`,
      );
    }
    if (/Building the frontend|Installing the dep/.test(start.output)) {
      notes.push(
        `${which} start: it built or installed something, so the time is not that of an installed Fairway`,
      );
    }
  }
  return { input, figures, notes };
}
