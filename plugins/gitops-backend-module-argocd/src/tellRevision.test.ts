import type { ApplicationObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from './__testUtils__';
import { observeApplication } from './observeApplication';

const REPOSITORY = 'https://git.example.com/payments/orders.git';
const git = { repoURL: REPOSITORY, path: 'deploy', targetRevision: 'main' };
const chart = {
  repoURL: 'https://charts.example.com',
  chart: 'redis',
  targetRevision: '20.x',
};
/** Beside a list of sources Argo CD writes an empty one. */
const NONE = { repoURL: '' };
const [A, B, C] = ['a', 'b', 'c'].map(digit => digit.repeat(40));

function single(source: object, revision: string) {
  return { source, revision };
}

function several(sources: object[], revisions: string[]) {
  return { source: NONE, sources, revisions };
}

/** An application whose specification of today is not that of its history. */
function observe(options: {
  spec: object;
  history: object[];
  compared?: { revision?: string; revisions?: string[]; [field: string]: any };
  status?: string;
}): ApplicationObservation {
  const application: LooseObject = readFixture(
    'applications.yaml',
    'orders-prod',
  );
  const { spec, status } = application;
  delete spec.source;
  Object.assign(spec, options.spec);
  delete status.operationState;
  status.history = options.history.map((entry, id) => ({
    id,
    deployedAt: `2026-02-0${id + 1}T08:00:00Z`,
    ...entry,
  }));
  const { source, sources, ...revisions } = options.compared ?? {};
  status.sync = {
    status: options.status ?? 'OutOfSync',
    comparedTo: { source, sources },
    ...revisions,
  };
  return observeApplication(application, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

const deployed = ({ deployments }: ApplicationObservation) =>
  deployments.map(({ revision }) => revision);

describe('revisions of a history with other sources than today', () => {
  it('are told after one source became several, and after several became one', () => {
    const now = observe({
      spec: { sources: [chart, git] },
      history: [single(git, A), single(git, B)],
      compared: several([chart, git], ['20.1.3', C]),
    });
    expect(deployed(now)).toEqual([A, B]);
    expect(now).toMatchObject({ revision: B, desiredRevision: C });
    expect(now.chartVersion).toBeUndefined();

    const before = observe({
      spec: { source: git },
      history: [
        several([chart, git], ['20.1.2', A]),
        several([chart, git], ['20.1.3', A]),
      ],
      compared: single(git, A),
    });
    expect(deployed(before)).toEqual([A, '20.1.3']);
    expect(before).toMatchObject({
      revision: '20.1.3',
      chartVersion: '20.1.3',
      desiredRevision: A,
    });
  });

  it('are those of the same sources in whatever order', () => {
    const now = observe({
      spec: { sources: [git, chart] },
      history: [
        several([chart, git], ['20.1.2', A]),
        several([chart, git], ['20.1.2', B]),
        several([git, chart], [B, '20.1.2']),
      ],
      compared: several([git, chart], [C, '20.1.2']),
    });
    expect(deployed(now)).toEqual([A, B, B]);
    expect(now).toMatchObject({
      revision: B,
      desiredRevision: C,
      chartVersion: '20.1.2',
    });
    // The comparison is of before the change: so is what it found the sources to be.
    const justChanged = observe({
      spec: { sources: [git, chart] },
      history: [several([chart, git], ['20.1.2', A])],
      compared: several([chart, git], ['20.1.2', A]),
      status: 'Synced',
    });
    expect(justChanged).toMatchObject({
      revision: A,
      desiredRevision: A,
      chartVersion: '20.1.2',
    });
  });

  it('tell a source that came, and forget one that went', () => {
    const values = { ...git, path: undefined, ref: 'values' };
    const now = observe({
      spec: { sources: [git, chart, values] },
      history: [
        several([git, chart], [A, '20.1.2']),
        several([git, chart], [A, '20.1.3']),
        several([git], [A]),
        several([git, values], [A, B]),
      ],
    });
    expect(deployed(now)).toEqual([A, '20.1.3', A, B]);
  });

  it('are told where no entry says what its sources were', () => {
    const lists = observe({
      spec: { source: git },
      history: [{ revisions: [A] }, { revision: B }],
      compared: { revisions: [C] },
    });
    expect(deployed(lists)).toEqual([A, B]);
    expect(lists).toMatchObject({ revision: B, desiredRevision: C });
    const alone = observe({
      spec: { sources: [chart, git] },
      history: [{ revision: A }],
      compared: { revision: B },
    });
    expect(alone).toMatchObject({ revision: A, desiredRevision: B });
  });

  it('take empty fields of a source for none', () => {
    const empty = { chart: '', path: '', ref: '' };
    const sources = [
      { ...empty, ...chart },
      { ...empty, ...git, path: '', ref: 'values' },
      { ...empty, ...git },
    ];
    const now = observe({
      spec: { sources },
      history: [several(sources, ['20.1.2', A, B])],
    });
    expect(now).toMatchObject({
      source: { repoUrl: REPOSITORY, path: 'deploy', type: undefined },
      sources: [{ type: 'helm' }, { type: undefined }, {}],
      revision: B,
      chartVersion: '20.1.2',
    });
    const plain = observe({
      spec: { source: { ...empty, ...git } },
      history: [single({ ...empty, ...git }, A)],
    });
    expect(plain).toMatchObject({ revision: A, source: { path: 'deploy' } });
    expect(plain.chartVersion).toBeUndefined();
  });

  it('of what was never deployed are those that should run', () => {
    const now = observe({
      spec: { source: chart },
      history: [],
      compared: single(chart, '20.1.3'),
    });
    expect(now.desiredRevision).toBe('20.1.3');
    expect(now.revision).toBeUndefined();
    expect(now.chartVersion).toBeUndefined();
  });
});
