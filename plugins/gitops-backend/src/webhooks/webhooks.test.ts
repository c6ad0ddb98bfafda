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
};

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
];

describe('webhooks', () => {
  let looked: LookTarget[];
  let pushes: number;
  let databaseIsDown: boolean;
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
      now: () => NOW,
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
