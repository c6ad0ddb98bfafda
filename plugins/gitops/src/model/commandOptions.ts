import {
  revisionSources,
  type Application,
  type ApplicationCommand,
  type ApplicationResource,
  type CommandRequest,
} from '@fairway/plugin-gitops-common';

/** What a user chose in the dialog of a command. */
export interface CommandOptions {
  /** As it is typed; empty for the one that the source names. */
  revision: string;
  prune: boolean;
  dryRun: boolean;
  force: boolean;
  hard: boolean;
  /** Keys of the only objects to sync; undefined for all. */
  only?: ReadonlySet<string>;
}

/** Nothing that deletes, and everything that differs. */
export const DEFAULT_COMMAND_OPTIONS: CommandOptions = {
  revision: '',
  prune: false,
  dryRun: false,
  force: false,
  hard: false,
};

/** What the backend takes of each. */
const MAX_REVISION_LENGTH = 250;
const MAX_RESOURCES = 500;

/** Which options a command of an application has. */
export function offeredOptions(
  application: Application,
  command: ApplicationCommand,
): Record<keyof CommandOptions, boolean> {
  const isArgocd = application.engine === 'argocd';
  const isSync = command === 'sync';
  return {
    revision: isSync && isArgocd && revisionSources(application).length > 0,
    // A Flux object prunes by its own policy, and applies all of its objects.
    prune: isSync && isArgocd,
    dryRun: isSync && isArgocd,
    only: isSync && isArgocd && outOfSync(application).length > 0,
    force: isSync && (isArgocd || application.ref.kind === 'HelmRelease'),
    hard: command === 'refresh' && isArgocd,
  };
}

/** The objects that differ from Git. */
export function outOfSync(application: Application): ApplicationResource[] {
  return application.resources.filter(({ sync }) => sync === 'out-of-sync');
}

/** Names an object among those of its application. */
export function resourceKey(resource: ApplicationResource): string {
  const { group, kind, namespace = '', name } = resource;
  return [group, kind, namespace, name].join('/');
}

/** The objects that were chosen and still differ from Git: the others may be synced by now. */
function chosenResources(
  only: ReadonlySet<string>,
  application: Application,
): ApplicationResource[] {
  return outOfSync(application).filter(resource =>
    only.has(resourceKey(resource)),
  );
}

/** What the source names, that an empty revision stands for. */
export function namedRevision(application: Application): string {
  return revisionSources(application)[0]?.targetRevision ?? 'HEAD';
}

/** The revision that somebody asks for in place of the one that the source names. */
export function otherRevision(
  { revision }: Pick<CommandOptions, 'revision'>,
  application: Application,
): string | undefined {
  const asked = revision.trim();
  return asked === '' || asked === namedRevision(application)
    ? undefined
    : asked;
}

/**
 * Why what was chosen cannot be asked for now, by the rules of the backend:
 *
 * - `revisionLong`: nothing has so long a name;
 * - `revisionFixed`: it syncs to what its source names by itself, so that another revision would
 *   not stay; it can be tried out;
 * - `onlyNothing`: no object is chosen;
 * - `onlySynced`: what was chosen is synced meanwhile;
 * - `onlyMany`: more objects than can be named at once.
 */
export type CommandProblem =
  | 'revisionLong'
  | 'revisionFixed'
  | 'onlyNothing'
  | 'onlySynced'
  | 'onlyMany';

/** See {@link CommandProblem}; undefined when there is none. */
export function problemOf(
  options: CommandOptions,
  application: Application,
): CommandProblem | undefined {
  const { revision, dryRun, only } = options;
  if (revision.trim().length > MAX_REVISION_LENGTH) {
    return 'revisionLong';
  }
  if (
    application.policy.automated &&
    !dryRun &&
    otherRevision(options, application)
  ) {
    return 'revisionFixed';
  }
  if (!only) {
    return undefined;
  }
  const chosen = chosenResources(only, application).length;
  if (chosen === 0) {
    return only.size === 0 ? 'onlyNothing' : 'onlySynced';
  }
  return chosen > MAX_RESOURCES ? 'onlyMany' : undefined;
}

/** What to ask of the backend: only what was chosen. */
export function toCommandRequest(
  options: CommandOptions,
  application: Application,
): CommandRequest {
  const { prune, dryRun, force, hard, only } = options;
  const revision = options.revision.trim();
  return {
    ...(revision && { revision }),
    ...(prune && { prune }),
    ...(dryRun && { dryRun }),
    ...(force && { force }),
    ...(hard && { hard }),
    ...(only && {
      resources: chosenResources(only, application).map(
        ({ group, kind, namespace, name }) => ({
          group,
          kind,
          ...(namespace && { namespace }),
          name,
        }),
      ),
    }),
  };
}
