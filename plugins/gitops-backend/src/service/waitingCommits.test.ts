import type { Deployment } from '@fairway/plugin-gitops-common';
import { waitingCommits } from './waitingCommits';

function deployment(
  day: number,
  version: string,
  fields: Partial<Deployment> & { shas?: string[] } = {},
): Deployment {
  const { shas = [`of-${version}`], ...rest } = fields;
  const time = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  return {
    id: `${day}`,
    applicationId: 'a',
    applicationName: 'a',
    engine: 'argocd',
    cluster: 'local',
    source: 'observed',
    kind: 'release',
    rework: false,
    counted: true,
    revision: `${day}`,
    images: [`orders:${version}`],
    version,
    finishedAt: time,
    outcome: 'succeeded',
    attribution: 'image-tag',
    failures: [],
    commits: shas.map(sha => ({
      sha,
      repoUrl: 'https://git.example.com/orders.git',
      subject: sha,
      author: 'Ada',
      authoredAt: time,
      committedAt: time,
    })),
    ...rest,
  };
}

const shas = (before: Deployment[], here: Deployment[]) =>
  waitingCommits(before, here).map(({ sha }) => sha);

describe('waitingCommits', () => {
  const staging = [deployment(1, '1'), deployment(2, '2'), deployment(3, '3')];

  it('are those that came after the version that runs, newest first', () => {
    expect(shas(staging, [deployment(4, '1')])).toEqual(['of-3', 'of-2']);
    expect(shas(staging, [deployment(4, '3')])).toEqual([]);
    expect(shas([...staging].reverse(), [deployment(4, '2')])).toEqual([
      'of-3',
    ]);
  });

  it('are all when nothing runs yet, and none when nothing ran before', () => {
    expect(shas(staging, [])).toEqual(['of-3', 'of-2', 'of-1']);
    expect(shas([], [deployment(4, '1')])).toEqual([]);
  });

  it('do not include what was rolled back in the environment before', () => {
    const rolledBack = [
      ...staging,
      deployment(5, '2', { kind: 'rollback', shas: [] }),
    ];
    expect(shas(rolledBack, [deployment(4, '1')])).toEqual(['of-2']);
  });

  it('wait again when the environment itself was rolled back', () => {
    const production = [
      deployment(2, '1'),
      deployment(4, '3', { shas: ['of-2', 'of-3'] }),
      deployment(5, '1', { kind: 'rollback', shas: [] }),
    ];
    expect(shas(staging, production)).toEqual(['of-3', 'of-2']);
  });

  it('do not include failed deployments and changes of the configuration', () => {
    const before = [
      deployment(1, '1'),
      deployment(2, '2', { outcome: 'failed' }),
      deployment(3, '1', { attribution: 'configuration', shas: ['replicas'] }),
    ];
    expect(shas(before, [deployment(4, '1')])).toEqual([]);
  });

  it('are compared by commit when the versions have other names', () => {
    expect(
      shas(staging, [deployment(4, 'v2-signed', { shas: ['of-1', 'of-2'] })]),
    ).toEqual(['of-3']);
  });
});
