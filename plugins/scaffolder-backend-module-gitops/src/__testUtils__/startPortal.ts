import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolder from '@backstage/plugin-scaffolder-backend';
import gitea from '@backstage/plugin-scaffolder-backend-module-gitea';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { gitopsServiceMockFactory } from '@fairway/plugin-gitops-node/testUtils';
import scaffolderModuleGitops from '../index';
import type { GiteaFake } from './GiteaFake';
import { Portal } from './Portal';
import { catalogTemplate, templateNames } from './templates';

export { readTemplate } from './templates';
export type { DryRunResult, TaskResult } from './Portal';

/**
 * A backend with the scaffolder, its Gitea module, ours and every template, against a forge.
 *
 * @param options - `template`: what `create` and `dryRun` run, by the name of its folder;
 * `gitops`: what Fairway answers (see `knownServices`); `entities`: what else the catalog has;
 * `config`: more of the section `gitops:`.
 */
export async function startPortal(options: {
  forge: GiteaFake;
  gitops: Partial<GitopsApi>;
  template?: string;
  entities?: Entity[];
  config?: object;
}): Promise<Portal> {
  const { forge, gitops, template = 'web-service', config } = options;
  const catalog = catalogOf([
    ...templateNames().map(catalogTemplate),
    ...(options.entities ?? []),
  ]);
  const backend = await startTestBackend({
    features: [
      scaffolder,
      gitea,
      scaffolderModuleGitops,
      gitopsServiceMockFactory(gitops),
      catalog.factory,
      mockServices.rootConfig.factory({ data: configFor(forge, config) }),
    ],
  });
  return new Portal({ backend, template, catalog });
}

function catalogOf(entities: Entity[]) {
  const known = catalogServiceMock({ entities });
  const catalog = catalogServiceMock.mock();
  catalog.getEntityByRef.mockImplementation((...args) =>
    known.getEntityByRef(...args),
  );
  catalog.getEntitiesByRefs.mockImplementation((...args) =>
    known.getEntitiesByRefs(...args),
  );
  catalog.getEntities.mockImplementation((...args) =>
    known.getEntities(...args),
  );
  catalog.queryEntities.mockImplementation((...args) =>
    known.queryEntities(...args),
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
  return catalog;
}

/** A component of the catalog, as the forms of the templates let one choose. */
export function component(
  name: string,
  spec: Record<string, string> = {},
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default' },
    spec: {
      ...{ type: 'service', lifecycle: 'production' },
      owner: 'group:default/payments',
      ...spec,
    },
  };
}

function configFor(forge: GiteaFake, gitops: object = {}) {
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
      ...gitops,
    },
  };
}
