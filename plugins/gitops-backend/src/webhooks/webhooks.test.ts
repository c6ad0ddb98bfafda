import { createHmac } from 'node:crypto';
import { ConfigReader } from '@backstage/config';
import { mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import type { Application } from '@fairway/plugin-gitops-common';
import express from 'express';
import request from 'supertest';
import { readSpec } from '../routes/__testUtils__/readSpec';
import { createWebhooksRouter } from './createWebhooksRouter';
import type { LookTarget } from './ObjectLooker';
import { readWebhooksConfig } from './readWebhooksConfig';
import { WebhookReceiver } from './WebhookReceiver';
import { WEBHOOK_SOURCES, type WebhookSource } from './WebhookSource';

const SECRET = 'a-secret-that-nobody-can-guess';
const NOW = new Date('2026-11-22T12:00:00.000Z');

const REPOSITORY = {
  clone_url: 'https://git.example.com/payments/orders-deploy.git',
  ssh_url: 'git@git.example.com:payments/orders-deploy.git',
  html_url: 'https://git.example.com/payments/orders-deploy',
};

/** What each source sends, and how it signs. */
const SENDERS: Record<
  WebhookSource,
  {
    body: object;
    headers: Record<string, string>;
    sign(body: string, secret: string): Record<string, string>;
  }
> = {
  argocd: {
    body: { app: 'orders-prod', ns: 'argocd' },
    headers: {},
    sign: (_, secret) => ({ Authorization: `Bearer ${secret}` }),
  },
  flux: {
    body: {
      involvedObject: {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        name: 'orders-prod',
        namespace: 'argocd',
      },
      severity: 'info',
      timestamp: '2026-11-22T11:59:50Z',
      metadata: { revision: 'main@sha1:abc', cluster: 'eu-1' },
    },
    headers: { 'gotk-component': 'kustomize-controller' },
    sign: (body, secret) => ({
      'X-Signature': `sha512=${hmac(body, secret, 'sha512')}`,
    }),
  },
  github: {
    body: { ref: 'refs/heads/main', repository: REPOSITORY },
    headers: { 'X-GitHub-Event': 'push' },
    sign: (body, secret) => ({
      'X-Hub-Signature-256': `sha256=${hmac(body, secret)}`,
    }),
  },
  gitlab: {
    body: {
      project: {
        git_http_url: REPOSITORY.clone_url,
        git_ssh_url: REPOSITORY.ssh_url,
        web_url: REPOSITORY.html_url,
      },
    },
    headers: { 'X-Gitlab-Event': 'Push Hook' },
    sign: (_, secret) => ({ 'X-Gitlab-Token': secret }),
  },
  gitea: {
    body: { ref: 'refs/heads/main', repository: REPOSITORY },
    headers: { 'X-Gitea-Event': 'push' },
    sign: (body, secret) => ({ 'X-Gitea-Signature': hmac(body, secret) }),
  },
  bitbucket: {
    body: { repository: { links: { html: { href: REPOSITORY.html_url } } } },
    headers: { 'X-Event-Key': 'repo:push' },
    sign: (body, secret) => ({
      'X-Hub-Signature': `sha256=${hmac(body, secret)}`,
    }),
  },
  azure: {
    body: {
      eventType: 'git.push',
      resource: { repository: { remoteUrl: REPOSITORY.html_url } },
    },
    headers: {},
    sign: (_, secret) => ({ Authorization: basic('fairway', secret) }),
  },
};

function basic(user: string, password: string): string {
  const text = Buffer.from(`${user}:${password}`).toString('base64');
  return `Basic ${text}`;
}

function hmac(body: string, secret: string, hash = 'sha256'): string {
  return createHmac(hash, secret).update(body).digest('hex');
}

const APPLICATIONS: Array<Pick<Application, 'ref' | 'source' | 'sources'>> = [
  {
    ref: {
      cluster: 'eu-1',
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: 'orders-prod',
    },
    source: { chart: 'orders', repoUrl: 'https://charts.example.com' },
    sources: [
      { chart: 'orders', repoUrl: 'https://charts.example.com' },
      { repoUrl: 'ssh://git@git.example.com:2222/Payments/orders-deploy.git' },
    ],
  },
  {
    ref: {
      cluster: 'eu-2',
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      namespace: 'payments',
      name: 'other',
    },
    source: { repoUrl: 'https://git.example.com/payments/orders-deploy-2' },
  },
  ...[
    'https://dev.azure.com/acme/Shop%20Floor/_git/till',
    'git@ssh.dev.azure.com:v3/acme/Shop%20Floor/till',
    'https://acme.visualstudio.com/DefaultCollection/Shop%20Floor/_git/till',
    'acme@vs-ssh.visualstudio.com:v3/acme/Shop%20Floor/till',
    'https://dev.azure.com/acme/Other/_git/till',
  ].map((repoUrl, index) => ({
    ref: {
      cluster: 'eu-1',
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: `till-${index}`,
    },
    source: { repoUrl },
  })),
];

describe('webhooks', () => {
  let looked: LookTarget[];
  let pushes: number;
  let databaseIsDown: boolean;
  let now: Date;
  const logger = mockServices.logger.mock();

  function serve(secrets: Partial<Record<WebhookSource, string>>) {
    const receiver = new WebhookReceiver({
      config: secrets,
      finder: {
        clustersOf: async ({ namespace, name }) => {
          if (databaseIsDown) {
            throw new Error('no database');
          }
          return namespace === 'argocd' && name === 'orders-prod'
            ? ['eu-1', 'eu-2']
            : [];
        },
        applicationsMentioning: async text =>
          APPLICATIONS.filter(application =>
            JSON.stringify(application).toLowerCase().includes(text),
          ),
      },
      look: targets => {
        looked.push(...targets);
        return targets.length;
      },
      onPush: () => {
        pushes += 1;
      },
      logger,
      now: () => now,
    });
    return express()
      .use(createWebhooksRouter({ receiver }))
      .use(mockErrorHandler());
  }

  const all = Object.fromEntries(
    WEBHOOK_SOURCES.map(source => [source, SECRET]),
  );

  function send(
    app: express.Express,
    source: WebhookSource,
    options: { secret?: string; body?: string; sent?: string } = {},
  ) {
    const { body, headers, sign } = SENDERS[source];
    const signed = options.body ?? JSON.stringify(body);
    return request(app)
      .post(`/webhooks/${source}`)
      .set({
        'Content-Type': 'application/json',
        ...headers,
        ...sign(signed, options.secret ?? SECRET),
      })
      .send(options.sent ?? signed);
  }

  beforeEach(() => {
    looked = [];
    pushes = 0;
    databaseIsDown = false;
    now = NOW;
    jest.clearAllMocks();
  });

  it.each(WEBHOOK_SOURCES)('%s makes Fairway look, once', async source => {
    const app = serve(all);
    const answer = await send(app, source);
    expect(answer.body).toEqual({
      accepted: true,
      objects: looked.length,
    });
    expect(answer.status).toBe(202);
    const { paths, validate } = readSpec();
    expect(paths['/webhooks/{source}'].post.parameters![0].schema.enum).toEqual(
      WEBHOOK_SOURCES,
    );
    validate(paths['/webhooks/{source}'].post.responses['202'], answer.body);
    const kind = source === 'flux' ? 'Kustomization' : 'Application';
    expect(looked).toContainEqual(
      expect.objectContaining({
        ...{ cluster: 'eu-1', namespace: 'argocd', name: 'orders-prod', kind },
      }),
    );
    const isForge = !['argocd', 'flux'].includes(source);
    expect(pushes).toBe(isForge ? 1 : 0);
    // Flux names its cluster; a push concerns one of the two applications.
    expect(looked).toHaveLength(source === 'argocd' ? 2 : 1);

    const again = await send(app, source);
    expect(again.body).toEqual({ accepted: false, objects: 0 });
    expect(looked).toHaveLength(source === 'argocd' ? 2 : 1);
  });

  it.each(WEBHOOK_SOURCES)('%s must know the secret', async source => {
    const { body, headers } = SENDERS[source];
    const text = JSON.stringify(body);
    const app = serve(all);
    const wrong = await send(app, source, { secret: `${SECRET}x` });
    const none = await request(app)
      .post(`/webhooks/${source}`)
      .set({ 'Content-Type': 'application/json', ...headers })
      .send(text);
    const empty = await send(app, source, { secret: '' });
    for (const answer of [wrong, none, empty]) {
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain(SECRET);
      expect(answer.body.error.message).toContain(`gitops.webhooks.${source}`);
    }
    const unset = await send(serve({}), source);
    expect(unset.status).toBe(403);
    expect(unset.body.error.message).toContain(
      `gitops.webhooks.${source}.secret`,
    );
    expect(looked).toEqual([]);
  });

  it.each(['flux', 'github', 'gitea', 'bitbucket'] as const)(
    '%s signs the bytes of the body',
    async source => {
      const body = JSON.stringify(SENDERS[source].body);
      const answer = await send(serve(all), source, {
        body,
        sent: `${body} `,
      });
      expect(answer.status).toBe(401);
      expect(looked).toEqual([]);
    },
  );

  it('knows Bitbucket Data Center by the addresses to clone from', async () => {
    const body = JSON.stringify({
      eventKey: 'repo:refs_changed',
      repository: {
        slug: 'orders-deploy',
        project: { key: 'PAYMENTS' },
        links: {
          self: [{ href: `${REPOSITORY.html_url}/browse` }],
          clone: [
            {
              name: 'http',
              href: 'https://git.example.com/scm/payments/x.git',
            },
            {
              name: 'ssh',
              href: 'ssh://git@git.example.com:7999/payments/orders-deploy.git',
            },
          ],
        },
      },
    });
    const post = (event: string) =>
      request(serve(all))
        .post('/webhooks/bitbucket')
        .set({
          'Content-Type': 'application/json',
          'X-Event-Key': event,
          ...SENDERS.bitbucket.sign(body, SECRET),
        })
        .send(body);
    expect((await post('repo:refs_changed')).body.objects).toBe(1);
    expect(looked.map(({ name }) => name)).toEqual(['orders-prod']);
    expect(pushes).toBe(1);
    // Sent to try the connection.
    expect((await post('diagnostics:ping')).body.objects).toBe(0);
  });

  it('knows all addresses of a repository of Azure DevOps', async () => {
    const app = serve(all);
    const push = (remoteUrl: string, eventType = 'git.push') =>
      send(app, 'azure', {
        body: JSON.stringify({
          eventType,
          resource: { repository: { id: '1', remoteUrl } },
        }),
      });
    const url = 'https://acme@dev.azure.com/acme/Shop%20Floor/_git/till';
    expect((await push(url)).body.objects).toBe(4);
    expect(looked.map(({ name }) => name)).toEqual(
      ['till-0', 'till-1', 'till-2', 'till-3'].sort(),
    );
    expect((await push(url, 'git.pullrequest.created')).body.objects).toBe(0);
    expect((await push('https://dev.azure.com/acme/_git/till')).body).toEqual({
      accepted: true,
      objects: 0,
    });
    for (const authorization of [
      basic(SECRET, ''),
      basic('fairway', `${SECRET}x`),
      `Basic ${Buffer.from(SECRET).toString('base64')}`,
      `Bearer ${SECRET}`,
      'Basic',
    ]) {
      const answer = await request(app)
        .post('/webhooks/azure')
        .set({ 'Content-Type': 'application/json', authorization })
        .send(JSON.stringify(SENDERS.azure.body));
      expect(answer.status).toBe(401);
    }
  });

  it('believes a clock that is a little ahead, and takes its event once', async () => {
    const app = serve(all);
    const at = (timestamp: string) =>
      send(app, 'flux', {
        body: JSON.stringify({ ...SENDERS.flux.body, timestamp }),
      });
    expect((await at('2026-11-22T12:06:00Z')).status).toBe(400);
    const ahead = '2026-11-22T12:04:00Z';
    expect((await at(ahead)).body.accepted).toBe(true);
    now = new Date('2026-11-22T13:03:00Z');
    expect((await at(ahead)).body.accepted).toBe(false);
    now = new Date('2026-11-22T13:06:00Z');
    expect((await at(ahead)).status).toBe(400);
  });

  it('does not listen to a source that may not send', async () => {
    const body = JSON.stringify({ app: 'x', ns: 'y', z: 'z'.repeat(3e6) });
    const answer = await send(serve({}), 'argocd', { body });
    expect(answer.status).toBe(403);
  });

  it('takes a body again of which nothing came', async () => {
    const app = serve(all);
    databaseIsDown = true;
    expect((await send(app, 'argocd')).status).toBe(500);
    databaseIsDown = false;
    const again = await send(app, 'argocd');
    expect(again.body).toEqual({ accepted: true, objects: 2 });
  });

  it('refuses weak hashes, and what is no hash', async () => {
    const body = JSON.stringify(SENDERS.flux.body);
    for (const signature of [
      `sha1=${hmac(body, SECRET, 'sha1')}`,
      `md5=${hmac(body, SECRET, 'md5')}`,
      hmac(body, SECRET),
      'sha256=',
      '=',
    ]) {
      const answer = await request(serve(all))
        .post('/webhooks/flux')
        .set({ 'Content-Type': 'application/json', 'X-Signature': signature })
        .send(body);
      expect(answer.status).toBe(401);
    }
  });

  it('says what is wrong with a body', async () => {
    const app = serve(all);
    const notJson = await send(app, 'argocd', { body: 'app=orders' });
    expect([notJson.status, notJson.body.error.message]).toEqual([
      400,
      expect.stringContaining('application/json'),
    ]);
    const incomplete = await send(app, 'argocd', { body: '{"app":"x"}' });
    expect([incomplete.status, incomplete.body.error.message]).toEqual([
      400,
      expect.stringContaining('ns'),
    ]);
    const old = JSON.stringify({
      ...SENDERS.flux.body,
      timestamp: '2026-11-22T10:59:59Z',
    });
    expect((await send(app, 'flux', { body: old })).status).toBe(400);
    const noTime = JSON.stringify({ ...SENDERS.flux.body, timestamp: 'x' });
    expect((await send(app, 'flux', { body: noTime })).status).toBe(400);
    const large = JSON.stringify({ app: 'x', ns: 'y', z: 'z'.repeat(3e6) });
    expect((await send(app, 'argocd', { body: large })).status).toBe(413);
    expect((await request(app).post('/webhooks/nobody')).status).toBe(404);
    expect(looked).toEqual([]);
  });

  it('has no use for other events, and says so by doing nothing', async () => {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.' });
    const answer = await request(serve(all))
      .post('/webhooks/github')
      .set({
        'Content-Type': 'application/json',
        'X-GitHub-Event': 'ping',
        ...SENDERS.github.sign(body, SECRET),
      })
      .send(body);
    expect([answer.status, answer.body]).toEqual([
      202,
      { accepted: true, objects: 0 },
    ]);
    expect(pushes).toBe(0);
  });

  describe('configuration', () => {
    const read = (webhooks: object) =>
      readWebhooksConfig(new ConfigReader({ gitops: { webhooks } }));

    it('is empty by default', () => {
      expect(readWebhooksConfig(new ConfigReader({}))).toEqual({});
    });

    it('names what is wrong', () => {
      expect(read({ github: { secret: SECRET } })).toEqual({ github: SECRET });
      expect(() => read({ svn: { secret: SECRET } })).toThrow(
        'gitops.webhooks.svn',
      );
      expect(() => read({ github: { secret: 'short' } })).toThrow(
        'gitops.webhooks.github.secret',
      );
    });
  });
});
