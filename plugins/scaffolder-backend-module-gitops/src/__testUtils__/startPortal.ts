import {
  mockServices,
  startTestBackend,
  type TestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolder from '@backstage/plugin-scaffolder-backend';
import gitea from '@backstage/plugin-scaffolder-backend-module-gitea';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { gitopsServiceMockFactory } from '@fairway/plugin-gitops-node/testUtils';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import scaffolderModuleGitops from '../index';
import type { GiteaFake } from './GiteaFake';

/** The golden path that the portal knows. */
export const TEMPLATE_FILE = path.resolve(
  __dirname,
  '../../../../templates/web-service/template.yaml',
);

/** The template as it is written. */
export function readTemplate() {
  return parse(readFileSync(TEMPLATE_FILE, 'utf8'));
}

/** How a task ended. */
export interface TaskResult {
  error?: string;
  output?: {
    links: Array<{ title: string; url?: string; entityRef?: string }>;
    text: Array<{ title: string; content: string }>;
  };
  log: string;
}

class Portal {
  readonly #backend: TestBackend;
  readonly catalog: ReturnType<typeof catalogServiceMock.mock>;

  constructor(
    backend: TestBackend,
    catalog: ReturnType<typeof catalogServiceMock.mock>,
  ) {
    this.#backend = backend;
    this.catalog = catalog;
  }

  stop(): Promise<void> {
    return this.#backend.stop();
  }

  async request(method: string, route: string, body?: object): Promise<any> {
    const response = await fetch(
      `http://localhost:${this.#backend.server.port()}/api/scaffolder/v2${route}`,
      {
        method,
        headers: { 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      },
    );
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${response.status}: ${text}`);
    }
    return JSON.parse(text);
  }

  /** Creates a service and waits until the task has ended. */
  async create(values: object): Promise<TaskResult> {
    const { id } = await this.request('POST', '/tasks', {
      templateRef: 'template:default/web-service',
      values,
    });
    const stream = await fetch(
      `http://localhost:${this.#backend.server.port()}/api/scaffolder/v2/tasks/${id}/eventstream`,
      { headers: { accept: 'text/event-stream' } },
    );
    let text = '';
    for await (const chunk of stream.body!) {
      text += Buffer.from(chunk).toString();
      if (/event: completion\ndata: .*\n\n/.test(text)) {
        break;
      }
    }
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(
      match => JSON.parse(match[1]) as any,
    );
    const { body } = events.find(event => event.type === 'completion');
    return {
      error: body.error?.message,
      output: body.output,
      log: events.map(event => event.body.message).join('\n'),
    };
  }
}

/** A backend with the scaffolder, its Gitea module and ours, against a forge. */
export async function startPortal(options: {
  forge: GiteaFake;
  gitops: Partial<GitopsApi>;
}) {
  const { forge, gitops } = options;
  const catalog = catalogServiceMock.mock();
  const template = readTemplate();
  template.metadata.annotations = {
    'backstage.io/managed-by-location': `file:${TEMPLATE_FILE}`,
    'backstage.io/managed-by-origin-location': `file:${TEMPLATE_FILE}`,
  };
  catalog.getEntityByRef.mockImplementation(async ref =>
    JSON.stringify(ref).toLowerCase().includes('template')
      ? template
      : undefined,
  );
  catalog.addLocation.mockImplementation(async ({ target }) => ({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: target.split('/')[4], namespace: 'default' },
      },
    ],
    location: {
      id: '1',
      type: 'url',
      target,
      entityRef: 'location:default/generated',
    },
  }));
  const backend = await startTestBackend({
    features: [
      scaffolder,
      gitea,
      scaffolderModuleGitops,
      gitopsServiceMockFactory(gitops),
      catalog.factory,
      mockServices.rootConfig.factory({ data: configFor(forge) }),
    ],
  });
  return new Portal(backend, catalog);
}

function configFor(forge: GiteaFake) {
  return {
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
      github: [{ host: 'github.com' }],
    },
    gitops: {
      platformRepository: `${forge.host}?owner=platform&repo=gitops`,
      imageRegistry: 'registry.example.com',
    },
  };
}
