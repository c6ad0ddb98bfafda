import { stringify } from 'yaml';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import type { TreeObject } from './overlayObjects';
import type { ComponentPatch } from './trafficRouting';

/** A Kustomize component: what an overlay takes on with one line, and others do not. */
export function componentFiles(
  folder: string,
  parts: {
    objects: Array<{ file: string; object: TreeObject }>;
    patches: ComponentPatch[];
    /** What Kustomize is told of kinds that it does not know. */
    configuration?: object;
  },
): ManifestFile[] {
  const { objects, patches, configuration } = parts;
  return [
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      ...(objects.length > 0
        ? { resources: objects.map(({ file }) => file) }
        : {}),
      ...(configuration ? { configurations: ['kustomizeconfig.yaml'] } : {}),
      ...(patches.length > 0
        ? {
            patches: patches.map(({ target, patch }) => ({
              target,
              patch: stringify(patch, { version: '1.1', lineWidth: 0 }),
            })),
          }
        : {}),
    }),
    ...(configuration
      ? [plainFile(`${folder}/kustomizeconfig.yaml`, configuration)]
      : []),
    ...objects.map(({ file, object }) =>
      manifestFile(`${folder}/${file}`, object),
    ),
  ];
}
