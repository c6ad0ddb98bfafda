import { InputError } from '@backstage/errors';
import { z } from 'zod';
import type { ManifestChange, ManifestTree, YamlText } from '../edit';
import { textChange } from '../edit/textChange';
import { imageRepository, imageTag, repositoryFolder } from '../model/rules';
import {
  listOf,
  openKustomization,
  valueOf,
  type ImageEntry,
} from '../overlays/kustomizations';
import { parseInput } from '../model/parseInput';
import { imagesUsed } from './imagesUsed';

/** How an image's content is named, whatever its tags. */
const imageDigest = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'a digest: "sha256:" and 64 hexadecimal digits in lower case',
  );

const imageSchema = z
  .strictObject({
    folder: repositoryFolder,
    image: imageRepository,
    tag: imageTag.optional(),
    digest: imageDigest.optional(),
    newName: imageRepository.optional(),
  })
  .refine(
    ({ tag, digest, newName }) => tag ?? digest ?? newName,
    'a tag, a digest or a newName: what the image becomes',
  );

/** Which image an overlay shall run. @public */
export type ImageInput = z.input<typeof imageSchema>;

/**
 * Makes an overlay run an image: its entry of `images:` is changed, or made.
 *
 * @remarks
 * A tag without a digest takes a digest away that stands there, which would win over it; a digest
 * without a tag takes the tag away. Both together name the same image twice, for people and
 * machines. A new name alone leaves both.
 *
 * @returns nothing when the overlay says so already.
 * @throws InputError for input that breaks a rule, a folder without a kustomization, and an image
 * that nothing in the overlay uses: kustomize would ignore the entry without a word.
 *
 * @public
 */
export function setImage(
  tree: ManifestTree,
  input: ImageInput,
): ManifestChange[] {
  const { folder, image, tag, digest, newName } = parseInput(
    imageSchema,
    input,
    'The image cannot be set',
  );
  const kustomization = openKustomization(tree, folder);
  const entries = listOf<ImageEntry>(valueOf(kustomization).images);
  const used = imagesUsed(tree, folder);
  if (used && !entries.some(({ name }) => name === image) && !used.has(image)) {
    throw new InputError(
      `Nothing in "${folder}" uses the image "${image}". It uses: ${
        [...used].sort().join(', ') || 'none'
      }`,
    );
  }
  const wanted: ImageEntry = {
    ...entries.find(({ name }) => name === image),
    name: image,
    ...(newName ? { newName } : {}),
  };
  if (tag ?? digest) {
    wanted.newTag = tag;
    wanted.digest = digest;
  }
  writeImage(kustomization.yaml, wanted);
  return textChange(tree, kustomization.path, kustomization.yaml.toString());
}

/** Makes the entry of an image say what is wanted; what it does not name goes. */
export function writeImage(yaml: YamlText, wanted: ImageEntry): void {
  const entries = listOf<ImageEntry>(yaml.get(['images']));
  const index = entries.findIndex(({ name }) => name === wanted.name);
  if (index < 0) {
    const entry = Object.fromEntries(
      Object.entries(wanted).filter(([, value]) => value !== undefined),
    );
    yaml.set(['images', entries.length], entry);
    return;
  }
  // What is new comes before what goes: an entry is never empty in between.
  const keys = ['newName', 'newTag', 'digest'] as const;
  for (const key of keys) {
    if (wanted[key] !== undefined) {
      yaml.set(['images', index, key], wanted[key]);
    }
  }
  for (const key of keys) {
    if (wanted[key] === undefined) {
      yaml.delete(['images', index, key]);
    }
  }
}
