import {
  byName,
  KINDS,
  rbacName,
  sendJson,
  toWire,
  versionOf,
  type ApiCall,
} from './ApiContext';
import { ApiFailure, permissionDenied } from './ApiFailure';

/** The names of access control that a question may have. */
const RESOURCES = [
  'clusters',
  'projects',
  'applications',
  'applicationsets',
  'repositories',
  'certificates',
  'accounts',
  'logs',
  'exec',
];

/** The projects that the caller may see, as the API serves them. */
export function listProjects(call: ApiCall): void {
  const { context, claims, query, response } = call;
  const all = context.cluster.list(KINDS.project);
  const items = all
    .filter(({ metadata }) => metadata.namespace === context.namespace)
    .filter(({ metadata }) =>
      context.accounts.may(claims, 'projects', 'get', metadata.name),
    )
    .sort(byName)
    .map(toWire);
  const names = query.get('fields') === 'items.metadata.name';
  sendJson(response, 200, {
    metadata: { resourceVersion: versionOf(all) },
    items: names
      ? items.map((item: any) => ({ metadata: { name: item.metadata.name } }))
      : items,
  });
}

/** One project; what is forbidden and what is not there look different. */
export function getProject(call: ApiCall): void {
  const { context, claims, path, response } = call;
  const name = path[1];
  if (!context.accounts.may(claims, 'projects', 'get', name)) {
    throw permissionDenied();
  }
  const { namespace } = context;
  const found = context.cluster.get({ ...KINDS.project, namespace, name });
  if (!found) {
    throw new ApiFailure(
      'notFound',
      `appprojects.argoproj.io "${name}" not found`,
    );
  }
  sendJson(response, 200, toWire(found));
}

const projectOfSet = (set: any): string =>
  set.spec?.template?.spec?.project || 'default';

function maySeeSet(call: ApiCall, set: any): boolean {
  const { context, claims } = call;
  return context.accounts.may(
    claims,
    'applicationsets',
    'get',
    rbacName(context, projectOfSet(set), set.metadata),
  );
}

/** The sets that the caller may see. */
export function listApplicationSets(call: ApiCall): void {
  const { context, query, response } = call;
  const projects = query.getAll('projects');
  const all = context.cluster.list(KINDS.applicationSet);
  const items = all
    .filter(
      set => projects.length === 0 || projects.includes(projectOfSet(set)),
    )
    .filter(set => maySeeSet(call, set))
    .sort(byName)
    .map(toWire);
  sendJson(response, 200, {
    metadata: { resourceVersion: versionOf(all) },
    items,
  });
}

/** One set. */
export function getApplicationSet(call: ApiCall): void {
  const { context, path, query, response } = call;
  const name = path[1];
  const namespace = query.get('appsetNamespace') || context.namespace;
  const found = context.cluster.get({
    ...KINDS.applicationSet,
    namespace,
    name,
  });
  if (!found) {
    throw new ApiFailure(
      'notFound',
      `error getting ApplicationSet: applicationset.argoproj.io "${name}" not found`,
    );
  }
  if (!maySeeSet(call, found)) {
    throw permissionDenied();
  }
  sendJson(response, 200, toWire(found));
}

/** Whether the caller may do something: `account/can-i/<resource>/<action>/<what>`. */
export function canI(call: ApiCall): void {
  const { context, claims, path, response } = call;
  const [, , resource, action, ...object] = path;
  if (!RESOURCES.includes(resource)) {
    throw new ApiFailure(
      'invalidArgument',
      `[${RESOURCES.join(' ')}] does not contain ${resource}`,
    );
  }
  const value = context.accounts.may(
    claims,
    resource,
    action,
    object.join('/'),
  );
  sendJson(response, 200, { value: value ? 'yes' : 'no' });
}

/** Who asks. It answers everybody: a token that is not valid is a visitor's. */
export function userInfo(call: ApiCall): void {
  const { claims, response } = call;
  sendJson(
    response,
    200,
    claims
      ? { loggedIn: true, username: claims, iss: 'argocd', groups: null }
      : {},
  );
}
