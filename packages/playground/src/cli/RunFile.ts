import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConflictError } from '@backstage/errors';

const NAME = 'playground.pid';

/** Says which process works in a state folder, so that a second one keeps out. */
export class RunFile {
  readonly #file: string;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#file = join(directory, NAME);
  }

  /** @throws ConflictError when another process is alive. */
  assertFree(): void {
    const pid = existsSync(this.#file)
      ? Number(readFileSync(this.#file, 'utf8'))
      : 0;
    if (pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new ConflictError(
        `The playground in ${
          this.#directory
        } is running (process ${pid}); stop it first. If that is another program, delete ${
          this.#file
        }`,
      );
    }
  }

  take(): void {
    this.assertFree();
    mkdirSync(this.#directory, { recursive: true });
    writeFileSync(this.#file, `${process.pid}\n`);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
