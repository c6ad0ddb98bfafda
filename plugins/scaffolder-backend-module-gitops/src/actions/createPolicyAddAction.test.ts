import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run, workspace, write } = useActions();

const label = {
  path: './platform',
  engine: 'kyverno',
  policies: ['require-team-label'],
};

describe('gitops:policy:add', () => {
  beforeEach(() => write('platform/README.md', '# Platform\n'));
  const read = (file: string) =>
    readFileSync(path.join(workspace.path, 'platform', file), 'utf8');

  it('adds, leaves alone, and enforces', async () => {
    const added = await run('gitops:policy:add', label);
    expect(added.output).toMatchObject({
      added: ['require-team-label'],
      kept: [],
      enforced: [],
      testCommand: 'kyverno test ./policies/kyverno',
    });
    expect(added.output.summary).toContain(
      '| require-team-label | new, reports |',
    );
    expect(
      parse(read('argocd/policies/policies-kyverno.yaml')).spec.source,
    ).toEqual({
      repoURL: `${forge.url}/platform/gitops.git`,
      targetRevision: 'main',
      path: 'policies/kyverno',
    });

    const again = await run('gitops:policy:add', label);
    expect(again.output).toMatchObject({
      files: [],
      kept: ['require-team-label'],
    });

    const enforced = await run('gitops:policy:add', {
      ...label,
      enforce: true,
    });
    expect(enforced.output).toMatchObject({
      files: ['policies/kyverno/require-team-label/policy.yaml'],
      enforced: ['require-team-label'],
    });
    expect(
      parse(read('policies/kyverno/require-team-label/policy.yaml')).spec
        .validationActions,
    ).toEqual(['Deny']);
  });

  it('takes what a form left empty for what it did not say', async () => {
    const { output } = await run('gitops:policy:add', {
      ...label,
      registries: [],
      excludedNamespaces: undefined,
      registration: { engine: 'flux', project: '', sourceName: '' },
    });
    expect(output.files).toContain('flux/policies/source.yaml');
  });

  it.each([
    ['a folder outside of the workspace', { path: '../..' }],
    ['to enforce what is not there', { enforce: true }],
    ['the baseline without registries', { policies: ['baseline'] }],
    [
      'what Gatekeeper cannot do',
      { engine: 'gatekeeper', policies: ['preview-clean-up'] },
    ],
    [
      'a repository of a forge that is not configured',
      { registration: { repoUrl: 'elsewhere.example.com?owner=a&repo=b' } },
    ],
  ])('refuses %s', async (_what, change) => {
    await expect(
      run('gitops:policy:add', { ...label, ...change }),
    ).rejects.toThrow();
  });
});

describe('policies in gitops:manifests:validate', () => {
  beforeEach(() => {
    write(
      'deploy/overlays/dev/kustomization.yaml',
      'namespace: orders-dev\nresources: [../../base]\n',
    );
    write(
      'deploy/overlays/production/kustomization.yaml',
      'namespace: orders-production\nresources: [../../base]\nimages: [{name: nginx, newTag: 1.29.1}]\n',
    );
    write('deploy/base/kustomization.yaml', 'resources: [pod.yaml]\n');
    write(
      'deploy/base/pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}\n',
    );
  });

  it('says what breaks a rule, and refuses it only when told to', async () => {
    const rules = ['disallow-latest-tag', 'disallow-privileged-containers'];
    const { output, log } = await run('gitops:manifests:validate', {
      path: './deploy',
      policy: { rules },
    });
    expect(output.policy).toEqual([
      {
        rule: 'disallow-latest-tag',
        object: 'Pod/web',
        message: 'Every image needs a tag other than "latest", or a digest.',
        overlays: ['dev'],
      },
    ]);
    expect(log.join('\n')).toMatch(
      /Pod\/web in dev breaks disallow-latest-tag/,
    );
    await expect(
      run('gitops:manifests:validate', {
        path: './deploy',
        policy: { rules, enforce: true },
      }),
    ).rejects.toThrow(/enforced; correct them first: Pod\/web in dev/);
    await run('gitops:manifests:validate', {
      path: './deploy',
      policy: { rules: ['disallow-privileged-containers'], enforce: true },
    });
  });
});
