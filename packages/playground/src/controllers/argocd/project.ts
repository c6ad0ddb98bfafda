import { Cluster, KubernetesObject } from '../../types';
import { APP_PROJECT, groupOf, isClusterScoped } from '../objects/kinds';
import { ApplicationSource } from './types';

/** The project that every Argo CD has and that permits everything. */
const DEFAULT_PROJECT = 'default';

interface Destination {
  server?: string;
  name?: string;
  namespace?: string;
}

/** Shell-style patterns as in an AppProject, `[0-9]` among them; `!` in front denies. */
function matches(pattern: string, value: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('[!', '[^')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(value);
}

function permitsSource(patterns: string[], url: string): boolean {
  const plain = url.replace(/\.git$/, '');
  const hit = (pattern: string) =>
    matches(pattern, url) || matches(pattern.replace(/\.git$/, ''), plain);
  const denied = patterns.some(
    pattern => pattern.startsWith('!') && hit(pattern.slice(1)),
  );
  return !denied && patterns.some(pattern => hit(pattern));
}

function permitsDestination(
  destinations: Destination[],
  wanted: Destination,
): boolean {
  return destinations.some(allowed => {
    const cluster = wanted.server
      ? matches(allowed.server ?? '', wanted.server)
      : matches(allowed.name ?? '', wanted.name ?? '');
    return cluster && matches(allowed.namespace ?? '', wanted.namespace ?? '');
  });
}

/** The project of an application, or undefined when there is none by that name. */
export function projectOf(
  cluster: Cluster,
  application: KubernetesObject,
): KubernetesObject | undefined {
  const name = application.spec.project || DEFAULT_PROJECT;
  const { namespace } = application.metadata;
  const found = cluster.get({ ...APP_PROJECT, namespace, name });
  if (found || name !== DEFAULT_PROJECT) {
    return found;
  }
  return {
    ...APP_PROJECT,
    metadata: { name, namespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', name: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  };
}

/** Why a project does not let an application be, in Argo CD's words; empty when it does. */
export function projectViolations(
  project: KubernetesObject,
  application: KubernetesObject,
  source: ApplicationSource,
): string[] {
  const { destination = {} } = application.spec;
  const { name } = project.metadata;
  const violations: string[] = [];
  if (!permitsSource(project.spec?.sourceRepos ?? [], source.repoURL ?? '')) {
    violations.push(
      `application repo ${source.repoURL} is not permitted in project '${name}'`,
    );
  }
  if (!permitsDestination(project.spec?.destinations ?? [], destination)) {
    const cluster = destination.server ?? destination.name;
    violations.push(
      `application destination server '${cluster}' and namespace '${destination.namespace}' do not match any of the allowed destinations in project '${name}'`,
    );
  }
  return violations;
}

interface Restriction {
  group: string;
  kind: string;
  /** Of cluster-scoped kinds, which ones; all when absent. */
  name?: string;
}

function contains(list: Restriction[] | undefined, object: KubernetesObject) {
  return (list ?? []).some(
    item =>
      matches(item.group, groupOf(object)) &&
      matches(item.kind, object.kind) &&
      (!item.name || matches(item.name, object.metadata.name)),
  );
}

/** Why a project does not let an object be synced, in Argo CD's words; undefined when it does. */
export function resourceViolation(
  project: KubernetesObject,
  object: KubernetesObject,
  destination: Destination = {},
): string | undefined {
  const { name } = project.metadata;
  if (!permitsResource(project, object)) {
    return `resource ${groupOf(object)}:${
      object.kind
    } is not permitted in project ${name}`;
  }
  const { namespace } = object.metadata;
  const isPermitted =
    isClusterScoped(object) ||
    permitsDestination(project.spec?.destinations ?? [], {
      ...destination,
      namespace,
    });
  return isPermitted
    ? undefined
    : `namespace ${namespace} is not permitted in project '${name}'`;
}

/** Cluster-scoped kinds must be named. */
function permitsResource(
  project: KubernetesObject,
  object: KubernetesObject,
): boolean {
  const { spec = {} } = project;
  if (isClusterScoped(object)) {
    return (
      contains(spec.clusterResourceWhitelist, object) &&
      !contains(spec.clusterResourceBlacklist, object)
    );
  }
  return (
    (!spec.namespaceResourceWhitelist ||
      contains(spec.namespaceResourceWhitelist, object)) &&
    !contains(spec.namespaceResourceBlacklist, object)
  );
}
