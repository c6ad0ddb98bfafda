import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** Charts nest deeper for settings, not for images. */
const MAX_DEPTH = 6;

/**
 * The images that the values of a chart name, sorted.
 *
 * @remarks
 * By the convention that `helm create` set: a field `image` or `<something>Image` that holds
 * `repository`, `tag` and perhaps `registry` and `digest`, or a whole reference. Images that
 * the chart itself chooses are not known.
 */
export function readValuesImages(values: ObjectFields): string[] {
  const found = new Set<string>();
  const walk = (fields: ObjectFields, depth: number) => {
    for (const key of fields.keys()) {
      if (/^image$|Image$/.test(key)) {
        const image =
          readImage(fields.object(key)) ?? readReference(fields.string(key));
        if (image) {
          found.add(image);
        }
      }
      if (depth < MAX_DEPTH) {
        walk(fields.object(key), depth + 1);
      }
    }
  };
  walk(values, 0);
  return [...found].sort();
}

function readImage(image: ObjectFields): string | undefined {
  const repository = image.string('repository');
  const digest = image.string('digest');
  const tag = image.string('tag') ?? image.number('tag')?.toString();
  if (!repository || !(tag || digest)) {
    return undefined;
  }
  const registry = image.string('registry');
  return `${registry ? `${registry}/` : ''}${repository}${
    digest ? `@${digest}` : `:${tag}`
  }`;
}

function readReference(image: string | undefined): string | undefined {
  return image && /^[^\s:@]+(:\d+\/[^\s:@]+)?[:@]\S+$/.test(image)
    ? image
    : undefined;
}
