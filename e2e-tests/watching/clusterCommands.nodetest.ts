import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Application,
  ApplicationCommand,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import type {
  GitopsObserver,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '@fairway/plugin-gitops-backend/src/cluster';
import { LiveCommands } from '@fairway/plugin-gitops-backend/src/commands';
import { readNews } from '@fairway/plugin-gitops-backend/src/commands/readNews';
import { ArgocdObserver } from '@fairway/plugin-gitops-backend-module-argocd/src/ArgocdObserver';
import { FluxObserver } from '@fairway/plugin-gitops-backend-module-flux/src/FluxObserver';
import {
  overlayFile,
  serviceFiles,
} from 'playground/src/controllers/testing/manifests';
import { TestBed } from 'playground/src/controllers/testing/TestBed';
import { eventually } from './harness/eventually';

const USER = 'user:default/ada';
const REPOSITORY = 'payments/orders';
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  namespace: 'argocd',
  name: 'orders-dev',
};
const FLUX = { namespace: 'flux-system', name: 'orders' };
const SOURCE = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  ...FLUX,
};
const KUSTOMIZATION = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  ...FLUX,
};
const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

let bed: TestBed;

/** The stand-in cluster as the backend sees one. */
function clusterApi(
  observer: GitopsObserver,
): Pick<ClusterApi, 'get' | 'patch'> {
  const keyOf = ({ apiVersion, kind, namespace, name }: ObjectRef) => ({
    ...{ apiVersion, kind, namespace, name },
  });
  const kindOf = (plural: string) =>
    observer.resources.find(resource => resource.plural === plural)!.kind;
  return {
    get: async ({ cluster, group, version, plural }, object) => {
      const apiVersion = `${group}/${version}`;
      const found = bed.cluster.get(
        keyOf({ cluster, apiVersion, kind: kindOf(plural), ...object }),
      );
      if (!found) {
        throw new NotFoundError(`There is no ${object.name}`);
      }
      return found as KubernetesObject;
    },
    patch: async ({ ref, patch }) => {
      try {
        return bed.cluster.patch(keyOf(ref), patch) as KubernetesObject;
      } catch (error: any) {
        throw error.code === 409 ? new ConflictError(error.message) : error;
      }
    },
  };
}

/** Decides on a command as the backend does when somebody gives it. */
async function give(
  key: typeof APPLICATION,
  observer: GitopsObserver,
  command: ApplicationCommand,
) {
  const now = new Date();
  const [observation] = observer.observe(
    bed.cluster.get(key) as KubernetesObject,
    { cluster: 'local', now },
  );
  const run = {
    ...{ id: '1', applicationId: '1', command, request: {} },
    ...{ requestedBy: USER, requestedAt: now.toISOString() },
    ...{ state: 'requested' as const, message: 'Asked' },
  };
  const clusters = clusterApi(observer);
  const decided = await new LiveCommands({
    clusters,
    connections: () => [],
  }).decide({
    ...{ application: observation as unknown as Application, observer, run },
    context: { command, request: {}, user: USER, now },
  });
  const stored = {
    ...{ run: { ...run }, engine: observer.id, heardAt: run.requestedAt },
    target: decided.target,
  };
  /** Follows it until it is over, as the backend does. */
  const follow = () =>
    eventually(async () => {
      const { ref, plural } = stored.target;
      const [group, version] = ref.apiVersion.split('/');
      const object = await clusters.get(
        { cluster: 'local', group, version, plural },
        ref,
      );
      const { news } = await readNews(stored, object, {
        ...{ clusters, observer, connections: [] },
      });
      Object.assign(stored.run, news);
      stored.target = news?.target ?? stored.target;
      assert.ok(
        !['requested', 'running'].includes(stored.run.state),
        stored.run.message,
      );
      return stored.run;
    });
  return { decided, follow };
}

beforeEach(async () => {
  bed = await TestBed.start();
  bed.commit(
    REPOSITORY,
    serviceFiles({ name: 'orders', environments: ['dev'], tag: '1.0.0' }),
  );
});
afterEach(() => bed.stop());

describe('commands to Argo CD that something else overtakes', () => {
  const observer = new ArgocdObserver();
  const operation = {
    initiatedBy: { username: 'grace' },
    sync: { syncStrategy: { hook: { force: true } }, resources: [] },
  };

  beforeEach(async () => {
    const { apiVersion, kind, namespace, name } = APPLICATION;
    bed.cluster.create({
      ...{ apiVersion, kind, metadata: { namespace, name } },
      spec: {
        project: 'default',
        source: {
          repoURL: bed.url(REPOSITORY),
          targetRevision: 'main',
          path: 'deploy/overlays/dev',
        },
        destination: {
          server: 'https://kubernetes.default.svc',
          namespace: 'orders-dev',
        },
        syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      },
    });
    await bed.eventually(APPLICATION, ({ status }) => status?.sync);
    // From here on the test does what the controller would, at the worst moment.
    await bed.stopControllers();
  });

  it('do not terminate an operation that is over', async () => {
    const startedAt = new Date().toISOString();
    bed.cluster.patch(APPLICATION, {
      operation,
      status: { operationState: { phase: 'Running', startedAt, operation } },
    });
    const { decided } = await give(APPLICATION, observer, 'terminate');
    bed.cluster.patch(APPLICATION, {
      operation: null,
      status: { operationState: { phase: 'Succeeded', finishedAt: startedAt } },
    });
    await assert.rejects(decided.carryOut(), { name: 'ConflictError' });
    await assert.rejects(decided.again!(), {
      name: 'InputError',
      message: /no running operation to terminate/,
    });
    const { status } = bed.cluster.get(APPLICATION)!;
    assert.equal(status.operationState.phase, 'Succeeded');
  });

  it('do not terminate what nobody works on, and sync it instead', async () => {
    bed.cluster.patch(APPLICATION, {
      status: { operationState: { phase: 'Terminating', operation } },
    });
    await assert.rejects(give(APPLICATION, observer, 'terminate'), {
      name: 'InputError',
      message: /no running operation to terminate/,
    });
    const { decided, follow } = await give(APPLICATION, observer, 'sync');
    await decided.carryOut();
    bed.startControllers();
    assert.equal((await follow()).state, 'succeeded');
  });

  it('lend no name to what somebody else asked for', async () => {
    const { decided } = await give(APPLICATION, observer, 'sync');
    bed.cluster.patch(APPLICATION, { operation });
    await assert.rejects(decided.carryOut(), { name: 'ConflictError' });
    await assert.rejects(decided.again!(), {
      name: 'InputError',
      message: /Another operation of orders-dev is running/,
    });
    assert.deepEqual(bed.cluster.get(APPLICATION)!.operation, operation);
  });

  it('are decided anew when only the status changed', async () => {
    const { decided, follow } = await give(APPLICATION, observer, 'sync');
    bed.cluster.patch(APPLICATION, { status: { reconciledAt: 'now' } });
    await assert.rejects(decided.carryOut(), { name: 'ConflictError' });
    await (await decided.again!()).carryOut();
    bed.startControllers();
    assert.equal((await follow()).state, 'succeeded');
  });
});

describe('a sync of Flux', () => {
  const observer = new FluxObserver();

  beforeEach(async () => {
    bed.cluster.create({
      ...{ apiVersion: SOURCE.apiVersion, kind: SOURCE.kind, metadata: FLUX },
      spec: {
        interval: '1m',
        url: bed.url(REPOSITORY),
        ref: { branch: 'main' },
      },
    });
    bed.cluster.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'orders-dev' },
    });
    bed.cluster.create({
      apiVersion: KUSTOMIZATION.apiVersion,
      kind: KUSTOMIZATION.kind,
      metadata: FLUX,
      spec: {
        ...{ interval: '10m', timeout: '5m', prune: true, wait: true },
        sourceRef: { kind: SOURCE.kind, name: SOURCE.name },
        path: './deploy/overlays/dev',
      },
    });
    await bed.eventually(
      KUSTOMIZATION,
      ({ status }) => status?.lastAppliedRevision,
    );
  });

  const requested = () =>
    bed.cluster.get(KUSTOMIZATION)!.metadata.annotations?.[REQUESTED_AT];

  it('brings what the source has, and is over then', async () => {
    const { decided, follow } = await give(KUSTOMIZATION, observer, 'sync');
    const revision = bed.commit(
      REPOSITORY,
      overlayFile({ name: 'orders', environment: 'dev', tag: '2.0.0' }),
    );
    // The push may have been seen already; then it is decided anew, as in the backend.
    await decided
      .carryOut()
      .catch(async () => (await decided.again!()).carryOut());
    const run = await follow();
    assert.deepEqual([run.state, requested()], ['succeeded', run.requestedAt]);
    assert.equal(
      bed.cluster.get(KUSTOMIZATION)!.status.lastAppliedRevision,
      `main@sha1:${revision}`,
    );
  });

  it('fails with the words of a source that is not ready, and applies nothing', async () => {
    bed.cluster.patch(SOURCE, {
      spec: { url: 'http://forge.test/unknown/repository.git' },
    });
    await bed.eventually(SOURCE, ({ status }) =>
      status.conditions.some(({ type }: any) => type === 'FetchFailed'),
    );
    const { decided, follow } = await give(KUSTOMIZATION, observer, 'sync');
    await decided.carryOut();
    const run = await follow();
    assert.equal(run.state, 'failed');
    assert.match(
      run.message,
      /^GitRepository orders is not ready: .*repository not found/,
    );
    assert.equal(requested(), undefined);
  });

  it('is refused while the source is suspended', async () => {
    bed.cluster.patch(SOURCE, { spec: { suspend: true } });
    await assert.rejects(give(KUSTOMIZATION, observer, 'sync'), {
      name: 'InputError',
      message: /^GitRepository orders is suspended.*resume it/,
    });
  });
});
