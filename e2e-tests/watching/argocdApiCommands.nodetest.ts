import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type {
  Application,
  ApplicationCommand,
  CommandRequest,
} from '@fairway/plugin-gitops-common';
import { ArgocdObserver } from '@fairway/plugin-gitops-backend-module-argocd/src/ArgocdObserver';
import { account, ArgocdWorld, EVERYTHING } from './argocd/ArgocdWorld';
import { testConnection } from './argocd/testConnection';
import { eventually } from './harness/eventually';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const USER = 'user:default/ada';
const TOKEN = account('fairway').token;
const CLOSED = 'playground.fairway.dev/sync-window-closed';

let world: ArgocdWorld;

before(async () => {
  world = await ArgocdWorld.start();
  world.namespace('team-a');
});
after(() => world.stop());
beforeEach(() => world.api.accounts.setPolicies('fairway', EVERYTHING));

/** What the observer says of an application, as the store would give it back. */
function observed(name: string, namespace = 'argocd'): Application {
  const [observation] = new ArgocdObserver().observe(
    world.get(name, namespace),
    { cluster: 'production', now: NOW },
  );
  return observation as unknown as Application;
}

function run(
  application: Application,
  command: ApplicationCommand,
  request: CommandRequest = {},
): Promise<void> {
  return testConnection(world).execute(application, {
    ...{ command, request },
    user: USER,
    now: NOW,
  });
}

async function refused(
  answer: Promise<unknown>,
  name: string,
  message: RegExp,
): Promise<void> {
  const error: any = await answer.then(
    () => assert.fail('it was not refused'),
    reason => reason,
  );
  assert.equal(error.name, name, error.message);
  assert.match(error.message, message);
  assert.ok(!inspect(error, { depth: 20 }).includes(TOKEN));
}

const INFO = [
  { name: 'Requested by', value: USER },
  { name: 'Requested at', value: NOW.toISOString() },
];

describe('commands through the API of Argo CD', () => {
  it('syncs no more than was asked for', async () => {
    world.application('plain', {
      spec: { syncPolicy: { syncOptions: ['ServerSideApply=true'] } },
    });
    await run(observed('plain'), 'sync');
    const { operation } = world.get('plain');
    assert.deepEqual(operation, {
      info: INFO,
      initiatedBy: { username: 'fairway' },
      retry: { limit: 0 },
      sync: {
        revision: 'main',
        source: world.get('plain').spec.source,
        syncOptions: ['ServerSideApply=true'],
      },
    });
    // And what comes of it is told apart from what others do.
    const progress = new ArgocdObserver().progress!(world.get('plain') as any, {
      id: '1',
      applicationId: '1',
      command: 'sync',
      request: {},
      requestedBy: USER,
      requestedAt: NOW.toISOString(),
      state: 'requested',
      message: '',
    });
    assert.equal(progress?.state, 'requested');
    assert.match(progress?.message ?? '', /Waiting for Argo CD/);
  });

  it('syncs a revision, chosen objects, with pruning, forced, as a dry run', async () => {
    const resources = [
      {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
      },
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: 'shop',
        name: 'web',
      },
    ];
    world.application('full', {
      namespace: 'team-a',
      project: 'payments',
      status: { resources },
    });
    await run(observed('full', 'team-a'), 'sync', {
      revision: 'b'.repeat(40),
      prune: true,
      dryRun: true,
      force: true,
      resources: [
        { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
        { group: '', kind: 'Service', name: 'web' },
      ],
    });
    assert.deepEqual(world.get('full', 'team-a').operation.sync, {
      source: world.get('full', 'team-a').spec.source,
      revision: 'b'.repeat(40),
      prune: true,
      dryRun: true,
      syncStrategy: { hook: { force: true } },
      resources: [
        { group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop' },
        { kind: 'Service', name: 'web', namespace: 'shop' },
      ],
    });
  });

  it('gives the revision to the source that it is meant for', async () => {
    const sources = [
      {
        repoURL: 'https://charts.example.com',
        chart: 'redis',
        targetRevision: '20.1.0',
      },
      {
        repoURL: 'https://git.example.com/values.git',
        targetRevision: 'main',
        ref: 'values',
      },
    ];
    world.application('several', { spec: { source: null, sources } });
    await run(observed('several'), 'sync', { revision: 'c'.repeat(40) });
    assert.deepEqual(world.get('several').operation.sync.revisions, [
      '20.1.0',
      'c'.repeat(40),
    ]);
  });

  it('passes on why Argo CD refuses', async () => {
    world.application('windowed');
    world.change('windowed', { metadata: { annotations: { [CLOSED]: '1' } } });
    await refused(
      run(observed('windowed'), 'sync'),
      'InputError',
      /blocked by sync window/,
    );

    world.application('busy');
    const before = observed('busy');
    world.change('busy', { operation: { sync: {} } });
    await refused(run(before, 'sync'), 'ConflictError', /another operation/);
    assert.deepEqual(world.get('busy').operation, { sync: {} });

    world.application('follows', { spec: { syncPolicy: {} } });
    const manual = observed('follows');
    world.change('follows', { spec: { syncPolicy: { automated: {} } } });
    await refused(
      run(manual, 'sync', { revision: 'd'.repeat(40) }),
      'InputError',
      /auto-sync currently set to main/,
    );

    world.application('read-only', { project: 'payments' });
    world.api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      'applications, sync, */*, deny',
    ]);
    await refused(
      run(observed('read-only'), 'sync'),
      'ServiceUnavailableError',
      /may not sync application argocd\/read-only.*grant it 'p, <role>, applications, sync, payments\/\*, allow'/,
    );
    assert.equal(world.get('read-only').operation, undefined);
    world.api.accounts.setPolicies('fairway', EVERYTHING);

    await refused(
      run(observed('windowed'), 'suspend'),
      'InputError',
      /cannot suspend/,
    );
    await refused(
      run(observed('windowed'), 'terminate'),
      'InputError',
      /No operation is in progress/,
    );
    const deleted = observed('windowed');
    world.remove('windowed');
    await refused(
      run({ ...deleted, project: 'default' }, 'sync'),
      'NotFoundError',
      /not found/,
    );
  });

  it('refreshes without waiting for the end of it', async () => {
    world.application('stale');
    const annotation = () =>
      world.get('stale').metadata.annotations?.['argocd.argoproj.io/refresh'];
    await run(observed('stale'), 'refresh');
    assert.equal(annotation(), 'normal');
    await run(observed('stale'), 'refresh', { hard: true });
    assert.equal(annotation(), 'hard');

    const slow = testConnection(world, { times: { refresh: 60_000 } });
    const done = slow.execute(observed('stale'), {
      command: 'refresh',
      request: {},
      user: USER,
      now: NOW,
    });
    await eventually(() => assert.equal(annotation(), 'normal'));
    world.change('stale', {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': null } },
    });
    await done;

    world.api.faults.silent = true;
    await refused(
      run(observed('stale'), 'refresh'),
      'ServiceUnavailableError',
      /did not answer/,
    );
    world.api.faults.silent = false;
  });

  it('terminates an operation', async () => {
    world.application('running', { namespace: 'team-a' });
    world.change(
      'running',
      {
        operation: { sync: {} },
        status: { operationState: { phase: 'Running', startedAt: NOW } },
      },
      'team-a',
    );
    await run(observed('running', 'team-a'), 'terminate');
    const { phase } = world.get('running', 'team-a').status.operationState;
    assert.equal(phase, 'Terminating');
  });

  it('finds one application, and knows gone from hidden', async () => {
    world.application('orders', { namespace: 'team-a', project: 'payments' });
    const connection = testConnection(world);
    const [applications] = connection.resources;
    const found = await connection.get(applications, {
      namespace: 'team-a',
      name: 'orders',
    });
    assert.equal(found.kind, 'Application');
    assert.equal(found.metadata.namespace, 'team-a');
    const application = observed('orders', 'team-a');
    assert.equal(application.project, 'payments');
    assert.equal(await connection.isGone(application), false);
    const gone = { ...application, ref: { ...application.ref, name: 'no' } };
    assert.equal(await connection.isGone(gone), true);
    world.api.accounts.setPolicies('fairway', [
      ...EVERYTHING,
      'applications, get, payments/*, deny',
    ]);
    assert.equal(await connection.isGone(application), false);
    assert.equal(await connection.isGone(gone), false);
  });
});

describe('names that mean harm', () => {
  const NAMES = [
    '../clusters',
    '..%2fclusters',
    '..',
    'a/../../clusters',
    'orders?project=other',
    'orders#',
    'orders\r\nx-a: b',
    'Orders',
    '',
  ];
  for (const name of NAMES) {
    it(`do not leave the backend: ${JSON.stringify(name)}`, async () => {
      const connection = testConnection(world);
      const before = world.api.requests.length;
      const ref = {
        cluster: 'production',
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        namespace: 'argocd',
        name,
      };
      const application = {
        ref,
        project: 'default',
        policy: {},
        source: {},
        resources: [],
      } as unknown as Application;
      for (const resource of connection.resources) {
        await refused(connection.get(resource, { name }), 'InputError', /name/);
      }
      for (const command of ['sync', 'refresh', 'terminate'] as const) {
        await refused(run(application, command), 'InputError', /name/);
      }
      await refused(connection.isGone(application), 'InputError', /name/);
      assert.equal(world.api.requests.length, before);
    });
  }

  it('stay one value in a query', async () => {
    world.application('safe');
    const project = 'default&appNamespace=other#';
    const application = { ...observed('safe'), project };
    await refused(run(application, 'terminate'), 'NotFoundError', /not found/);
    const { url } = world.api.requests.at(-1)!;
    const query = new URL(url, world.api.url).searchParams;
    assert.equal(query.get('project'), project);
    assert.equal(query.get('appNamespace'), 'argocd');
  });
});

describe('certificates', () => {
  it('are checked, but for the instance that says otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'argocd-tls-'));
    const [key, cert] = ['key.pem', 'cert.pem'].map(name => join(folder, name));
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=argocd',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    const server = createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end('{"metadata":{"name":"orders"}}');
      },
    );
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = server.address() as AddressInfo;
      const apiUrl = `https://127.0.0.1:${port}`;
      const get = (dangerouslySkipTLSVerify: boolean) => {
        const connection = testConnection(world, {
          instance: { apiUrl, dangerouslySkipTLSVerify },
        });
        return connection.get(connection.resources[0], { name: 'orders' });
      };
      await refused(
        get(false),
        'ServiceUnavailableError',
        /self-signed.*NODE_EXTRA_CA_CERTS/,
      );
      assert.equal((await get(true)).metadata.name, 'orders');
      // The switch of one instance is that of no other.
      await refused(get(false), 'ServiceUnavailableError', /self-signed/);
      await assert.rejects(fetch(apiUrl));
    } finally {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(folder, { recursive: true });
    }
  });
});
