import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

/**
 * Holds the arrows of docs/architecture.md: who may import whom. The names on the right are all
 * that a package may import of ours; tests may import what their manifest names besides.
 */
const ALLOWED: Record<string, string[]> = {
  'packages/app': ['@fairway/plugin-gitops'],
  'packages/backend': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-backend',
    '@fairway/plugin-gitops-backend-module-argocd',
    '@fairway/plugin-gitops-backend-module-flux',
    '@fairway/plugin-gitops-backend-module-guardrails',
    '@fairway/plugin-scaffolder-backend-module-gitops',
  ],
  'packages/playground': [],
  'plugins/gitops-common': [],
  'plugins/gitops-node': ['@fairway/plugin-gitops-common'],
  'plugins/gitops-backend': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-node',
  ],
  'plugins/gitops-backend-module-argocd': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-node',
  ],
  'plugins/gitops-backend-module-flux': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-node',
  ],
  'plugins/gitops-backend-module-guardrails': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-node',
  ],
  'plugins/gitops': ['@fairway/plugin-gitops-common'],
  'plugins/gitops-manifests': ['@fairway/plugin-gitops-common'],
  'plugins/scaffolder-backend-module-gitops': [
    '@fairway/plugin-gitops-common',
    '@fairway/plugin-gitops-node',
    '@fairway/gitops-manifests',
  ],
};

const root = dirname(__dirname);
const ours = (name: string) =>
  name.startsWith('@fairway/') ||
  ['app', 'backend', 'playground'].includes(name);
const packageOf = (specifier: string) =>
  specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : specifier.split('/')[0];
const isTest = (file: string) =>
  /\.(test|nodetest)\.tsx?$|setupTests\.ts$|__testUtils__|__fixtures__|\/dev\//.test(
    file,
  );

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'dist-types'].includes(entry.name)
        ? []
        : sources(path);
    }
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Every module that a file names, relative ones included. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map(
    match => match[1] ?? match[2] ?? match[3],
  );
}

const packages = ['packages', 'plugins'].flatMap(group =>
  readdirSync(join(root, group)).map(name => `${group}/${name}`),
);
const manifest = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

test('every package has its place in the architecture', () => {
  assert.deepEqual(packages.sort(), Object.keys(ALLOWED).sort());
});

for (const folder of packages) {
  test(`${folder} imports only what it may`, () => {
    const { dependencies = {}, devDependencies = {} } = manifest(folder);
    for (const name of Object.keys(dependencies).filter(ours)) {
      if (folder === 'packages/backend' && name === 'app') {
        continue; // The backend serves the built frontend; it imports nothing of it.
      }
      assert.ok(
        ALLOWED[folder].includes(name),
        `${folder} depends on ${name}, which the architecture does not allow`,
      );
    }
    for (const file of sources(join(root, folder))) {
      for (const specifier of imports(file)) {
        const where = `${relative(root, file)} imports ${specifier}`;
        if (specifier.startsWith('.')) {
          assert.ok(
            !relative(
              join(root, folder),
              join(dirname(file), specifier),
            ).startsWith('..'),
            `${where}: that is outside of its package`,
          );
          continue;
        }
        const name = packageOf(specifier);
        assert.notEqual(name, 'playground', where);
        if (ours(name)) {
          assert.ok(
            ALLOWED[folder].includes(name) ||
              name === manifest(folder).name ||
              (isTest(file) && name in devDependencies),
            `${where}, which the architecture does not allow`,
          );
        }
      }
    }
  });
}

test('gitops-common runs in a browser, and knows neither React nor Node', () => {
  const builtins = new Set(builtinModules);
  for (const file of sources(join(root, 'plugins/gitops-common/src'))) {
    for (const specifier of imports(file).filter(
      name => !name.startsWith('.'),
    )) {
      const where = `${relative(root, file)} imports ${specifier}`;
      assert.ok(
        (!specifier.startsWith('node:') && !builtins.has(specifier)) ||
          isTest(file),
        where,
      );
      assert.ok(!/^react(\/|-|$)/.test(specifier), where);
    }
  }
});

test('gitops-manifests is free of Backstage, errors aside', () => {
  for (const file of sources(join(root, 'plugins/gitops-manifests/src'))) {
    for (const specifier of imports(file)) {
      assert.ok(
        !specifier.startsWith('@backstage/') ||
          packageOf(specifier) === '@backstage/errors',
        `${relative(root, file)} imports ${specifier}`,
      );
    }
  }
});

test('there are no circles among our packages', () => {
  const byName = new Map(
    packages.map(folder => [manifest(folder).name, folder]),
  );
  const visit = (folder: string, path: string[]) => {
    assert.ok(
      !path.includes(folder),
      `circle: ${[...path, folder].join(' -> ')}`,
    );
    for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
      const next = byName.get(name);
      if (next && name !== 'app') {
        visit(next, [...path, folder]);
      }
    }
  };
  packages.forEach(folder => visit(folder, []));
});

/** The keys that a file reads of the configuration, where it says them as literals. */
function configKeys(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const calls = text.matchAll(
    /\.(?:has|get(?:Optional)?\w*)\(\s*'([A-Za-z.]+)'/g,
  );
  const paths = text.matchAll(/(?:=|\()\s*'(gitops\.[A-Za-z.]+)'/g);
  return [...calls, ...paths].map(([, key]) => key);
}

test('every package declares the keys of the configuration that it reads', () => {
  let checked = 0;
  for (const folder of packages) {
    const readers = sources(join(root, folder)).filter(
      file => /\/read\w*Config\.ts$/.test(file) && !isTest(file),
    );
    if (readers.length === 0) {
      continue;
    }
    const declared = new Set(
      [
        ...readFileSync(join(root, folder, 'config.d.ts'), 'utf8').matchAll(
          /^\s*(\w+)\??:/gm,
        ),
      ].map(([, name]) => name),
    );
    for (const file of readers) {
      for (const key of configKeys(file)) {
        // The scaffolder's own are declared by the scaffolder.
        for (const name of key.startsWith('scaffolder.')
          ? []
          : key.split('.')) {
          checked += 1;
          assert.ok(
            declared.has(name),
            `${relative(
              root,
              file,
            )} reads ${key}, which config.d.ts of ${folder} does not declare`,
          );
        }
      }
    }
  }
  assert.ok(checked > 10);
});
