import type {
  Application,
  ApplicationSource,
  ObjectRef,
} from '@fairway/plugin-gitops-common';

/** The last two parts of the address of a repository: `acme/orders`. */
export function repositoryName(url: string): string {
  const plain = url.replace(/[?#].*$/, '').replace(/\.git$/, '');
  // The host is all that the address of a repository of charts may have.
  const host = /^[a-z+]+:\/\/(?:[^/@]*@)?([^/]*)/i.exec(plain);
  const path = host ? plain.slice(host[0].length) : plain;
  const names = path.split(/[/:]/).filter(Boolean);
  return names.slice(-2).join('/') || (host?.[1] ?? '');
}

/** A source in one line: what is taken, from where, and which revision is followed. */
export function describeSource(source: ApplicationSource): string {
  const { repoUrl, path, chart, targetRevision, ref } = source;
  const where = repoUrl
    ? repositoryName(repoUrl)
    : ref && `${ref.kind} ${ref.name}`;
  return [
    chart ?? (path || undefined),
    where,
    targetRevision && `@ ${targetRevision}`,
  ]
    .filter(Boolean)
    .join(' · ')
    .replace(' · @', ' @');
}

/** Kind and name of an object; its namespace is a detail. */
export function describeObject(ref: ObjectRef): string {
  return `${ref.kind} ${ref.name}`;
}

/** The project that Argo CD puts an application in that names none. */
const DEFAULT_PROJECT = 'default';

/** Name of its project, when that is one of its own. */
export function ownProject(
  application: Pick<Application, 'project'>,
): string | undefined {
  const { project } = application;
  return project === DEFAULT_PROJECT ? undefined : project;
}

/** True when something made the application, or when it has a project of its own. */
export function hasOrigin(
  application: Pick<Application, 'parent' | 'project'>,
): boolean {
  return Boolean(application.parent ?? ownProject(application));
}
