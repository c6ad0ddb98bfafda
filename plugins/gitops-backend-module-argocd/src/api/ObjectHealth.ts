import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import { checkedName, type ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';

/** Trees are asked for so many at a time; Argo CD reads each from its cache. */
const AT_A_TIME = 4;
/** And so many in a minute: where more are unhealthy, the others have their turn later. */
const PER_MINUTE = 300;
const MINUTE_MILLIS = 60_000;
/** Applications whose trees are remembered, each in one version. */
const MAXIMUM_REMEMBERED = 1_000;
const MAXIMUM_MESSAGE = 1_000;

interface Health {
  status?: string;
  message?: string;
}

interface TreeNode {
  group?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  health?: Health | null;
}

type Resource = TreeNode & Record<string, unknown>;

interface Status {
  resourceHealthSource?: unknown;
  health?: { status?: unknown };
  resources?: unknown;
}

/** Shared by all objects that are well, which are most of those that are remembered. */
const HEALTHY: Health = Object.freeze({ status: 'Healthy' });

/**
 * Completes applications that are not healthy with the health of their objects.
 *
 * @remarks
 * Since version 3 Argo CD keeps it apart from the application, in a tree of all objects. What its
 * API streams, and answers about one application, has been completed from there; what it lists has
 * not, and would look as if nobody knew which object is degraded.
 *
 * A tree is asked for once for each version of an application, and never by a page: by the list
 * that brings the application. What cannot be had leaves the application as it is; after a failure
 * no tree is asked for during a minute, so that a list does not wait for one after the other.
 */
export class ObjectHealth {
  readonly #client: ArgocdClient;
  readonly #times: ArgocdTimes;
  /** Health of `status.resources` in their order, oldest use first. */
  readonly #remembered = new Map<
    string,
    { version: string; healths: Array<Health | undefined> }
  >();
  #minute = { startedAt: 0, asked: 0 };
  #restsUntil = 0;

  constructor(options: { client: ArgocdClient; times: ArgocdTimes }) {
    this.#client = options.client;
    this.#times = options.times;
  }

  /** The applications in their order, each complete as far as that can be had. */
  async completeAll(
    applications: readonly KubernetesObject[],
    signal?: AbortSignal,
  ): Promise<KubernetesObject[]> {
    const complete = [...applications];
    const indexes = complete.keys();
    const work = async () => {
      for (const index of indexes) {
        complete[index] = await this.complete(complete[index], signal);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return complete;
  }

  /** The application with the health of its objects, if it lacks that. */
  async complete(
    application: KubernetesObject,
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    const resources = incompleteResources(application);
    if (!resources) {
      return application;
    }
    const { name, namespace, resourceVersion = '' } = application.metadata;
    const key = `${namespace ?? ''}/${name}`;
    const known = this.#remembered.get(key);
    const healths =
      known?.version === resourceVersion
        ? known.healths
        : await this.#read(application, resources, signal);
    if (!healths) {
      return application;
    }
    this.#remember(key, { version: resourceVersion, healths });
    return {
      ...application,
      status: {
        ...(application.status as object),
        resources: resources.map((resource, index) => ({
          ...resource,
          health: healths[index],
        })),
      },
    };
  }

  async #read(
    application: KubernetesObject,
    resources: readonly Resource[],
    signal?: AbortSignal,
  ): Promise<Array<Health | undefined> | undefined> {
    if (signal?.aborted || !this.#mayAsk()) {
      return undefined;
    }
    const timeout = AbortSignal.timeout(this.#times.tree);
    try {
      const tree = await this.#client.json<{ nodes?: TreeNode[] | null }>({
        ...treeRequest(application),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const healths = new Map(
        (tree.nodes ?? []).map(node => [keyOf(node), toHealth(node)]),
      );
      return resources.map(resource => healths.get(keyOf(resource)));
    } catch (error) {
      // What is gone or hidden is a matter of this application alone.
      const { reason } = error as { reason?: unknown };
      if (reason === 'unreachable' && !signal?.aborted) {
        this.#restsUntil = Date.now() + MINUTE_MILLIS;
      }
      return undefined;
    }
  }

  #mayAsk(): boolean {
    const now = Date.now();
    if (now - this.#minute.startedAt >= MINUTE_MILLIS) {
      this.#minute = { startedAt: now, asked: 0 };
    }
    if (now < this.#restsUntil || this.#minute.asked >= PER_MINUTE) {
      return false;
    }
    this.#minute.asked += 1;
    return true;
  }

  #remember(
    key: string,
    known: { version: string; healths: Array<Health | undefined> },
  ): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, known);
    if (this.#remembered.size > MAXIMUM_REMEMBERED) {
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest);
    }
  }
}

/** The objects of an application that is unhealthy and does not say which of them are. */
function incompleteResources({
  status,
}: KubernetesObject): Resource[] | undefined {
  const { resourceHealthSource, health, resources } = (status ?? {}) as Status;
  const isWell = health?.status === undefined || health.status === 'Healthy';
  if (resourceHealthSource !== 'appTree' || isWell) {
    return undefined;
  }
  const objects = Array.isArray(resources)
    ? resources.filter(
        (resource): resource is Resource =>
          typeof resource === 'object' && resource !== null,
      )
    : [];
  const isKnown = objects.some(resource => resource.health);
  return objects.length === 0 || isKnown ? undefined : objects;
}

function treeRequest({ metadata, spec }: KubernetesObject) {
  const { name, namespace } = metadata;
  const { project } = (spec ?? {}) as { project?: string };
  return {
    path: ['applications', checkedName(name), 'resource-tree'],
    query: { appNamespace: namespace, project: project || 'default' },
    what: `see the objects of application ${namespace}/${name}`,
    needs: 'p, <role>, applications, get, */*',
    isObject: true,
  };
}

function toHealth({ health }: TreeNode): Health | undefined {
  if (!health?.status) {
    return undefined;
  }
  const { status, message } = health;
  return status === 'Healthy' && !message
    ? HEALTHY
    : { status, message: message?.slice(0, MAXIMUM_MESSAGE) };
}

function keyOf({ group, kind, namespace, name }: TreeNode): string {
  return [group ?? '', kind, namespace ?? '', name].join('\n');
}
