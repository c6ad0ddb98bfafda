import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree } from '../edit';
import { buildKustomization } from '../kustomize';
import {
  addGroup,
  addTenant,
  parseTenantModel,
  renderTenant,
  type TenantModelInput,
} from './index';

jest.setTimeout(60_000);

const growth: TenantModelInput = {
  name: 'growth',
  title: 'Growth',
  description: 'Brings people: "here" # and keeps them',
  engine: 'argocd',
  parent: 'company',
  members: ['ada', 'grace'],
  environments: ['dev', 'production'],
  configuration: { repoUrl: 'https://git.example.com/growth/deploy.git' },
  sourceRepos: ['https://git.example.com/growth/*'],
};

const REFUSED: Array<[string, object, string]> = [
  ['a name with a path', { name: '../growth' }, 'name'],
  ['a name with a line break', { name: 'growth\n' }, 'name'],
  ['capitals', { name: 'Growth' }, 'name'],
  ['a name of Kubernetes', { name: 'kube-system' }, 'has for itself'],
  ['a name of an engine', { name: 'argocd' }, 'has for itself'],
  ['a template in the title', { title: '{{ x }}' }, 'template'],
  ['a line break in the description', { description: 'a\nb' }, 'one line'],
  ['a member with a path', { members: ['../ada'] }, 'members.0'],
  ['a parent with a template', { parent: '${{ x }}' }, 'parent'],
  [
    'a group that ends its policy',
    { accessGroup: 'x, allow\np, y' },
    'accessGroup',
  ],
  ['no environment', { environments: [] }, 'at least one'],
  ['an environment twice', { environments: ['dev', 'dev'] }, 'once'],
  ['an environment with a path', { environments: ['../x'] }, 'environments.0'],
  [
    'a password in the URL',
    { configuration: { repoUrl: 'https://u:p@h/a' } },
    'clone URL',
  ],
  [
    'a path that leads out',
    { configuration: { ...growth.configuration, path: '../x' } },
    'folder',
  ],
  ['all repositories', { sourceRepos: ['*'] }, 'sourceRepos.0'],
  [
    'repositories of everybody',
    { sourceRepos: ['https://git.example.com/*/deploy'] },
    'at its end',
  ],
  [
    'a quota without a unit',
    { quota: { cpu: '1', memory: '100', pods: 1 } },
    'quota.memory',
  ],
  ['a field that nobody knows', { cluster: 'x' }, 'cluster'],
];

const asText = (files: Array<{ path: string; content?: string }>) =>
  files.map(file => `# ${file.path}\n${file.content}`).join('\n');

describe('parseTenantModel', () => {
  it.each(REFUSED)('refuses %s', (_what, change, rule) => {
    expect(() =>
      parseTenantModel({ ...growth, ...change } as TenantModelInput),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });
});

describe('renderTenant', () => {
  it.each(['argocd', 'flux'] as const)(
    'writes the files for %s, as an engine reads them',
    async engine => {
      const files = renderTenant(parseTenantModel({ ...growth, engine }));
      expect(asText(files)).toMatchSnapshot();

      const root = await writeFiles(files);
      const resources = files.map(file => file.path);
      const kustomization = path.join(root, 'kustomization.yaml');
      await writeFile(kustomization, stringify({ resources }));
      expect(await buildKustomization(root)).toHaveLength(files.length);
      await rm(root, { recursive: true });
    },
  );
});

describe('addTenant', () => {
  const model = parseTenantModel(growth);

  it('adds a team once', () => {
    const changes = addTenant(new Map(), model);
    expect(changes).toEqual(renderTenant(model));
    expect(addTenant(changedTree(new Map(), changes), model)).toEqual([]);
  });

  it.each([
    [
      'the team in another form',
      'argocd/teams/growth/project.yaml',
      'kind: AppProject\n',
      'There is a team "growth" already, and it differs in argocd/teams/growth/',
    ],
    [
      'a project of the name',
      'argocd/projects/all.yaml',
      'kind: X\n---\nkind: AppProject\nmetadata: {name: growth}\n',
      'The AppProject "growth" is in argocd/projects/all.yaml already',
    ],
    [
      'a namespace of a service',
      'argocd/growth/dev.yaml',
      'kind: Application\nspec: {destination: {namespace: growth-dev}}\n',
      'The namespace "growth-dev" is in argocd/growth/dev.yaml already',
    ],
    [
      'a namespace of another team',
      'argocd/teams/x/project.yaml',
      'kind: AppProject\nspec: {destinations: [{namespace: growth-production}]}\n',
      'The namespace "growth-production" is in argocd/teams/x',
    ],
  ])('refuses %s', (_what, file, content, message) => {
    const tree = new Map([
      [file, content],
      ['argocd/broken.yaml', 'a: [\n'],
      ['argocd/all.yaml', 'kind: AppProject\nspec: {destinations: "*"}\n'],
    ]);
    expect(() => addTenant(tree, model)).toThrow(
      expect.objectContaining({
        name: 'ConflictError',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('addGroup', () => {
  const model = parseTenantModel(growth);

  it('adds the group behind what is there, and not twice', () => {
    const before = '# who works here\nkind: Group\nmetadata: { name: company }';
    const tree = new Map([['org.yaml', before]]);
    const changes = addGroup(tree, model, 'org.yaml');
    expect(changes[0].content).toMatch(
      /^# who works here\nkind: Group\nmetadata: \{ name: company \}\n---\n/,
    );
    const documents = parseAllDocuments(changes[0].content!).map(one =>
      one.toJS(),
    );
    expect(documents[1]).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Group',
      metadata: {
        name: 'growth',
        title: 'Growth',
        description: 'Brings people: "here" # and keeps them',
      },
      spec: {
        type: 'team',
        profile: { displayName: 'Growth' },
        parent: 'company',
        children: [],
        members: ['ada', 'grace'],
      },
    });
    const changed = changedTree(tree, changes);
    expect(addGroup(changed, model, 'org.yaml')).toEqual([]);
    expect(() =>
      addGroup(
        changed,
        parseTenantModel({ ...growth, title: 'X' }),
        'org.yaml',
      ),
    ).toThrow('There is a group "growth" in org.yaml already');
  });

  it('makes the file', () => {
    const [{ content }] = addGroup(new Map(), model, 'growth.yaml');
    expect(content).toMatch(/^apiVersion: backstage.io/);
  });
});
