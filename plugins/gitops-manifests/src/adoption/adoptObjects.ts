import { InputError } from '@backstage/errors';
import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_TEAM,
} from '@fairway/plugin-gitops-common';
import { stringify } from 'yaml';
import { z } from 'zod';
import {
  dnsLabel,
  labelValue,
  repositoryFolder,
  serviceName,
} from '../model/rules';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import { parseInput } from '../model/parseInput';
import { differenceOperations } from './differenceOperations';
import {
  withEntries,
  withoutScaled,
  type AdoptedEnvironment,
} from './environmentEntries';
import {
  readExisting,
  type ExistingObject,
  type LeftOut,
} from './readExisting';

const adoptionSchema = z.strictObject({
  name: serviceName,
  team: labelValue,
  path: repositoryFolder.default('deploy'),
  environments: z
    .array(
      z.strictObject({
        name: dnsLabel(20).refine(
          name => !['preview', 'base'].includes(name),
          'not one of preview, base, which have their own folder',
        ),
        namespace: dnsLabel(),
        /** What runs there, as `kubectl get -o yaml` prints it. */
        manifests: z
          .string()
          .min(1, 'the manifests of what runs there')
          .max(1_000_000, 'at most 1,000,000 characters'),
      }),
    )
    .min(1, 'at least one environment')
    .max(20, 'at most 20 environments')
    .refine(
      list => new Set(list.map(item => item.name)).size === list.length,
      'every environment once',
    ),
});

/** A service that runs, environment by environment. @public */
export type AdoptionInput = z.input<typeof adoptionSchema>;

/** @public */
export interface Adoption {
  files: ManifestFile[];
  /** The objects of each environment as they were given, without what the cluster wrote. */
  given: Array<{ environment: string; objects: ExistingObject[] }>;
  leftOut: LeftOut[];
}

/**
 * Writes what runs to a base and an overlay per environment. What the overlays build is what was
 * given, but for labels in the metadata that tie the objects to the service: names, namespaces,
 * selectors and templates of pods stay, so nothing is recreated and nothing restarts.
 *
 * @throws InputError for input that breaks a rule, and objects that cannot be adopted.
 *
 * @public
 */
export function adoptObjects(input: AdoptionInput): Adoption {
  const { name, team, path, environments } = parseInput(
    adoptionSchema,
    input,
    'The service cannot be adopted',
  );
  const leftOut: LeftOut[] = [];
  const given = environments.map(environment => {
    const existing = readExisting(environment.manifests, environment.name);
    leftOut.push(...existing.leftOut, ...withoutScaled(existing.objects));
    return {
      ...{ name: environment.name, namespace: environment.namespace },
      objects: inNamespace(existing.objects, environment),
    };
  });
  const read = withEntries(given);
  const shared = [...read[0].objects.keys()].filter(key =>
    read.every(({ objects }) => objects.has(key)),
  );
  const base = new Map(shared.map(key => [key, read[0].objects.get(key)!]));
  return {
    files: [
      ...baseFiles(`${path}/base`, base, {
        [LABEL_COMPONENT]: name,
        [LABEL_TEAM]: team,
      }),
      ...read.flatMap(environment =>
        overlayFiles(`${path}/overlays/${environment.name}`, environment, base),
      ),
    ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    given: given.map(({ name: environment, objects, namespace }) => ({
      environment,
      objects: [...objects.values()].map(object =>
        object.kind === 'Namespace'
          ? object
          : {
              ...object,
              metadata: { ...object.metadata, namespace },
            },
      ),
    })),
    leftOut,
  };
}

/** Objects by what identifies them, without the namespace, which their overlay sets. */
function inNamespace(
  objects: ExistingObject[],
  environment: { name: string; namespace: string },
): Map<string, ExistingObject> {
  const found = new Map<string, ExistingObject>();
  for (const object of objects) {
    const { namespace = environment.namespace, ...metadata } =
      object.metadata ?? {};
    const isOther =
      object.kind === 'Namespace'
        ? metadata.name !== environment.namespace
        : namespace !== environment.namespace;
    if (isOther) {
      throw new InputError(
        `${object.kind} ${metadata.name} of ${
          environment.name
        } is not in the namespace "${environment.namespace}" but in "${
          object.kind === 'Namespace' ? metadata.name : namespace
        }": moving it would recreate it. Leave it out, or adopt that namespace`,
      );
    }
    // Every environment has another namespace.
    const key =
      object.kind === 'Namespace'
        ? 'Namespace'
        : `${object.apiVersion} ${object.kind} ${metadata.name}`;
    if (found.has(key)) {
      throw new InputError(
        `${object.kind} ${metadata.name} of ${environment.name} is there twice; leave one out`,
      );
    }
    found.set(key, { ...object, metadata });
  }
  return found;
}

function fileName(object: ExistingObject, all: Iterable<ExistingObject>) {
  const isOnly =
    [...all].filter(({ kind }) => kind === object.kind).length === 1;
  const kind = object.kind.toLowerCase();
  return isOnly
    ? `${kind}.yaml`
    : `${kind}-${String(object.metadata?.name).replace(
        /[^a-z0-9.-]/gi,
        '-',
      )}.yaml`;
}

function baseFiles(
  folder: string,
  base: Map<string, ExistingObject>,
  labels: Record<string, string>,
): ManifestFile[] {
  const objects = [...base]
    .filter(([key]) => key !== 'Namespace')
    .map(([, object]) => object);
  const files = objects.map(object =>
    manifestFile(`${folder}/${fileName(object, objects)}`, object),
  );
  return [
    ...files,
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: files.map(file => file.path.slice(folder.length + 1)).sort(),
      // In the metadata alone: labels of selectors cannot change, those of pods restart them.
      labels: [{ pairs: labels }],
    }),
  ];
}

function overlayFiles(
  folder: string,
  { name, namespace, objects, images, replicas }: AdoptedEnvironment,
  base: Map<string, ExistingObject>,
): ManifestFile[] {
  const own = [...objects]
    .filter(([key]) => key === 'Namespace' || !base.has(key))
    .map(([, object]) => object);
  const files = own.map(object =>
    manifestFile(`${folder}/${fileName(object, own)}`, object),
  );
  const patches = [];
  for (const [key, object] of base) {
    const operations =
      key === 'Namespace' ? [] : differenceOperations(object, objects.get(key));
    if (operations.length > 0) {
      const [group] = object.apiVersion.includes('/')
        ? object.apiVersion.split('/')
        : [undefined];
      patches.push({
        target: {
          ...(group && { group }),
          kind: object.kind,
          name: object.metadata?.name,
        },
        patch: stringify(operations, { version: '1.1', lineWidth: 0 }),
      });
    }
  }
  return [
    ...files,
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: [
        ...files.map(file => file.path.slice(folder.length + 1)).sort(),
        '../../base',
      ],
      labels: [{ pairs: { [LABEL_ENVIRONMENT]: name } }],
      ...(images.length > 0 ? { images } : {}),
      ...(replicas.length > 0 ? { replicas } : {}),
      ...(patches.length > 0 ? { patches } : {}),
    }),
  ];
}
