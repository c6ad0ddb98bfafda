import { assessHealth } from '../controllers/health';
import { apiVersionOf, POD, REPLICA_SET } from '../controllers/objects/kinds';
import type { Cluster, KubernetesObject } from '../types';
import { sendJson, type ApiCall } from './ApiContext';
import { findApplication, namedByQuery } from './findApplication';

/** Where Argo CD 3 keeps the health of objects unless it is told to write it into the status. */
const APP_TREE = 'appTree';

/** One object of a tree, as Argo CD names it. */
interface Node {
  group?: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  parentRefs?: object[];
  resourceVersion?: string;
  health?: { status: string; message?: string };
  createdAt?: string;
}

/** GET resource-tree: the objects of an application and what they made, each with its health. */
export function getResourceTree(call: ApiCall): void {
  const { cluster, faults } = call.context;
  const found = findApplication(call, 'get', namedByQuery(call));
  if (faults.silentTrees) {
    return;
  }
  sendJson(call.response, 200, { nodes: nodesOf(cluster, found) });
}

/**
 * An application as streams and answers about it alone have it: with the health of its objects
 * from the tree. Lists leave it as it is stored.
 */
export function withResourceHealth(
  cluster: Cluster,
  application: KubernetesObject,
): KubernetesObject {
  const { status } = application;
  if (status?.resourceHealthSource !== APP_TREE) {
    return application;
  }
  const nodes = nodesOf(cluster, application);
  const resources = (status.resources ?? []).map((resource: Node) => ({
    ...resource,
    health: nodes.find(node => isSame(node, resource))?.health,
  }));
  return { ...application, status: { ...status, resources } };
}

function isSame(one: Node, other: Node): boolean {
  return (
    (one.group ?? '') === (other.group ?? '') &&
    one.kind === other.kind &&
    one.namespace === other.namespace &&
    one.name === other.name
  );
}

function nodesOf(cluster: Cluster, { status }: KubernetesObject): Node[] {
  const managed: Node[] = status?.resources ?? [];
  return managed.flatMap(resource => {
    const { group, version, kind, namespace, name } = resource;
    const apiVersion = apiVersionOf(group ?? '', version);
    const live = cluster.get({ apiVersion, kind, namespace, name });
    return live
      ? withChildren(cluster, live)
      : [
          {
            group,
            version,
            kind,
            namespace,
            name,
            health: { status: 'Missing' },
          },
        ];
  });
}

function withChildren(
  cluster: Cluster,
  object: KubernetesObject,
  parents: object[] = [],
): Node[] {
  const node = toNode(object, parents);
  const { namespace, uid } = object.metadata;
  const { health: _, createdAt: __, ...reference } = node;
  const children = [REPLICA_SET, POD].flatMap(kind =>
    cluster
      .list(kind, { namespace })
      .filter(({ metadata }) =>
        metadata.ownerReferences?.some(owner => owner.uid === uid),
      ),
  );
  return [
    node,
    ...children.flatMap(child => withChildren(cluster, child, [reference])),
  ];
}

function toNode(object: KubernetesObject, parents: object[]): Node {
  const { apiVersion, kind, metadata } = object;
  const [version, group] = apiVersion.split('/').reverse();
  return {
    group,
    version,
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    parentRefs: parents.length > 0 ? parents : undefined,
    resourceVersion: metadata.resourceVersion,
    health: assessHealth(object),
    createdAt: metadata.creationTimestamp,
  };
}
