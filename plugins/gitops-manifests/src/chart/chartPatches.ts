import { InputError } from '@backstage/errors';
import { parseAllDocuments, parseDocument } from 'yaml';
import { z } from 'zod';
import { invalidFields } from '../model/invalidFields';

const patchSchema = z
  .array(
    z.strictObject({
      target: z.strictObject({
        group: z.string().max(253).optional(),
        version: z.string().max(63).optional(),
        kind: z.string().min(1, 'the kind of what is patched').max(63),
        name: z.string().max(253).optional(),
        namespace: z.string().max(63).optional(),
        labelSelector: z.string().max(500).optional(),
        annotationSelector: z.string().max(500).optional(),
      }),
      patch: z.string().min(1, 'a patch').max(20_000),
    }),
  )
  .max(50, 'at most 50 patches');

/** A patch as Kustomize and the post-renderers of Flux have it. */
export type ChartPatch = z.output<typeof patchSchema>[number];

/**
 * Reads the patches of an environment.
 *
 * @throws InputError when they are none that Kustomize would take
 */
export function chartPatches(text: string, field: string): ChartPatch[] {
  if (text.trim() === '') {
    return [];
  }
  const documents = parseAllDocuments(text);
  if (
    !Array.isArray(documents) ||
    documents.length !== 1 ||
    documents[0].errors.length > 0
  ) {
    throw new InputError(
      `${field}: one valid YAML list of patches, each with "target" and "patch"`,
    );
  }
  const result = patchSchema.safeParse(parseDocument(text).toJS() ?? [], {
    reportInput: true,
  });
  if (!result.success) {
    throw invalidFields(
      `${field} must be a list of patches with "target" and "patch"`,
      result.error,
    );
  }
  result.data.forEach(({ patch }, index) =>
    assertPatch(patch, `${field}, number ${index + 1}`),
  );
  return result.data;
}

/** A list of operations, or a piece of the object. */
function assertPatch(text: string, field: string): void {
  const document = parseDocument(text);
  const value: unknown =
    document.errors.length === 0 ? document.toJS() : undefined;
  const isOperations =
    Array.isArray(value) &&
    value.every(
      item =>
        typeof item?.path === 'string' &&
        ['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(item.op),
    );
  const isPiece =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'kind' in value &&
    'apiVersion' in value;
  if (!isOperations && !isPiece) {
    throw new InputError(
      `${field}: "patch" must be a list of operations with "op" and "path", or a piece of an object with "apiVersion" and "kind"`,
    );
  }
}
