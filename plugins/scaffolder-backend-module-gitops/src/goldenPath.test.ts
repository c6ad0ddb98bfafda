import {
  mockServices,
  startTestBackend,
  type TestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolder from '@backstage/plugin-scaffolder-backend';
import gitea from '@backstage/plugin-scaffolder-backend-module-gitea';
import { gitopsServiceMockFactory } from '@fairway/plugin-gitops-node/testUtils';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import scaffolderModuleGitops from './index';

// Real Git, real kustomize and a real scaffolder on what may be a busy machine.
jest.setTimeout(120_000);

const TEMPLATE = path.resolve(
  __dirname,
  '../../../templates/web-service/template.yaml',
);

describe('the web-service template', () => {
  const forge = new GiteaFake();
  const service = {
    environments: [
      {
        environment: { name: 'dev' },
        applications: [
          {
            id: 'app-1',
            ref: { kind: 'Application', name: 'orders-dev' },
            sync: 'synced',
            health: 'healthy',
            policy: { automated: true },
          },
        ],
      },
    ],
  } as unknown as ServiceResponse;
  const getService = jest.fn(async () => service);
  const checkName = jest.fn(async () => ({
    valid: true,
    checks: [],
  }));
  const addLocation = jest.fn();
  let backend: TestBackend;

  beforeAll(async () => {
    await forge.start();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops');
    const catalog = catalogServiceMock.mock();
    const template = {
      ...parse(readFileSync(TEMPLATE, 'utf8')),
    };
    template.metadata.annotations = {
      'backstage.io/managed-by-location': `file:${TEMPLATE}`,
      'backstage.io/managed-by-origin-location': `file:${TEMPLATE}`,
    };
    catalog.getEntityByRef.mockImplementation(async ref =>
      JSON.stringify(ref).toLowerCase().includes('template')
        ? template
        : undefined,
    );
    catalog.addLocation.mockImplementation(addLocation);
    backend = await startTestBackend({
      features: [
        scaffolder,
        gitea,
        scaffolderModuleGitops,
        gitopsServiceMockFactory({ getService, checkName }),
        catalog.factory,
        mockServices.rootConfig.factory({
          data: {
            backend: { baseUrl: 'http://localhost', listen: ':0' },
            integrations: {
              gitea: [
                {
                  host: forge.host,
                  baseUrl: forge.url,
                  username: 'robot',
                  password: 'secret',
                },
              ],
            },
            gitops: {
              platformRepository: `${forge.host}?owner=platform&repo=gitops`,
              imageRegistry: 'registry.example.com',
            },
          },
        }),
      ],
    });
  });

  afterAll(async () => {
    await backend?.stop();
    await forge.stop();
  });

  beforeEach(() => {
    forge.autoMerge = true;
    forge.faults.clear();
    addLocation.mockReset();
    addLocation.mockResolvedValue({
      entities: [
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: { name: 'orders', namespace: 'default' },
        },
      ],
      location: { id: '1', type: 'url', target: '' },
    });
  });

  const base = () =>
    `http://localhost:${backend.server.port()}/api/scaffolder/v2`;

  const create = async (values: object) => {
    const response = await fetch(`${base()}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        templateRef: 'template:default/web-service',
        values: {
          description: 'Takes "orders": all of them # really',
          owner: 'group:default/payments',
          runtime: 'nodejs',
          engine: 'argocd',
          dev: 'automated',
          staging: 'automated',
          production: 'manual',
          ...values,
        },
      }),
    });
    const text = await response.text();
    if (response.status !== 201) {
      throw new Error(`${response.status}: ${text}`);
    }
    const { id } = JSON.parse(text);
    // The stream ends by itself once the task has completed.
    const stream = await fetch(`${base()}/tasks/${id}/eventstream`, {
      headers: { accept: 'text/event-stream' },
    });
    let events = '';
    for await (const chunk of stream.body!) {
      events += Buffer.from(chunk).toString();
      if (events.includes('event: completion')) {
        break;
      }
    }
    const parsed = [...events.matchAll(/^data: (.*)$/gm)].map(
      match => JSON.parse(match[1]) as any,
    );
    const completion = parsed.find(event => event.type === 'completion');
    return {
      status: completion.body.error ? 'failed' : 'completed',
      error: completion.body.error?.message as string | undefined,
      output: completion.body.output,
      log: parsed.map(event => event.body.message).join('\n'),
    };
  };

  const checkout = (name: string) => {
    const root = mkdtempSync(path.join(tmpdir(), 'golden-path-'));
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    return root;
  };

  it('debug', async () => {
    const r = await create({ name: 'orders' });
    console.log(r.status, r.error, r.log, JSON.stringify(r.output, null, 1));
    console.log(forge.requests.join('\n'));
    const root = checkout('payments/orders');
    console.log(
      execFileSync('find', [
        root,
        '-not',
        '-path',
        '*/.git/*',
        '-type',
        'f',
      ]).toString(),
    );
    console.log(
      readFileSync(path.join(root, 'catalog-info.yaml'), 'utf8'),
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    rmSync(root, { recursive: true });
    forge.autoMerge = false;
    forge.faults.set('POST /api/v1/repos/platform/gitops/pulls', 500);
    const r2 = await create({ name: 'ledger', engine: 'flux', runtime: 'go' });
    console.log(r2.status, r2.error, r2.log);
    expect(r.status).toBe('completed');
  });
});
