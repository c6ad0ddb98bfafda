import type { KubernetesObject } from '../types';
import {
  byName,
  KINDS,
  projectOf,
  rbacName,
  sendJson,
  toWire,
  type ApiCall,
} from './ApiContext';
import { ApiFailure } from './ApiFailure';
import { findApplication, namedByQuery, projectsOf } from './findApplication';
import { readBody } from './readBody';
import { withResourceHealth } from './resourceTree';
import { selectFields } from './selectFields';

const REFRESH = 'argocd.argoproj.io/refresh';

/** Stands for a sync window that is closed, which the stand-in does not compute. */
const BLOCKED = 'playground.fairway.dev/sync-window-closed';

/** Whether the caller may see an application, and asked for ones like it. */
export function isWanted(
  call: ApiCall,
  application: KubernetesObject,
): boolean {
  const { context, claims, query } = call;
  const project = projectOf(application);
  const projects = projectsOf(query);
  const { namespace } = application.metadata;
  return (
    (projects.length === 0 || projects.includes(project)) &&
    (!query.get('appNamespace') || query.get('appNamespace') === namespace) &&
    context.accounts.may(
      claims,
      'applications',
      'get',
      rbacName(context, project, application.metadata),
    )
  );
}

/** LIST: all at once, and without a word about what the caller may not see. */
export function listApplications(call: ApiCall): void {
  const { context, query, response } = call;
  context.faults.beforeList?.(projectsOf(query));
  const all = context.applications.list();
  const fields = query.get('fields');
  const items = all
    .filter(application => isWanted(call, application))
    .sort(byName)
    .map(toWire)
    .map(item => (fields ? selectFields(item, fields) : item));
  const metadata = { resourceVersion: context.applications.version };
  if (context.faults.cutLists && !fields) {
    const text = JSON.stringify({ metadata, items });
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    return;
  }
  sendJson(response, 200, { metadata, items });
}

/** GET; with `refresh` the answer comes when the controller has done it. */
export async function getApplication(call: ApiCall): Promise<void> {
  const { context, query, response } = call;
  const found = findApplication(call, 'get', namedByQuery(call));
  const refresh = query.get('refresh');
  const send = (object: KubernetesObject) =>
    sendJson(
      response,
      200,
      toWire(withResourceHealth(context.cluster, object)),
    );
  if (refresh === null) {
    send(found);
    return;
  }
  const key = keyOf(found);
  let since = Infinity;
  const refreshed = new Promise<KubernetesObject | undefined>(resolve => {
    const stop = context.applications.subscribe(({ object }) => {
      const { name, namespace, annotations } = object.metadata;
      const isIt = name === key.name && namespace === key.namespace;
      const isAfter = Number(object.metadata.resourceVersion) > since;
      if (isIt && isAfter && !annotations?.[REFRESH]) {
        resolve(object);
      }
    });
    response.on('close', () => {
      stop();
      resolve(undefined);
    });
  });
  const requested = context.cluster.patch(key, {
    metadata: {
      annotations: { [REFRESH]: refresh === 'hard' ? 'hard' : 'normal' },
    },
  });
  since = Number(requested.metadata.resourceVersion);
  const object = await refreshed;
  if (object && !response.destroyed) {
    send(object);
  }
}

/** POST sync: writes the operation that the controller takes up. */
export async function syncApplication(call: ApiCall): Promise<void> {
  const { context, claims, response } = call;
  const body = await readBody(call.request);
  const { project, appNamespace } = body;
  const named = { name: call.path[1], appNamespace, project };
  const found = findApplication(call, 'get', named);
  const { spec } = found;
  if (found.metadata.annotations?.[BLOCKED]) {
    throw new ApiFailure(
      'permissionDenied',
      'cannot sync: blocked by sync window',
    );
  }
  findApplication(call, 'sync', { ...named, project: undefined });
  const follows = spec?.source?.targetRevision || 'HEAD';
  if (
    spec?.syncPolicy?.automated &&
    body.revision &&
    body.revision !== follows &&
    !body.dryRun
  ) {
    throw new ApiFailure(
      'failedPrecondition',
      `Cannot sync to ${body.revision}: auto-sync currently set to ${follows}`,
    );
  }
  if (found.operation) {
    throw new ApiFailure(
      'failedPrecondition',
      'another operation is already in progress',
    );
  }
  const updated = context.cluster.patch(keyOf(found), {
    operation: operationOf(body, found, claims ?? ''),
    status: { operationState: null },
  });
  sendJson(response, 200, toWire(updated));
}

function operationOf(
  body: any,
  { spec }: KubernetesObject,
  username: string,
): object {
  const { sources } = spec;
  const revisions = sources?.map((source: any, index: number) => {
    const at = (body.sourcePositions ?? []).indexOf(index + 1);
    return at < 0 ? source.targetRevision ?? 'HEAD' : body.revisions?.[at];
  });
  return {
    sync: {
      ...(sources ? { sources, revisions } : { source: spec.source }),
      ...(!sources && {
        revision: body.revision ?? spec.source?.targetRevision,
      }),
      ...(body.prune && { prune: true }),
      ...(body.dryRun && { dryRun: true }),
      ...(body.strategy && { syncStrategy: body.strategy }),
      ...(body.resources && { resources: body.resources }),
      syncOptions:
        body.syncOptions?.items ?? spec.syncPolicy?.syncOptions ?? undefined,
    },
    initiatedBy: { username },
    ...(body.infos && { info: body.infos }),
    retry: body.retryStrategy ?? spec.syncPolicy?.retry ?? {},
  };
}

/** DELETE operation: the controller ends what is running. */
export function terminateOperation(call: ApiCall): void {
  const { context, response } = call;
  const found = findApplication(call, 'sync', namedByQuery(call));
  if (!found.operation || !found.status?.operationState) {
    throw new ApiFailure(
      'invalidArgument',
      'Unable to terminate operation. No operation is in progress',
    );
  }
  context.cluster.patch(keyOf(found), {
    status: { operationState: { phase: 'Terminating' } },
  });
  sendJson(response, 200, {});
}

function keyOf({ metadata }: KubernetesObject) {
  const { namespace, name } = metadata;
  return { ...KINDS.application, namespace, name };
}
