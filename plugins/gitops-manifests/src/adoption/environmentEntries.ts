import { repositoryOf } from '../images/imagesUsed';
import type { ImageEntry } from '../overlays/kustomizations';
import type { ExistingObject, LeftOut } from './readExisting';

/** What runs in an environment, by what identifies it. */
export interface EnvironmentObjects {
  name: string;
  namespace: string;
  objects: Map<string, ExistingObject>;
}

/** An environment whose images and replicas stand in its kustomization. */
export interface AdoptedEnvironment extends EnvironmentObjects {
  images: ImageEntry[];
  replicas: Array<{ name: string; count: number }>;
}

const WORKLOADS = new Set([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Rollout'],
]);

/** The kinds whose replicas kustomize knows by name. */
const REPLICATED = new Set(['Deployment', 'StatefulSet']);

/**
 * Environments with images and replicas as entries of their kustomizations, which is where people
 * and golden paths look for them, and objects without what the entries say.
 */
export function withEntries(
  environments: ReadonlyArray<EnvironmentObjects>,
): AdoptedEnvironment[] {
  const images = environments.map(({ objects }) => imagesOf(objects));
  const inAll = [...images[0].keys()].filter(name =>
    images.every(found => found.has(name)),
  );
  return environments.map((environment, index) => {
    const replicas: AdoptedEnvironment['replicas'] = [];
    const objects = new Map(
      [...environment.objects].map(([key, object]) => {
        const copy = structuredClone(object);
        if (WORKLOADS.has(copy.kind)) {
          withoutTags(copy, new Set(inAll));
        }
        const spec = copy.spec as { replicas?: unknown } | undefined;
        if (REPLICATED.has(copy.kind) && typeof spec?.replicas === 'number') {
          const name = String(copy.metadata?.name);
          if (!replicas.some(entry => entry.name === name)) {
            replicas.push({ name, count: spec.replicas });
            spec.replicas = 1;
          }
        }
        return [key, copy] as const;
      }),
    );
    const entries = inAll.map(name => images[index].get(name)!);
    return { ...environment, objects, replicas, images: entries };
  });
}

/** Images that run in one version, which has a tag or a digest. */
function imagesOf(
  objects: ReadonlyMap<string, ExistingObject>,
): Map<string, ImageEntry> {
  const versions = new Map<string, Set<string>>();
  for (const object of objects.values()) {
    if (WORKLOADS.has(object.kind)) {
      eachImage(object, image => {
        const name = repositoryOf(image);
        const found = versions.get(name) ?? new Set<string>();
        versions.set(name, found.add(image.slice(name.length)));
        return image;
      });
    }
  }
  const entries = new Map<string, ImageEntry>();
  for (const [name, found] of versions) {
    const [version] = found;
    const [, tag, digest] = /^(?::([^@]+))?(?:@(.+))?$/.exec(version) ?? [];
    // Tag and digest together are read differently by versions of kustomize.
    if (found.size === 1 && Boolean(tag) !== Boolean(digest)) {
      entries.set(name, tag ? { name, newTag: tag } : { name, digest });
    }
  }
  return entries;
}

function withoutTags(object: ExistingObject, names: Set<string>): void {
  eachImage(object, image =>
    names.has(repositoryOf(image)) ? repositoryOf(image) : image,
  );
}

/** Replaces every image of a workload. */
function eachImage(value: unknown, replace: (image: string) => string): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  const fields = value as Record<string, unknown>;
  for (const [key, child] of Object.entries(fields)) {
    if (key === 'image' && typeof child === 'string') {
      fields[key] = replace(child);
    } else {
      eachImage(child, replace);
    }
  }
}

/**
 * Takes the number of replicas from workloads that an autoscaler scales: Git would fight with it.
 *
 * @returns what was left out.
 */
export function withoutScaled(objects: ExistingObject[]): LeftOut[] {
  const leftOut: LeftOut[] = [];
  for (const { kind, metadata, spec } of objects) {
    const target = (
      spec as { scaleTargetRef?: { kind?: string; name?: string } } | undefined
    )?.scaleTargetRef;
    const workload = objects.find(
      object =>
        target !== undefined &&
        object.kind === target.kind &&
        object.metadata?.name === target.name,
    );
    const scaled = workload?.spec as { replicas?: unknown } | undefined;
    if (workload && scaled?.replicas !== undefined) {
      delete scaled.replicas;
      leftOut.push({
        object: `replicas of ${workload.kind} ${workload.metadata?.name}`,
        reason: `${kind} ${metadata?.name} decides how many there are`,
      });
    }
  }
  return leftOut;
}
