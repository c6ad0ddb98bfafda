import { InputError, NotFoundError } from '@backstage/errors';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { ManifestObject } from '../objects';

const run = promisify(execFile);
const LONGEST_OUTPUT = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/** Names the program when it is not called `kustomize` or not on the PATH. */
const BINARY_VARIABLE = 'KUSTOMIZE_BINARY';

/** An object that kustomize built. @public */
export type RenderedObject = ManifestObject & Record<string, unknown>;

/** @public */
export interface BuildKustomizationOptions {
  /** The program. Default: the variable `KUSTOMIZE_BINARY`, else `kustomize` on the PATH. */
  binary?: string;
  /** Milliseconds after which the build is given up. Default 30 seconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Builds a folder with the real `kustomize`.
 *
 * @param directory - absolute path of a folder with a `kustomization.yaml`.
 * @returns the objects, in the order in which kustomize prints them.
 * @throws NotFoundError when there is no kustomize; InputError with its own words when it
 * refuses the folder or takes too long.
 *
 * @public
 */
export async function buildKustomization(
  directory: string,
  options: BuildKustomizationOptions = {},
): Promise<RenderedObject[]> {
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const binary = options.binary ?? process.env[BINARY_VARIABLE] ?? 'kustomize';
  try {
    const { stdout } = await run(binary, ['build', directory], {
      maxBuffer: LONGEST_OUTPUT,
      timeout,
      signal: options.signal,
    });
    return parseAllDocuments(stdout)
      .map(document => document.toJS() as RenderedObject | null)
      .filter(object => object !== null);
  } catch (error) {
    throw translate(error as ExecError, { binary, directory, timeout });
  }
}

type ExecError = Error & {
  code?: string | number;
  killed?: boolean;
  stderr?: string;
};

function translate(
  error: ExecError,
  context: { binary: string; directory: string; timeout: number },
): Error {
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new NotFoundError(
      `The program "${context.binary}" cannot be run. Install kustomize 4.5 or later (https://kubectl.docs.kubernetes.io/installation/kustomize/) on the machine of the backend, or name it by the variable ${BINARY_VARIABLE}`,
    );
  }
  if (error.name === 'AbortError') {
    return error;
  }
  if (error.killed) {
    return new InputError(
      `kustomize did not finish within ${
        context.timeout / 1000
      } seconds; a remote base that cannot be reached is the usual reason`,
    );
  }
  const words = (error.stderr?.trim() || error.message).replaceAll(
    context.directory,
    '.',
  );
  return new InputError(`kustomize refuses the folder: ${words}`);
}
