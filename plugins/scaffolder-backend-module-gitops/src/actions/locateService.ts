import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import type {
  Application,
  ApplicationSource,
  Engine,
  EnvironmentTier,
  GitopsApi,
  ServiceResponse,
  SyncPolicy,
} from '@fairway/plugin-gitops-common';
import path from 'node:path';
import {
  locationOfCloneUrl,
  toRepoUrl,
  type RepositoryLocation,
} from '../forge';

const GROUP = { defaultKind: 'group', defaultNamespace: 'default' };

/** What runs of a service in one environment on one cluster, and from where. */
export interface ServiceOverlay {
  environment: string;
  tier: EnvironmentTier;
  path: string;
  /** What the engine follows: a branch, a tag or a commit. */
  branch?: string;
  cluster: string;
  namespace?: string;
  image?: string;
  revision?: string;
  syncPolicy: Pick<SyncPolicy, 'automated' | 'prune' | 'selfHeal'>;
  application: { id: string; kind: string; namespace?: string; name: string };
}

/** A service as its applications describe it. */
export interface LocatedService {
  entityRef: string;
  name: string;
  team?: string;
  owner?: string;
  system?: string;
  engine: Engine;
  forge: string;
  repoUrl: string;
  cloneUrl: string;
  root: string;
  overlays: ServiceOverlay[];
}

interface Found {
  overlay: ServiceOverlay;
  engine: Engine;
  cloneUrl: string;
  location?: RepositoryLocation;
}

/**
 * Finds the manifests of a service by what its applications say.
 *
 * @throws InputError when no application of it comes from Git, or they come from more than one
 * repository, or from a forge without an integration.
 */
export async function locateService(
  api: Pick<GitopsApi, 'getService' | 'getFleet'>,
  options: {
    entityRef: string;
    environment?: string;
    integrations: ScmIntegrationRegistry;
  },
): Promise<LocatedService> {
  const { environment, integrations } = options;
  const entityRef = fullRef(options.entityRef);
  const service = await api.getService(entityRef);
  const found = overlaysOf(service, integrations).filter(
    ({ overlay }) => !environment || overlay.environment === environment,
  );
  if (found.length === 0) {
    throw new InputError(nothingIn(service, { entityRef, environment }));
  }
  const foreign = found.find(({ location }) => !location);
  if (foreign) {
    throw new InputError(
      `${entityRef} is deployed from ${foreign.cloneUrl}, whose host is none of "integrations:"; add an integration for it, so that changes can be proposed there`,
    );
  }
  const [first] = found;
  const repoUrl = toRepoUrl(first.location!);
  const other = found.find(({ location }) => toRepoUrl(location!) !== repoUrl);
  if (other) {
    throw new InputError(
      `${entityRef} is deployed from more than one repository (${first.cloneUrl}, ${other.cloneUrl}); name one environment, and run the template for each`,
    );
  }
  const { rows } = await api.getFleet({ entityRef: [entityRef] });
  const row = rows.find(one => one.entityRef === entityRef);
  return {
    entityRef,
    name: parseEntityRef(entityRef).name,
    team: row?.owner && parseEntityRef(row.owner, GROUP).name,
    owner: row?.owner,
    system: row?.system,
    engine: first.engine,
    forge: first.location!.provider,
    repoUrl,
    cloneUrl: first.cloneUrl,
    root: rootOf(found.map(({ overlay }) => overlay.path)),
    overlays: found.map(({ overlay }) => overlay),
  };
}

function fullRef(ref: string): string {
  try {
    const { kind, namespace, name } = parseEntityRef(ref, {
      defaultKind: 'component',
      defaultNamespace: 'default',
    });
    return `${kind}:${namespace}/${name}`.toLowerCase();
  } catch {
    throw new InputError(
      `"${ref}" is no entity ref; write for example component:default/orders`,
    );
  }
}

function overlaysOf(
  service: ServiceResponse,
  integrations: ScmIntegrationRegistry,
): Found[] {
  return service.environments.flatMap(({ environment, applications }) =>
    applications.flatMap(application => {
      const source = manifestSource(application);
      // A preview comes and goes with its pull request.
      if (!source || application.pullRequest !== undefined) {
        return [];
      }
      const { repoUrl: cloneUrl = '' } = source;
      return {
        engine: application.engine,
        cloneUrl,
        location: locationOfCloneUrl(cloneUrl, integrations),
        overlay: toOverlay(application, source, environment),
      };
    }),
  );
}

/** Where people write: not what the engine renders from it, and no chart of somebody else. */
function manifestSource({
  drySource,
  source,
  sources = [],
}: Application): ApplicationSource | undefined {
  return [drySource, source, ...sources].find(
    one =>
      one?.repoUrl !== undefined &&
      one.path !== undefined &&
      one.chart === undefined &&
      !/^oci:/.test(one.repoUrl),
  );
}

function toOverlay(
  application: Application,
  source: ApplicationSource,
  environment: ServiceResponse['environments'][number]['environment'],
): ServiceOverlay {
  const { ref, policy, images } = application;
  const { automated, prune, selfHeal } = policy;
  return {
    environment: environment.name,
    tier: environment.tier,
    path: path.posix.normalize(source.path || '.').replace(/\/$/, ''),
    branch: source.targetRevision,
    cluster: ref.cluster,
    namespace: namespaceOf(application),
    image:
      images?.find(
        image =>
          application.version && image.endsWith(`:${application.version}`),
      ) ?? images?.[0],
    revision: application.originRevision ?? application.revision,
    syncPolicy: { automated, prune, selfHeal },
    application: {
      id: application.id,
      kind: ref.kind,
      namespace: ref.namespace,
      name: ref.name,
    },
  };
}

/** Flux need not say where it deploys to; then the objects do. */
function namespaceOf({
  destination,
  resources,
}: Application): string | undefined {
  if (destination?.namespace) {
    return destination.namespace;
  }
  const namespaces = new Set(
    resources?.flatMap(({ namespace }) => namespace ?? []),
  );
  return namespaces.size === 1 ? [...namespaces][0] : undefined;
}

/** `deploy` of `deploy/overlays/dev`; of other layouts the folder that they have in common. */
function rootOf(paths: string[]): string {
  const folders = paths.map(one => {
    const match = /^(?:(.*)\/)?overlays\/[^/]+$/.exec(one);
    return match ? match[1] ?? '.' : one;
  });
  const [first, ...others] = folders.map(one => one.split('/'));
  const shared = first.filter((_, index) =>
    others.every(other =>
      first.slice(0, index + 1).every((part, at) => other[at] === part),
    ),
  );
  return shared.join('/') || '.';
}

function nothingIn(
  service: ServiceResponse,
  where: { entityRef: string; environment?: string },
): string {
  const { entityRef, environment } = where;
  const known = service.environments
    .filter(({ applications }) => applications.length > 0)
    .map(one => one.environment.name);
  if (known.length === 0) {
    return `No engine deploys ${entityRef} in any environment, as far as you may see; register it first`;
  }
  if (environment && !known.includes(environment)) {
    return `${entityRef} is not deployed in ${JSON.stringify(
      environment,
    )}; it is in ${known.join(', ')}`;
  }
  return `${entityRef} is deployed from charts or artifacts, not from a folder in Git, so there are no manifests to change; change the repository that they are built from`;
}
