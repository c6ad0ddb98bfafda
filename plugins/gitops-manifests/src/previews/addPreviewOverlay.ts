import { InputError } from '@backstage/errors';
import { LABEL_ENVIRONMENT } from '@fairway/plugin-gitops-common';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1';
import {
  changedTree,
  YamlText,
  type ManifestChange,
  type ManifestTree,
} from '../edit';
import { serviceLabels } from '../labels';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import { guardedNamespace, limitRange, resourceQuota } from '../quota';
import type { PreviewRoute } from './hostPatches';
import { kustomizationOf } from '../edit/kustomizationFiles';
import { objectsBelow } from './overlayObjects';
import { folderIn, type PreviewModel } from './PreviewModel';

/**
 * Makes `overlays/preview` of a service what previews need: an overlay at all, its namespace as
 * an object (so that it goes when the preview does), for Argo CD its quota (Flux has it from
 * elsewhere), and, where previews have host names, an object that holds one.
 *
 * @param tree - files of the service's repository
 * @returns the changes, none when everything is there; and what holds the host name, for
 * {@link renderPreviews}
 * @throws InputError when there is no base, or nothing that a host name could lead to.
 *
 * @public
 */
export function addPreviewOverlay(
  tree: ManifestTree,
  model: PreviewModel,
): { changes: ManifestChange[]; route?: PreviewRoute } {
  const base = folderIn(model, 'base');
  if (!kustomizationOf(tree, base)) {
    throw new InputError(
      `There is no kustomization in "${base}", on which a preview could be built. Name the folder with "base" and "overlays" in it, or bring the service there first`,
    );
  }
  const folder = folderIn(model, 'overlays/preview');
  const before = kustomizationOf(tree, folder);
  const created = before ? [] : [newOverlay(tree, model, folder)];
  const started = changedTree(tree, created);
  const file = before ?? created[0].path;
  const namespace = namespaceIn(started, file, model);
  const route = routeIn(tree, model);
  const added = [
    ...guards(started, { model, folder, namespace }),
    ...(route || !model.domain ? [] : [ingress(tree, model, folder)]),
  ];
  const kustomization = YamlText.parse(started.get(file)!, { name: file });
  if (kustomization.get(['namespace']) === undefined) {
    kustomization.set(['namespace'], namespace);
  }
  for (const { path } of added) {
    const resources = (kustomization.get(['resources']) ?? []) as string[];
    const name = path.slice(folder.length + 1);
    if (!resources.includes(name)) {
      kustomization.set(['resources', resources.length], name);
    }
  }
  const content = kustomization.toString();
  return {
    route: route ?? (model.domain ? newRoute(model) : undefined),
    changes: [
      ...(content === tree.get(file) ? [] : [{ path: file, content }]),
      ...added,
    ].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** As small as a preview may be: whatever the base deploys, once. */
function newOverlay(
  tree: ManifestTree,
  model: PreviewModel,
  folder: string,
): ManifestFile {
  const workloads = objectsBelow(tree, folderIn(model, 'base')).filter(
    ({ kind, spec }) =>
      ['Deployment', 'StatefulSet', 'Rollout'].includes(kind) &&
      spec?.replicas !== 1,
  );
  return plainFile(`${folder}/kustomization.yaml`, {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: `${model.name}-preview`,
    resources: ['../../base'],
    labels: [{ pairs: { [LABEL_ENVIRONMENT]: 'preview' } }],
    ...(workloads.length > 0 && {
      replicas: workloads.map(({ metadata }) => ({
        name: metadata!.name,
        count: 1,
      })),
    }),
  });
}

function namespaceIn(
  tree: ManifestTree,
  file: string,
  model: PreviewModel,
): string {
  const stated = YamlText.parse(tree.get(file)!, { name: file }).get([
    'namespace',
  ]);
  return typeof stated === 'string' ? stated : `${model.name}-preview`;
}

/** What is missing of the namespace and of what limits it. */
function guards(
  tree: ManifestTree,
  options: { model: PreviewModel; folder: string; namespace: string },
): ManifestFile[] {
  const { model, folder, namespace } = options;
  const kinds = new Set(
    ['overlays/preview', 'base'].flatMap(name =>
      objectsBelow(tree, folderIn(model, name)).map(({ kind }) => kind),
    ),
  );
  const labels = {
    ...serviceLabels(model),
    [LABEL_ENVIRONMENT]: 'preview',
  };
  const wanted: Array<[string, () => ManifestFile]> = [
    [
      'Namespace',
      () =>
        manifestFile(
          `${folder}/namespace.yaml`,
          guardedNamespace(namespace, {
            labels,
            podSecurity: 'baseline',
          }),
        ),
    ],
  ];
  if (model.engine === 'argocd') {
    wanted.push(
      [
        'ResourceQuota',
        () =>
          manifestFile(
            `${folder}/resourcequota.yaml`,
            resourceQuota(model.quota, { labels }),
          ),
      ],
      [
        'LimitRange',
        () => manifestFile(`${folder}/limitrange.yaml`, limitRange({ labels })),
      ],
    );
  }
  return wanted
    .filter(([kind]) => !kinds.has(kind))
    .map(([, render]) => render());
}

/** What holds the host name already; that of the overlay first. */
function routeIn(
  tree: ManifestTree,
  model: PreviewModel,
): PreviewRoute | undefined {
  const routes = ['overlays/preview', 'base'].flatMap(name =>
    objectsBelow(tree, folderIn(model, name)).filter(({ kind }) =>
      ['Ingress', 'HTTPRoute'].includes(kind),
    ),
  );
  const [found] = routes;
  return (
    found && {
      kind: found.kind as PreviewRoute['kind'],
      name: found.metadata!.name!,
      ...(Array.isArray(found.spec?.tls) && { tls: true }),
    }
  );
}

function newRoute(model: PreviewModel): PreviewRoute {
  return { kind: 'Ingress', name: model.name };
}

function ingress(
  tree: ManifestTree,
  model: PreviewModel,
  folder: string,
): ManifestFile {
  const service = objectsBelow(tree, folderIn(model, 'base')).find(
    ({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1',
  );
  const [port] = (service?.spec?.ports ?? []) as Array<{
    name?: string;
    port: number;
  }>;
  if (!service || !port) {
    throw new InputError(
      `A host name of a preview needs a Service that it leads to, and "${folderIn(
        model,
        'base',
      )}" has none. Leave the domain empty, or add a Service first`,
    );
  }
  const object: IIngress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: model.name, labels: serviceLabels(model) },
    spec: {
      rules: [
        {
          // Each preview gets its own in this place.
          host: `${model.name}-preview.${model.domain}`,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: {
                  service: {
                    name: service.metadata!.name!,
                    port: port.name
                      ? { name: port.name }
                      : { number: port.port },
                  },
                },
              },
            ],
          },
        },
      ],
    },
  };
  return manifestFile(`${folder}/ingress.yaml`, object);
}
