import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Lock } from '../forge';

function readImages(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** The images that were built, by `image:tag`, with their commits, in a file. */
export class ImageRegistry {
  readonly #file: string;
  readonly #images: Record<string, string>;
  readonly #lock = new Lock();

  constructor(file: string) {
    this.#file = file;
    this.#images = readImages(file);
  }

  add(image: string, revision: string): void {
    this.#images[image] = revision;
  }

  async save(): Promise<void> {
    await this.#lock.run(this.#file, async () => {
      await mkdir(dirname(this.#file), { recursive: true });
      const text = `${JSON.stringify(this.#images, undefined, 2)}\n`;
      await writeFile(`${this.#file}.new`, text);
      await rename(`${this.#file}.new`, this.#file);
    });
  }
}
