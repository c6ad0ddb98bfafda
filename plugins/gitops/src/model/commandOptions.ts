import type {
  Application,
  ApplicationCommand,
  ApplicationResource,
  CommandRequest,
} from '@fairway/plugin-gitops-common';

/** What a user chose in the dialog of a command. */
export interface CommandOptions {
  prune: boolean;
  dryRun: boolean;
  force: boolean;
  hard: boolean;
  /** Keys of the only objects to sync; undefined for all. */
  only?: ReadonlySet<string>;
}

/** Nothing that deletes, and everything that differs. */
export const DEFAULT_COMMAND_OPTIONS: CommandOptions = {
  prune: false,
  dryRun: false,
  force: false,
  hard: false,
};

/** Which options a command of an application has. */
export function offeredOptions(
  application: Application,
  command: ApplicationCommand,
): Record<keyof CommandOptions, boolean> {
  const isArgocd = application.engine === 'argocd';
  const isSync = command === 'sync';
  return {
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

/** What to ask of the backend: only what was chosen. */
export function toCommandRequest(
  options: CommandOptions,
  application: Application,
): CommandRequest {
  const { prune, dryRun, force, hard, only } = options;
  return {
    ...(prune && { prune }),
    ...(dryRun && { dryRun }),
    ...(force && { force }),
    ...(hard && { hard }),
    ...(only && {
      resources: outOfSync(application)
        .filter(resource => only.has(resourceKey(resource)))
        .map(({ group, kind, namespace, name }) => ({
          group,
          kind,
          ...(namespace && { namespace }),
          name,
        })),
    }),
  };
}
