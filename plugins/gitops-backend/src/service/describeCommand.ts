import type {
  Application,
  ApplicationCommand,
  CommandRequest,
} from '@fairway/plugin-gitops-common';

/** Names of the engines as people write them. */
export const ENGINE_TITLES: Record<string, string> = {
  argocd: 'Argo CD',
  flux: 'Flux',
};

/** What is asked of the engine, in one sentence without its full stop. */
export function describeCommand(options: {
  application: Application;
  command: ApplicationCommand;
  request: CommandRequest;
}): string {
  const { application, command, request } = options;
  const objects = request.resources?.length;
  const details = [
    request.revision && `to ${request.revision}`,
    objects && `only ${objects} ${objects === 1 ? 'object' : 'objects'}`,
    request.hard && 'without its cache',
    request.prune && 'with pruning',
    request.force && 'forced',
    request.dryRun && 'as a dry run',
  ].filter(Boolean);
  const engine = ENGINE_TITLES[application.engine] ?? application.engine;
  return `Asked ${engine} to ${command} ${application.ref.name}${
    details.length > 0 ? ` ${details.join(', ')}` : ''
  }`;
}
