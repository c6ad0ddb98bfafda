import { InputError } from '@backstage/errors';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { assertValidObject } from '../objects';
import {
  buildKustomization,
  type BuildKustomizationOptions,
  type RenderedObject,
} from './buildKustomization';

/** An overlay that builds and holds nothing that must not be in Git. @public */
export interface ValidatedOverlay {
  /** Name of its folder. */
  name: string;
  objects: RenderedObject[];
}

/**
 * Builds every overlay of a folder and looks at what comes out: each object fits the schema of
 * its kind, and none is a plain `Secret`, because what is in Git is read by many.
 *
 * @param directory - absolute path of the folder with `overlays` in it.
 * @throws InputError with the overlay and what is wrong with it, or when there is no overlay;
 * NotFoundError when kustomize is missing.
 *
 * @public
 */
export async function validateFolder(
  directory: string,
  options: BuildKustomizationOptions = {},
): Promise<ValidatedOverlay[]> {
  const overlays = path.join(directory, 'overlays');
  const entries = await readdir(overlays, { withFileTypes: true }).catch(
    () => [],
  );
  const names = entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
  if (names.length === 0) {
    throw new InputError(
      `There is no folder "overlays" with an overlay in "${path.basename(
        directory,
      )}"; render the workload first`,
    );
  }
  // One after the other: a build saturates a core, and the backend has other work.
  const validated: ValidatedOverlay[] = [];
  for (const name of names) {
    validated.push({
      name,
      objects: await validateOverlay(path.join(overlays, name), options),
    });
  }
  return validated;
}

async function validateOverlay(
  directory: string,
  options: BuildKustomizationOptions,
): Promise<RenderedObject[]> {
  const inOverlay = (message: string) =>
    new InputError(`Overlay "${path.basename(directory)}": ${message}`);
  try {
    const objects = await buildKustomization(directory, options);
    for (const object of objects) {
      if (object.kind === 'Secret' && object.apiVersion === 'v1') {
        throw inOverlay(
          `it holds the Secret "${object.metadata?.name}". A value in Git is no secret any more: refer to it by an ExternalSecret, and change the value if it was pushed before`,
        );
      }
      assertValidObject(object);
    }
    return objects;
  } catch (error) {
    const { name, message } = error as Error;
    throw name === 'InputError' && !message.startsWith('Overlay ')
      ? inOverlay(message)
      : error;
  }
}
