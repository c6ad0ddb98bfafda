import type {
  Application,
  ApplicationResource,
  EnvironmentTier,
  MigrationPhase,
} from '@fairway/plugin-gitops-common';

/** Something to be settled, or accepted, before the next phase. @public */
export interface MigrationBlocker {
  /**
   * - `delete`: pruning would delete it;
   * - `revert`: self-healing would set it back to what Git says;
   * - `apply`: the engine would change it as soon as it applies by itself;
   * - `health`: what runs is not healthy now, so that nobody could tell what the phase breaks;
   * - `unknown`: what would happen cannot be told;
   * - `order`: other environments should go first.
   */
  kind: 'delete' | 'revert' | 'apply' | 'health' | 'unknown' | 'order';
  /** Object that it is about. */
  resource?: Pick<ApplicationResource, 'group' | 'kind' | 'namespace' | 'name'>;
  /** What would happen, and what to do about it. */
  message: string;
}

/** An application of the service in any environment. */
type Sibling = Pick<Application, 'environment' | 'tier' | 'phase'>;

/** What holds data: deleting it cannot be made good. */
const STATEFUL = ['PersistentVolumeClaim', 'StatefulSet', 'Namespace'];

/**
 * What stands in the way of an application's next migration phase, from what its engine says.
 *
 * @param siblings - the applications of the same service in all environments
 * @public
 */
export function migrationBlockers(
  application: Application,
  next: MigrationPhase,
  siblings: ReadonlyArray<Sibling> = [],
): MigrationBlocker[] {
  return [
    ...ofOrder(application, next, siblings),
    ...ofKnowledge(application, next),
    ...ofHealth(application),
    ...application.resources.flatMap(resource =>
      ofResource(application, resource, next),
    ),
  ];
}

const ROLES: Record<MigrationPhase, string> = {
  1: 'manual sync',
  2: 'automated sync',
  3: 'pruning',
  4: 'self-healing',
};

function ofOrder(
  { tier }: Application,
  next: MigrationPhase,
  siblings: ReadonlyArray<Sibling>,
): MigrationBlocker[] {
  const isLast: Array<EnvironmentTier | undefined> = ['production'];
  if (!isLast.includes(tier)) {
    return [];
  }
  const behind = siblings.filter(
    ({ tier: other, phase }) =>
      (other === 'development' || other === 'staging') && phase < next,
  );
  const names = [...new Set(behind.map(({ environment }) => environment))];
  return names.length > 0
    ? [
        {
          kind: 'order',
          message: `Production gets ${
            ROLES[next]
          } after the environments before it: ${names.join(
            ', ',
          )} should have it first`,
        },
      ]
    : [];
}

function ofKnowledge(
  application: Application,
  next: MigrationPhase,
): MigrationBlocker[] {
  const blockers: MigrationBlocker[] = [];
  const { staleSince, resourceCount, resources, engine, suspended } =
    application;
  const unknown = (message: string) =>
    blockers.push({ kind: 'unknown', message });
  if (staleSince) {
    unknown(
      `Its cluster has not been seen since ${staleSince}; look again when it can be reached`,
    );
  }
  if (resourceCount && resourceCount > resources.length) {
    unknown(
      `Only ${resources.length} of its ${resourceCount} objects are known here; look at the others in the engine`,
    );
  }
  if (engine === 'flux' && suspended && next === 2) {
    unknown(
      'Flux compares nothing while it is suspended: with this phase it applies what Git says and reverts every change made in the cluster. Run "flux diff kustomization" to see which',
    );
  } else if (application.sync === 'unknown') {
    unknown(
      `The engine cannot tell whether what runs is what Git says${
        application.syncMessage ? `: ${application.syncMessage}` : ''
      }`,
    );
  }
  if (
    engine === 'flux' &&
    next === 4 &&
    application.ref.kind === 'Kustomization'
  ) {
    unknown(
      'Flux prunes what leaves Git from now on; what left it while pruning was off is not in its inventory any more and stays in the cluster: look for such objects and delete them by hand',
    );
  }
  return blockers;
}

function ofHealth(application: Application): MigrationBlocker[] {
  const { health, healthMessage, suspended } = application;
  const isSettled =
    health === 'healthy' || (health === 'suspended' && suspended);
  return isSettled
    ? []
    : [
        {
          kind: 'health',
          message: `It is ${health}${
            healthMessage ? `: ${healthMessage}` : ''
          }. Repair that first, so that what the phase changes can be told apart`,
        },
      ];
}

function ofResource(
  { engine }: Application,
  resource: ApplicationResource,
  next: MigrationPhase,
): MigrationBlocker[] {
  const { group, kind, namespace, name } = resource;
  const subject = { group, kind, ...(namespace && { namespace }), name };
  const words = `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  if (resource.requiresPruning) {
    return next >= 3
      ? [
          {
            kind: 'delete',
            resource: subject,
            message: `${words} is not in Git any more and would be deleted${
              STATEFUL.includes(kind) ? ', with the data that it holds' : ''
            }. Add it to Git, let it be deleted, or keep it with the annotation argocd.argoproj.io/sync-options: Prune=false`,
          },
        ]
      : [];
  }
  if (resource.sync !== 'out-of-sync') {
    return [];
  }
  const why = resource.message ? ` (${resource.message})` : '';
  if (next === 4 && engine === 'argocd') {
    return [
      {
        kind: 'revert',
        resource: subject,
        message: `${words} differs from Git${why} and would be set back. Bring the change to Git, or list the field in ignoreDifferences`,
      },
    ];
  }
  return [
    {
      kind: 'apply',
      resource: subject,
      message: `${words} differs from Git${why} and would be changed to what Git says, with the next sync`,
    },
  ];
}
