import { parse, stringify } from 'yaml';
import { YamlText } from './YamlText';

const KUSTOMIZATION = `# Production of orders.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: orders-production # never share it

resources:
- namespace.yaml
- ../../base   # the same for all

images:
# CI does not touch this one.
- name: registry.example.com/payments/orders
  newTag: "1.8.2"
replicas: [ { name: orders, count: 2 } ]
patches:
  - target: { kind: Deployment }
    patch: |-
      - op: add
        path: /spec/paused
        value: false
`;

const edit = (text: string) =>
  YamlText.parse(text, { name: 'kustomization.yaml' });

describe('YamlText', () => {
  it('changes a value, and leaves everything else to the letter', () => {
    expect(
      edit(KUSTOMIZATION).set(['images', 0, 'newTag'], '1.9.0').toString(),
    ).toBe(KUSTOMIZATION.replace('"1.8.2"', '"1.9.0"'));
    expect(edit(KUSTOMIZATION).set(['namespace'], 'orders').toString()).toBe(
      KUSTOMIZATION.replace('orders-production #', 'orders #'),
    );
    expect(
      edit(KUSTOMIZATION).set(['replicas', 0, 'count'], 3).toString(),
    ).toBe(KUSTOMIZATION.replace('count: 2', 'count: 3'));
  });

  it('writes nothing where nothing changes', () => {
    const yaml = edit(KUSTOMIZATION)
      .set(['replicas', 0, 'count'], 2)
      .delete(['components'])
      .delete(['images', 0, 'digest']);
    expect(yaml.toString()).toBe(KUSTOMIZATION);
  });

  it('adds keys, items and maps in the layout of the file', () => {
    const text = edit(KUSTOMIZATION)
      .set(['images', 0, 'digest'], 'sha256:00')
      .set(['images', 1], { name: 'sidecar', newTag: '1' })
      .set(['resources', 2], 'secret.yaml')
      .set(['labels'], [{ pairs: { team: 'payments' } }])
      .set(['configurations', 0], 'names.yaml')
      .toString();
    expect(text).toBe(
      `${KUSTOMIZATION.replace(
        '- ../../base   # the same for all\n',
        '- ../../base   # the same for all\n- secret.yaml\n',
      ).replace(
        '  newTag: "1.8.2"\n',
        '  newTag: "1.8.2"\n  digest: sha256:00\n- name: sidecar\n  newTag: "1"\n',
      )}labels:\n- pairs:\n    team: payments\nconfigurations:\n- names.yaml\n`,
    );
  });

  it('takes keys and items away, and leaves no empty ones', () => {
    expect(edit(KUSTOMIZATION).delete(['images', 0, 'name']).toString()).toBe(
      KUSTOMIZATION.replace(
        '- name: registry.example.com/payments/orders\n  newTag',
        '- newTag',
      ),
    );
    expect(edit(KUSTOMIZATION).delete(['resources', 0]).toString()).toBe(
      KUSTOMIZATION.replace('- namespace.yaml\n', ''),
    );
    expect(edit(KUSTOMIZATION).delete(['patches', 0]).get(['patches'])).toEqual(
      [],
    );
    expect(edit(KUSTOMIZATION).delete(['patches']).toString().trimEnd()).toBe(
      KUSTOMIZATION.slice(0, KUSTOMIZATION.indexOf('patches:')).trimEnd(),
    );
  });

  it('edits the document that is meant, and no other', () => {
    const text = `kind: A\nname: a\n---\n# second\nkind: B\nname: b\n`;
    const where = (value: unknown) => (value as { kind: string }).kind === 'B';
    const second = YamlText.parse(text, { name: 'all.yaml', where });
    expect(second.set(['name'], 'c').set(['more', 'x'], 1).toString()).toBe(
      `kind: A\nname: a\n---\n# second\nkind: B\nname: c\nmore:\n  x: 1\n`,
    );
    const first = YamlText.parse(text, { name: 'all.yaml' });
    expect(first.set(['size'], 1).toString()).toBe(
      `kind: A\nname: a\nsize: 1\n---\n# second\nkind: B\nname: b\n`,
    );
    expect(() =>
      YamlText.parse(text, { name: 'all.yaml', where: () => false }),
    ).toThrow(/all\.yaml has no document/);
  });

  it('lets nothing escape from its value', () => {
    const hostile = [
      'x\nkind: Secret',
      'a: b',
      '- a',
      '# no comment',
      ' leading',
      "it's",
      '"quoted" \\ ',
      '{{ a }}',
      '*alias',
      '&anchor',
      '!tag',
      'on',
      '012',
      '1e3',
      '',
      '~',
      '---',
      '\u2028',
      'ünï 🚢',
    ];
    for (const value of hostile) {
      for (const path of [
        ['namespace'],
        ['images', 0, 'newTag'],
        ['replicas', 0, 'name'],
        ['annotations', 'note'],
        ['patches', 0, 'patch'],
      ]) {
        const yaml = edit(KUSTOMIZATION).set(path, value);
        expect(yaml.get(path)).toBe(value);
        expect(edit(yaml.toString()).get(['kind'])).toBe('Kustomization');
        expect(parse(yaml.toString(), { version: '1.1' })).toEqual(yaml.value);
      }
    }
  });

  it('refuses what would change something else, and what cannot be', () => {
    const anchored = 'a: &x {n: 1}\nb: *x\n';
    expect(() => edit(anchored).set(['a', 'n'], 2)).toThrow(
      /change it by hand/,
    );
    expect(() => edit('a: [1]').set(['a', 3], 1)).toThrow(
      /no list with a place/,
    );
    expect(() => edit('a: text').set(['a', 'b'], 1)).toThrow(/what is no map/);
    expect(() => edit('a: 1\na: 2\n').value).toThrow(/no valid YAML/);
    expect(() => edit('')).toThrow(/is empty/);
  });

  it('says after any edit what it said before but for the edit', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const someValue = (depth: number): unknown => {
      const kind = random(depth > 2 ? 4 : 7);
      const list = () =>
        Array.from({ length: random(4) }, () => someValue(depth + 1));
      return [
        () => `text ${random(9)}`,
        () => random(100),
        () => random(2) === 0,
        () => `two\nlines ${random(9)}\n`,
        list,
        () =>
          Object.fromEntries(list().map((item, index) => [`k${index}`, item])),
        () => null,
      ][kind]();
    };
    const somePath = (value: unknown): Array<string | number> => {
      if (typeof value !== 'object' || value === null || random(4) === 0) {
        return [];
      }
      const keys = Array.isArray(value)
        ? [...value.keys(), value.length]
        : [...Object.keys(value), 'added'];
      const key = keys[random(keys.length)];
      return [key, ...somePath((value as Record<string, unknown>)[key])];
    };
    for (let round = 0; round < 150; round += 1) {
      const root = { first: someValue(0), second: someValue(0), z: 1 };
      const text = stringify(root, {
        indent: 2 + 2 * random(2),
        indentSeq: random(2) === 0,
        collectionStyle: random(5) === 0 ? 'flow' : 'any',
      }).replace(/^(\s*k1:.*)$/gm, '$1 # a comment');
      const top = (['first', 'second', 'z'] as const)[random(3)];
      const path = [top, ...somePath(root[top])];
      const value = someValue(1);
      const yaml = edit(text);
      yaml.set(path, value);
      expect(edit(yaml.toString()).get(path)).toEqual(value);
      const expected = structuredClone(yaml.value);
      const parent = path
        .slice(0, -1)
        .reduce<any>((node, key) => node[key], expected);
      const key = path[path.length - 1];
      if (Array.isArray(parent)) {
        parent.splice(Number(key), 1);
      } else {
        delete parent[key];
      }
      expect(edit(yaml.delete(path).toString()).value).toEqual(expected);
    }
  });
});
