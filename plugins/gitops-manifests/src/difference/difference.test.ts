import { rm } from 'node:fs/promises';
import path from 'node:path';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import type { RenderedObject } from '../kustomize';
import { parseServiceModel } from '../model';
import { plainFile, type ManifestFile } from '../objects';
import { renderWorkload } from '../workload';
import { compareFolders } from './compareFolders';
import { compareObjects, type ObjectsDifference } from './compareObjects';
import { renderDifference } from './renderDifference';
import { shortenDifference, unfoldDifference } from './shortenDifference';
import { unifiedDiff } from './unifiedDiff';

jest.setTimeout(60_000);

const map = (name: string, data: object, more: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'orders' },
    data,
    ...more,
  } as RenderedObject);

const environment = (name: string, difference: Partial<ObjectsDifference>) => ({
  name,
  difference: { added: [], changed: [], removed: [], ...difference },
});

describe('compareObjects', () => {
  it('says what is added, removed and changed, and which fields', () => {
    const before = [
      map('a', { x: '1', y: [1, { z: 2 }], 'a.b': 'c' }),
      map('b', {}),
      map('same', { p: 1, q: 2 }),
    ];
    const after = [
      map('same', { q: 2, p: 1 }),
      map('a', { x: '2', y: [1, { z: 3 }, 4] }),
      map('c', {}),
    ];
    const { added, changed, removed } = compareObjects(before, after);
    expect(added).toEqual([after[2]]);
    expect(removed).toEqual([before[1]]);
    expect(changed).toEqual([
      {
        before: before[0],
        after: after[1],
        fields: [
          { path: 'data.x', before: '1', after: '2' },
          { path: 'data.y[1].z', before: 2, after: 3 },
          { path: 'data.y[2]', before: undefined, after: 4 },
          { path: 'data["a.b"]', before: 'c', after: undefined },
        ],
      },
    ]);
  });

  it('tells namespaces, versions and twins apart', () => {
    const one = map('a', { x: 1 });
    const other = { ...one, metadata: { name: 'a', namespace: 'other' } };
    expect(compareObjects([one], [one, other, one]).added).toEqual([
      other,
      one,
    ]);
    const newer = { ...one, apiVersion: 'v2' };
    expect(compareObjects([one], [newer])).toEqual({
      added: [newer],
      changed: [],
      removed: [one],
    });
  });
});

describe('unifiedDiff', () => {
  it('is what diff -u prints', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const changed = [...lines];
    changed[1] = 'two';
    changed.splice(12, 1, 'a', 'b');
    expect(unifiedDiff(lines.join('\n'), changed.join('\n'))).toBe(
      [
        ...['@@ -1,5 +1,5 @@', ' line 1', '-line 2', '+two', ' line 3'],
        ...[' line 4', ' line 5', '@@ -10,7 +10,8 @@', ' line 10', ' line 11'],
        ...[' line 12', '-line 13', '+a', '+b', ' line 14', ' line 15'],
        ...[' line 16', ''],
      ].join('\n'),
    );
    expect(unifiedDiff('a\n', 'a\n')).toBe('');
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1,1 @@\n+a\n');
  });

  it('always leads from one text to the other', () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const text = () =>
      Array.from({ length: random(30) }, () => `l${random(6)}`).join('\n');
    for (let round = 0; round < 200; round += 1) {
      const [before, after] = [text(), text()];
      const diff = unifiedDiff(before, after).split('\n').slice(0, -1);
      const kept = (sign: string) =>
        diff.filter(line => line[0] === sign).map(line => line.slice(1));
      const lines = (one: string) => (one ? one.split('\n') : []);
      const without = (all: string[], some: string[]) =>
        all.length - some.length;
      expect(without(lines(before), kept('-'))).toBe(
        without(lines(after), kept('+')),
      );
      const rest = lines(before);
      for (const line of kept('-')) {
        expect(rest.splice(rest.indexOf(line), 1)).toEqual([line]);
      }
    }
  });
});

describe('renderDifference', () => {
  it('shows each environment with a diff of what changed', () => {
    const before = map('settings', { color: 'blue', size: '1' });
    const after = map('settings', { color: 'green', size: '1' });
    expect(
      renderDifference([
        environment('dev', compareObjects([before], [after, map('new', {})])),
        environment('staging', {}),
        { ...environment('production', {}), note: 'It did not build' },
      ]),
    ).toMatchInlineSnapshot(`
      "### What changes in the cluster

      <details>
      <summary><code>dev</code>: 1 added, 1 changed, 0 removed</summary>

      Added: \`ConfigMap orders/new\`

      \`ConfigMap orders/settings\`

      \`\`\`diff
      @@ -1,6 +1,6 @@
       apiVersion: v1
       data:
      -  color: blue
      +  color: green
         size: "1"
       kind: ConfigMap
       metadata:
      \`\`\`

      </details>

      <details>
      <summary><code>production</code>: 0 added, 0 changed, 0 removed</summary>

      \`\`\`
        It did not build
      \`\`\`

      </details>

      Nothing changes in \`staging\`.
      "
    `);
    expect(renderDifference([environment('dev', {})])).toBe(
      '### What changes in the cluster\n\nNo rendered object changes.\n',
    );
  });

  it('shows no value of a Secret', () => {
    const secret = (value: string) =>
      map('s', { password: value }, { kind: 'Secret' });
    const markdown = renderDifference([
      environment('dev', compareObjects([secret('old')], [secret('new')])),
    ]);
    expect(markdown).toContain('Secret orders/s');
    expect(markdown).not.toMatch(/old|new/);
  });

  it('keeps hostile text within its block', () => {
    const hostile = [
      '```',
      '``````````',
      '\n```\n# Approved by security\n',
      '</details><script>alert(1)</script>',
      '`',
      '\u202e reversed',
      '@everyone',
    ];
    for (const text of hostile) {
      const before = map(text, { [text]: '1' });
      const after = map(text, { [text]: text });
      const markdown = renderDifference([
        environment(text, compareObjects([before], [after, map('x', {})])),
      ]);
      // What is left when blocks and spans of code are taken away is ours alone.
      const rest = markdown
        .replace(/^(`{3,})diff\n[\s\S]*?^\1\n/gm, '')
        .replace(/(`+)[^\n]*?[^`]\1(?!`)/g, '')
        .replace(/<code>.*<\/code>/g, '');
      expect(rest.replace(/\s+/g, ' ')).toBe(
        '### What changes in the cluster <details> <summary>: 1 added, 1 changed, 0 removed</summary> Added: </details> ',
      );
      expect(markdown).not.toMatch(/\u202e/);
      const unfolded = unfoldDifference(markdown);
      expect(unfolded.split('\n').filter(line => /^#/.test(line))).toEqual([
        '### What changes in the cluster',
        expect.stringMatching(/^#### `.*`: 1 added, 1 changed, 0 removed$/),
      ]);
      expect(unfolded).not.toMatch(/^<\/?(details|summary)/m);
    }
  });

  it('fits, and says what was cut', () => {
    const long = (value: string) =>
      Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`key-${index}`, value]),
      );
    const all = ['dev', 'staging', 'production'].map(name =>
      environment(
        name,
        compareObjects(
          [map('long', long('a')), map('short', { a: '1' })],
          [map('long', long('b')), map('short', { a: '2' })],
        ),
      ),
    );
    const markdown = renderDifference(all, { limit: 5000 });
    expect(markdown.length).toBeLessThanOrEqual(5000);
    expect(
      markdown.match(/too long to be shown: `ConfigMap orders\/long`/g),
    ).toHaveLength(3);
    expect(markdown.match(/\+ {2}a: "2"/g)).toHaveLength(3);

    const short = shortenDifference(markdown, 900);
    expect(short.length).toBeLessThanOrEqual(900);
    expect(short).toContain('- `production`: 0 added, 2 changed');
    expect(short).toMatch(/too long for a description/);
    expect(shortenDifference(markdown, 5000)).toBe(markdown);
    expect(shortenDifference(markdown, 10)).toBe('');
  });
});

describe('compareFolders', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));
  const folder = async (...files: ManifestFile[]) => {
    const root = await writeFiles(files);
    roots.push(root);
    return root;
  };
  const [dev, , production] = orders.environments;
  const workload = renderWorkload(
    parseServiceModel({ ...orders, environments: [dev, production] }),
  );
  const kinds = (all: Awaited<ReturnType<typeof compareFolders>>) =>
    Object.fromEntries(
      all.map(({ path: where, difference: { added, changed, removed } }) => [
        where,
        [added.length, changed.flatMap(one => one.fields), removed.length],
      ]),
    );

  it('builds every overlay before and after', async () => {
    const before = await folder(...workload);
    const after = await folder(
      ...workload.filter(({ path: file }) => !file.includes('preview')),
      plainFile('deploy/overlays/dev/kustomization.yaml', {
        namespace: 'orders-dev',
        resources: ['../../base'],
      }),
      plainFile('deploy/overlays/qa/kustomization.yaml', {
        namespace: 'orders-qa',
        resources: ['../../base'],
      }),
    );
    const all = await compareFolders(before, after);
    expect(all.map(({ name }) => name)).toEqual([
      ...['dev', 'preview', 'production', 'qa'],
    ]);
    const { added, removed } = all[3].difference;
    expect([added.length > 2, removed.length]).toEqual([true, 0]);
    expect(all[1].difference.removed.length).toBeGreaterThan(2);
    expect(all[2].difference).toEqual({ added: [], changed: [], removed: [] });

    const only = await compareFolders(
      path.join(before, 'deploy/overlays/dev'),
      path.join(after, 'deploy/overlays/dev'),
    );
    expect(only).toEqual([{ ...all[0], path: '' }]);
  });

  it('reads manifests where there is no kustomization, and knows leaves', async () => {
    const before = await folder(plainFile('a/one.yaml', map('one', { x: 1 })));
    const after = await folder(
      plainFile('a/one.yaml', map('one', { x: 2 })),
      plainFile('a/values.yaml', { image: 'not an object' }),
    );
    expect(kinds(await compareFolders(before, after))).toEqual({
      '': [0, [{ path: 'data.x', before: 1, after: 2 }], 0],
    });
    const flux = await folder(
      plainFile('base/kustomization.yaml', { resources: ['one.yaml'] }),
      plainFile('base/one.yaml', map('one', { x: '1' })),
      plainFile('east/kustomization.yaml', { resources: ['../base/'] }),
      plainFile('west/kustomization.yaml', { resources: ['../base'] }),
    );
    expect(kinds(await compareFolders(undefined, flux))).toEqual({
      east: [1, [], 0],
      west: [1, [], 0],
    });
  });

  it('says what did not build before, and refuses what does not build now', async () => {
    const broken = await folder(
      plainFile('overlays/dev/kustomization.yaml', { resources: ['gone'] }),
    );
    const whole = await folder(
      plainFile('overlays/dev/kustomization.yaml', { resources: ['a.yaml'] }),
      plainFile('overlays/dev/a.yaml', map('a', {})),
    );
    const [repaired] = await compareFolders(broken, whole);
    expect(repaired.note).toMatch(/did not build before this change/);
    expect(repaired.difference.added).toHaveLength(1);
    await expect(compareFolders(whole, broken)).rejects.toMatchObject({
      name: 'InputError',
    });
    expect(await compareFolders(whole, path.join(whole, 'gone'))).toMatchObject(
      [{ name: 'dev', difference: { removed: [{ kind: 'ConfigMap' }] } }],
    );
  });
});
