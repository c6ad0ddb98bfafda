import { ConfigReader } from '@backstage/config';
import { readGitopsConfig } from './readGitopsConfig';

function read(gitops?: object) {
  return readGitopsConfig(new ConfigReader(gitops ? { gitops } : {}));
}

describe('readGitopsConfig', () => {
  it('needs no configuration', () => {
    expect(read()).toEqual({
      environments: [
        { name: 'dev', title: 'Dev', tier: 'development' },
        { name: 'staging', title: 'Staging', tier: 'staging' },
        { name: 'production', title: 'Production', tier: 'production' },
      ],
      argocd: { instances: [] },
      dora: { bands: 2023, failureWindowSeconds: 3600, backfillDays: 90 },
    });
  });

  it('reads every field', () => {
    expect(
      read({
        environments: [
          { name: 'test', tier: 'staging' },
          { name: 'prod-eu', title: 'Europe', tier: 'production' },
        ],
        argocd: {
          instances: [
            { name: 'main', url: 'https://argocd.example.com/' },
            { name: 'eu', url: 'https://eu.example.com/argo', cluster: 'eu' },
            { name: 'us', url: 'https://us.example.com', token: 'secret' },
          ],
        },
        dora: {
          bands: 2021,
          failureWindow: { minutes: 30 },
          backfill: { days: 0 },
        },
        platformRepository: 'git.example.com?owner=platform&repo=gitops',
      }),
    ).toEqual({
      environments: [
        { name: 'test', title: 'Test', tier: 'staging' },
        { name: 'prod-eu', title: 'Europe', tier: 'production' },
      ],
      argocd: {
        instances: [
          { name: 'main', url: 'https://argocd.example.com' },
          { name: 'eu', url: 'https://eu.example.com/argo', cluster: 'eu' },
          { name: 'us', url: 'https://us.example.com', cluster: 'us' },
        ],
      },
      dora: { bands: 2021, failureWindowSeconds: 1800, backfillDays: 0 },
      platformRepository: 'git.example.com?owner=platform&repo=gitops',
    });
    expect(
      read({ dora: { failureWindow: '90m' } }).dora.failureWindowSeconds,
    ).toBe(5400);
  });

  it.each([
    [
      { environments: [{ name: 'Prod!', tier: 'production' }] },
      /gitops\.environments\[0\]\.name.*label/,
    ],
    [
      { environments: [{ name: 'prod', tier: 'live' }] },
      /gitops\.environments\[0\]\.tier.*development, staging, production/,
    ],
    [
      {
        environments: [
          { name: 'prod', tier: 'production' },
          { name: 'prod', tier: 'staging' },
        ],
      },
      /gitops\.environments.*'prod' is there twice/,
    ],
    [
      { argocd: { instances: [{ name: 'a', url: 'file:///etc/passwd' }] } },
      /gitops\.argocd\.instances\[0\]\.url/,
    ],
    [{ dora: { bands: 2022 } }, /gitops\.dora\.bands/],
    [{ dora: { backfill: { days: 1.5 } } }, /gitops\.dora\.backfill\.days/],
    [{ dora: { failureWindow: { hours: 0 } } }, /gitops\.dora\.failureWindow/],
    [{ dora: { failureWindow: 'soon' } }, /dora\.failureWindow/],
  ])('refuses %j', (gitops, message) => {
    expect(() => read(gitops)).toThrow(message);
  });
});
