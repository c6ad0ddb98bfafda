import type { KubernetesObject } from '../types';
import { KINDS, projectOf, rbacName, type ApiCall } from './ApiContext';
import { ApiFailure, permissionDenied } from './ApiFailure';

/** The projects that a request asks for; it may name them either way. */
export function projectsOf(query: URLSearchParams): string[] {
  return [...query.getAll('projects'), ...query.getAll('project')].filter(
    Boolean,
  );
}

/**
 * One application, if the caller may do the action with it. Without a project, what is not there
 * and what is forbidden look the same; with one, what is not there is 404.
 */
export function findApplication(
  call: ApiCall,
  action: string,
  named: { name: string; appNamespace?: string; project?: string },
): KubernetesObject {
  const { context, claims } = call;
  const { name, project } = named;
  const namespace = named.appNamespace || context.namespace;
  const may = (inProject: string) =>
    context.accounts.may(
      claims,
      'applications',
      action,
      rbacName(context, inProject, { namespace, name }),
    );
  if (project && !may(project)) {
    throw permissionDenied();
  }
  const notFound = () =>
    new ApiFailure('notFound', `applications.argoproj.io "${name}" not found`);
  const found = context.cluster.get({ ...KINDS.application, namespace, name });
  const isVisible = found && may(projectOf(found));
  if (!isVisible) {
    throw project ? notFound() : permissionDenied();
  }
  if (project && projectOf(found) !== project) {
    throw notFound();
  }
  return found;
}

/** The application that a request names by its path, its namespace and its project. */
export function namedByQuery({ path, query }: ApiCall) {
  const projects = projectsOf(query);
  if (projects.length > 1) {
    throw new ApiFailure(
      'invalidArgument',
      'multiple projects specified - the get endpoint accepts either zero or one project',
    );
  }
  return {
    name: path[1],
    appNamespace: query.get('appNamespace') ?? undefined,
    project: projects[0],
  };
}
