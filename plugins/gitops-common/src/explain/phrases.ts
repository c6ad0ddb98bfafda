import type { Application, ApplicationResource } from '../model';

/** Names of objects that are listed; more are counted. */
const MAX_NAMES = 5;

/** Names of the engines as people write them. */
export const ENGINE_TITLES = { argocd: 'Argo CD', flux: 'Flux' } as const;

/** Ends a text with a full stop, once. */
export function sentence(text: string): string {
  const trimmed = text.trim().replace(/[\s.;:,]+$/, '');
  return /[!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** For example `3 objects`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** For example `Deployment orders, Service orders and 3 others`. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES);
  const rest = names.length - shown.length;
  if (rest > 0) {
    return `${shown.join(', ')} and ${counted(rest, 'other')}`;
  }
  return shown.length > 1
    ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
    : shown.join('');
}

/** Kind and name of an object. */
export function nameOf(object: { kind: string; name: string }): string {
  return `${object.kind} ${object.name}`;
}

/** Kind and name of what the engine reconciles. */
export function titleOf({ ref }: Pick<Application, 'ref'>): string {
  return nameOf(ref);
}

/** Names of objects, each with its namespace when it is another than most. */
export function namesOf(
  resources: readonly ApplicationResource[],
  application: Application,
): string {
  return listOf(
    resources.map(resource =>
      resource.namespace &&
      resource.namespace !== application.destination.namespace
        ? `${nameOf(resource)} in ${resource.namespace}`
        : nameOf(resource),
    ),
  );
}

/** A revision as people say it. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;
}

/** What to do about a message of an engine, by what it complains of. */
export function adviceFor(message: string): string | undefined {
  const rules: Array<[RegExp, string]> = [
    [
      /imagepullbackoff|errimagepull|manifest unknown|pull access denied/i,
      'See that the image exists with that tag, and that the cluster may pull it.',
    ],
    [
      /crashloopbackoff|exit code|oomkilled/i,
      'Read the logs of the container that ends; a deployment of the version before restores the service meanwhile.',
    ],
    [
      /insufficient (cpu|memory)|unschedulable|didn't match node|exceeded quota/i,
      'Lower what it requests in Git, or have capacity or quota added.',
    ],
    [
      /authentication (required|failed)|unauthori[sz]ed|permission denied|access denied|\b40[13]\b|forbidden/i,
      'Renew or grant the credential that the engine uses; it lives beside the engine, not in the portal.',
    ],
    [
      /no such host|connection refused|timed? ?out|deadline exceeded|dial tcp|\b50[234]\b/i,
      'See that the server is up and can be reached from the cluster; the engine tries again by itself.',
    ],
    [
      /not found|does not exist|unable to resolve|no such file|unknown revision/i,
      'Compare the repository, path, revision and names in Git with what exists.',
    ],
    [
      /immutable|field is invalid|is invalid|validation|denied the request|admission webhook|failed to build|error (un)?marshal|yaml/i,
      'Correct the manifest in Git; an immutable field needs the object deleted or replaced.',
    ],
  ];
  return rules.find(([pattern]) => pattern.test(message))?.[1];
}
