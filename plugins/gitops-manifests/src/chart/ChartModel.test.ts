import { redis } from '../__testUtils__/redis';
import { parseChartModel, type ChartModelInput } from './ChartModel';

const [dev] = redis.environments;
const change = (environment: object): Partial<ChartModelInput> => ({
  environments: [{ ...dev, ...environment }],
});
const chart = (part: object): Partial<ChartModelInput> => ({
  chart: { ...redis.chart, ...part },
});

const REFUSED: Array<[string, object, RegExp]> = [
  [
    'a chart over http',
    chart({ repository: 'http://charts.example.com' }),
    /https:\/\/ or oci/,
  ],
  [
    'a chart from a file',
    chart({ repository: 'file:///etc' }),
    /https:\/\/ or oci/,
  ],
  [
    'a chart from Git',
    chart({ repository: 'git+https://h/x' }),
    /https:\/\/ or oci/,
  ],
  [
    'a password in the address',
    chart({ repository: 'https://u:p@h/x' }),
    /without user, password/,
  ],
  [
    'a user in an oci address',
    chart({ repository: 'oci://u@h/x' }),
    /without user, password/,
  ],
  ['a query in the address', chart({ repository: 'https://h/x?a=b' }), /query/],
  [
    'an address that leads upwards',
    chart({ repository: 'https://h/a/../b' }),
    /chart.repository/,
  ],
  [
    'a template in the address',
    chart({ repository: 'https://h/${{ x }}' }),
    /chart.repository/,
  ],
  [
    'a line break in the address',
    chart({ repository: 'https://h/x\nkind: Secret' }),
    /chart.repository/,
  ],
  [
    'an oci address without path',
    chart({ repository: 'oci://h' }),
    /chart.repository/,
  ],
  [
    'an option for an address',
    chart({ repository: '--post-renderer=x' }),
    /chart.repository/,
  ],
  ['a range of versions', chart({ version: '^20.1.0' }), /one exact version/],
  ['any patch version', chart({ version: '20.1.x' }), /one exact version/],
  ['two numbers of a version', chart({ version: '20.1' }), /one exact version/],
  ['whatever is newest', chart({ version: 'latest' }), /one exact version/],
  ['a wildcard', chart({ version: '*' }), /one exact version/],
  ['a comparison', chart({ version: '>=20.0.0' }), /one exact version/],
  ['two versions', chart({ version: '20.1.0 || 20.2.0' }), /one exact version/],
  [
    'a version with a line break',
    chart({ version: '20.1.0\n' }),
    /one exact version/,
  ],
  [
    'a version with zeros in front',
    chart({ version: '01.2.3' }),
    /one exact version/,
  ],
  [
    'a range in an environment',
    change({ version: '~20.1.0' }),
    /environments.0.version/,
  ],
  ['a path as chart', chart({ name: '../redis' }), /name of a chart/],
  ['a chart in capitals', chart({ name: 'Redis' }), /name of a chart/],
  ['an option as chart', chart({ name: '-f' }), /name of a chart/],
  ['values that are a list', { values: '- a\n- b\n' }, /must be a map.*a list/],
  ['values that are a text', { values: 'replicas' }, /must be a map.*a string/],
  [
    'values that are a number',
    change({ values: '3' }),
    /values of dev must be a map/,
  ],
  ['values that are no YAML', { values: 'a: [1' }, /no valid YAML/],
  ['a value twice', { values: 'a: 1\na: 2\n' }, /no valid YAML/],
  [
    'two documents of values',
    { values: 'a: 1\n---\nb: 1\n' },
    /more than one document/,
  ],
  [
    'a password in the values',
    { values: 'auth: {password: hunter2}' },
    /"auth.password" looks like a secret/,
  ],
  [
    'a token in an environment',
    change({ values: 'apiToken: abc' }),
    /looks like a secret/,
  ],
  ['patches that are a map', change({ patches: 'a: b' }), /list of patches/],
  [
    'a patch without a kind',
    change({ patches: '- target: {name: x}\n  patch: "[]"' }),
    /target.kind/,
  ],
  [
    'a patch of something else',
    change({ patches: '- target: {kind: Pod}\n  patch: "text"' }),
    /op.*path/,
  ],
  [
    'a patch from a file',
    change({ patches: '- target: {kind: Pod}\n  path: ../../x' }),
    /path/,
  ],
  [
    'an unknown operation',
    change({
      patches: '- target: {kind: Pod}\n  patch: "[{op: exec, path: /x}]"',
    }),
    /op.*path/,
  ],
  [
    'a method of another engine',
    { engine: 'flux', method: 'kustomize' },
    /helm-release/,
  ],
  [
    'a release for Argo CD',
    { method: 'helm-release' },
    /kustomize.*multiple-sources/,
  ],
  [
    'patches that reach nothing',
    { method: 'multiple-sources' },
    /patches cannot reach/,
  ],
  [
    'a null that Helm would not see',
    { ...change({ values: 'a: {b: null}' }), engine: 'flux' },
    /null takes a value away/,
  ],
  [
    'a namespace that all share',
    { namespacePattern: '{name}' },
    /namespacePattern/,
  ],
  ['the overlay of previews', change({ name: 'preview' }), /preview/],
  ['a name with a line break', { name: 'redis\n' }, /name/],
  ['a path that leads out', { path: '../x' }, /folder/],
  [
    'a kind in small letters',
    { clusterResources: [{ group: '', kind: '*' }] },
    /kind/,
  ],
  ['an unknown field', { privileged: true }, /privileged/],
];

describe('parseChartModel', () => {
  it.each(REFUSED)('refuses %s', (_what, part, rule) => {
    expect(() => parseChartModel({ ...redis, ...part })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(rule),
      }),
    );
  });

  it.each([
    'https://charts.example.com',
    'https://charts.example.com:8443/stable/',
    'oci://registry-1.docker.io/bitnamicharts',
    'oci://localhost:5000/charts',
  ])('accepts the repository %s', repository => {
    const model = parseChartModel({ ...redis, ...chart({ repository }) });
    expect(model.chart.repository).toBe(repository);
  });
});
