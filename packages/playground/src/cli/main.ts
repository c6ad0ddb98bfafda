import { resetPlayground } from './resetPlayground';
import { readSettings } from './settings';
import { startPlayground } from './startPlayground';

const USAGE = `Usage: playground <command>
  start   start the forge, the cluster, the controllers and CI
  reset   forget everything; the next start begins anew`;

const GRACE_MS = 3000;

/** The command line: `start` or `reset`. */
export async function main(args: string[]): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const settings = readSettings(process.env);
    if (args[0] === 'start') {
      const playground = await startPlayground({ ...settings, log });
      stopOnSignal(playground.stop);
      const { forgeUrl, clusterUrl, argocdUrl } = playground;
      process.stdout.write(
        `playground ready forge=${forgeUrl} cluster=${clusterUrl} argocd=${argocdUrl}\n`,
      );
    } else if (args[0] === 'reset') {
      resetPlayground(settings.directory);
      process.stdout.write(`playground reset ${settings.directory}\n`);
    } else {
      log(USAGE);
      process.exitCode = 2;
    }
  } catch (error) {
    const known = ['ConflictError', 'InputError'];
    const expected = error instanceof Error && known.includes(error.name);
    log(expected ? error.message : String((error as Error).stack ?? error));
    process.exitCode = 1;
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const end = () => {
    // Asked twice means now.
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
