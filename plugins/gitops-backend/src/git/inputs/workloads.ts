import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';

/** Any value that a manifest can hold. */
export type Yaml = Record<string, unknown>;

/** Something in a manifest that runs images. */
export interface Workload {
  kind: string;
  name: string;
  images: Array<{
    /** Name of the container; absent when the images come from a chart's values. */
    container?: string;
    image: string;
  }>;
}

export function isObject(value: unknown): value is Yaml {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list; empty for anything else. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : '';
}

/** What a YAML text says. */
export interface Manifests {
  /** Lists opened. */
  objects: Yaml[];
  /** Equal for texts that differ in comments and form alone; absent when it does not parse. */
  content?: string;
}

/** Reads a YAML text; the documents that do not parse have no objects. */
export function readManifests(text: string): Manifests {
  const documents = parseAllDocuments(text);
  const isWhole = documents.every(({ errors }) => errors.length === 0);
  const values: unknown[] = documents
    .filter(({ errors }) => errors.length === 0)
    .map(document => document.toJS());
  return {
    objects: values.flatMap(value => {
      if (isObject(value) && /List$/.test(textOf(value.kind))) {
        return listOf(value.items).filter(isObject);
      }
      return isObject(value) ? [value] : [];
    }),
    ...(isWhole && {
      content: createHash('sha256')
        .update(JSON.stringify(values))
        .digest('base64url'),
    }),
  };
}

/** The objects of a YAML text. */
export function parseManifests(text: string): Yaml[] {
  return readManifests(text).objects;
}

function at(object: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    object,
  );
}

/** The specs of pods that a workload makes, wherever its kind has them. */
function podSpecs({ spec }: Yaml): unknown[] {
  return [
    at(spec, 'template', 'spec'),
    at(spec, 'jobTemplate', 'spec', 'template', 'spec'),
    at(spec, 'containers') ? spec : undefined,
  ].filter(isObject);
}

/** `image: {repository, tag}` and `image: name:tag`, wherever a chart's values have them. */
export function imagesOfValues(values: unknown): string[] {
  if (Array.isArray(values)) {
    return values.flatMap(imagesOfValues);
  }
  if (!isObject(values)) {
    return [];
  }
  const repository = textOf(values.repository);
  if (repository && (values.tag !== undefined || values.digest)) {
    const registry = textOf(values.registry);
    const name = registry ? `${registry}/${repository}` : repository;
    const digest = textOf(values.digest);
    return [digest ? `${name}@${digest}` : `${name}:${textOf(values.tag)}`];
  }
  return Object.entries(values).flatMap(([key, value]) =>
    key === 'image' && typeof value === 'string' && value !== ''
      ? [value]
      : imagesOfValues(value),
  );
}

/** What a manifest runs; `undefined` when it runs nothing. */
export function workloadOf(object: Yaml): Workload | undefined {
  const kind = textOf(object.kind);
  const name = textOf(at(object, 'metadata', 'name'));
  if (kind === 'HelmRelease') {
    const images = imagesOfValues(at(object, 'spec', 'values'));
    return { kind, name, images: images.map(image => ({ image })) };
  }
  const images = podSpecs(object).flatMap(spec =>
    ['containers', 'initContainers'].flatMap(key =>
      listOf(at(spec, key)).flatMap(container => {
        const image = textOf(at(container, 'image'));
        return image
          ? [{ container: textOf(at(container, 'name')), image }]
          : [];
      }),
    ),
  );
  return images.length > 0 ? { kind, name, images } : undefined;
}

/** Splits `registry:5000/name:tag@digest`. */
export function splitImage(image: string): {
  name: string;
  tag?: string;
  digest?: string;
} {
  const [reference, digest] = image.split('@');
  const match = /^(.*?)(?::([\w][\w.-]*))?$/.exec(reference);
  return {
    name: match?.[1] ?? reference,
    ...(match?.[2] && { tag: match[2] }),
    ...(digest && { digest }),
  };
}
