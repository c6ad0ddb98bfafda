import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { gitopsServiceMock } from '@fairway/plugin-gitops-node/testUtils';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { knownServices } from './__testUtils__/knownServices';
import { component, startPortal } from './__testUtils__/startPortal';
import { createGitopsActions } from './actions';
import { readActionsConfig } from './config';

// Each overlay is a process, thrice; a busy machine takes its time.
jest.setTimeout(600_000);

const PAGE = readFileSync(
  path.resolve(__dirname, '../../../docs/templates/making-your-own.md'),
  'utf8',
);
const REPO = 'payments/orders';

const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: ${name}, image: registry.example.com/${name}}]}
`;

describe('the page on making a template', () => {
  const forge = new GiteaFake();
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    forge.createRepository(REPO);
    forge.commit(REPO, 'main', {
      'deploy/base/deployment.yaml': deployment('orders'),
      'deploy/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
      'deploy/overlays/production/kustomization.yaml':
        'resources: [../../base] # nothing else yet\n',
    });
    portal = await startPortal({
      forge,
      entities: [component('orders'), exampleTemplate()],
      gitops: knownServices({
        name: 'orders',
        cloneUrl: `${forge.url}/${REPO}.git`,
        environments: [{ name: 'production' }],
      }),
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
  });

  /** The first block of YAML, as the catalog would have it. */
  function exampleTemplate() {
    const template = parse(/```yaml\n([^]*?)```/.exec(PAGE)![1]);
    template.metadata.annotations = {
      'backstage.io/managed-by-location': 'url:https://git.example.com/t.yaml',
      'backstage.io/managed-by-origin-location':
        'url:https://git.example.com/t.yaml',
    };
    return template;
  }

  it('has an example that works', async () => {
    forge.onPullRequest = 'merge';
    const { error, output } = await portal.create(
      { entityRef: 'component:default/orders', phase: 'prepare' },
      'safe-releases',
    );
    expect(error).toBeUndefined();
    expect(output?.links[0].url).toMatch(/\/payments\/orders\/pulls\/1$/);
    const [pull] = forge.pulls(REPO);
    expect(JSON.stringify(pull)).toContain('Rollout');
  });

  it('names every action that there is', () => {
    const config = mockServices.rootConfig();
    const ids = createGitopsActions({
      config: readActionsConfig(config),
      integrations: ScmIntegrations.fromConfig(config),
      catalog: catalogServiceMock.mock(),
      gitops: gitopsServiceMock(),
    }).map(({ id }) => id);
    expect(ids.filter(id => !PAGE.includes(`| \`${id}\``))).toEqual([]);
  });
});
