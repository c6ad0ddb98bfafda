import type { GitopsApi, ServiceResponse } from '@fairway/plugin-gitops-common';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run, write } = useActions();

describe('gitops:pull-request:wait', () => {
  const wait = (input: object, options = {}) =>
    run('gitops:pull-request:wait', { number: 1, ...input }, options);
  beforeEach(async () => {
    write('registration/a.yaml', 'a: 1\n');
    await run('gitops:pull-request:open', {
      sourcePath: './registration',
      branch: 'b',
      title: 'T',
    });
  });

  it('ends when somebody merges', async () => {
    const waiting = wait({});
    forge.merge('platform/gitops', 1);
    expect((await waiting).output).toEqual({
      merged: true,
      mergeCommit: forge.git('platform/gitops', 'rev-parse', 'main'),
    });
  });

  it('fails when somebody closes', async () => {
    forge.pulls('platform/gitops')[0].state = 'closed';
    await expect(wait({})).rejects.toThrow(/closed without being merged/);
  });

  it('goes on, and says so, when nobody does', async () => {
    const { output, log } = await wait({ timeoutMinutes: 0 });
    expect(output.merged).toBe(false);
    expect(log.join()).toMatch(/waits for its review/);
  });

  it('stops when the task is cancelled', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const waiting = wait({}, { signal: controller.signal, log });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(log.join()).toMatch(/Cancelled while pull request 1 .* remain/);
  });
});

describe('gitops:application:wait', () => {
  const service = (...applications: object[]) =>
    ({
      environments: [{ environment: { name: 'dev' }, applications }],
    } as unknown as ServiceResponse);
  const application = (change: object) => ({
    id: 'id-1',
    ref: { kind: 'Application', name: 'orders-dev' },
    policy: { automated: true },
    ...change,
  });
  const wait = (getService: GitopsApi['getService'], input: object = {}) =>
    run(
      'gitops:application:wait',
      { entityRef: 'component:default/orders', environment: 'dev', ...input },
      { gitops: { getService } },
    );

  it('says each change in words until it is healthy', async () => {
    const states: Array<ServiceResponse | Error> = [
      Object.assign(new Error('not yet'), {
        cause: { name: 'NotFoundError' },
      }),
      service(),
      Object.assign(new Error('restarting'), {
        name: 'ServiceUnavailableError',
      }),
      service(application({ sync: 'out-of-sync', health: 'missing' })),
      service(
        application({
          sync: 'synced',
          health: 'progressing',
          healthMessage: '0 of 1 pods are ready',
        }),
      ),
      service(
        application({ sync: 'synced', health: 'healthy', version: '0.1.1' }),
      ),
    ];
    const { output, log } = await wait(async () => {
      const next = states.shift()!;
      if (next instanceof Error) {
        throw next;
      }
      return next;
    });

    expect(log).toEqual([
      'The engine has no application for dev yet',
      'Application orders-dev is out-of-sync and missing',
      'Application orders-dev is synced and progressing: 0 of 1 pods are ready',
      'Application orders-dev is synced and healthy',
    ]);
    expect(output).toMatchObject({ applicationId: 'id-1', version: '0.1.1' });
  });

  it.each([
    [
      { sync: 'synced', health: 'degraded', healthMessage: 'ImagePullBackOff' },
      /synced and degraded: ImagePullBackOff/,
    ],
    [
      { sync: 'out-of-sync', health: 'missing', policy: { automated: false } },
      /its sync is manual; sync it/,
    ],
    [
      { sync: 'unknown', health: 'suspended', suspended: true },
      /it is suspended; resume it/,
    ],
  ])('says what is wrong when the time is over: %j', async (state, words) => {
    await expect(
      wait(async () => service(application(state)), { timeoutMinutes: 0 }),
    ).rejects.toThrow(words);
  });

  it('waits for an image and for a phase, and says what there is instead', async () => {
    const healthy = { sync: 'synced', health: 'healthy' };
    const image = 'registry.example.com/orders:2';
    const state = { ...healthy, phase: 2, images: ['sidecar:1', image] };
    const wanted = { timeoutMinutes: 0, image, phase: 2 };
    for (const images of [state.images, [`${image}@sha256:00`]]) {
      const look = async () => service(application({ ...state, images }));
      expect((await wait(look, wanted)).output.applicationId).toBe('id-1');
    }
    const look = async () => service(application(state));
    await expect(
      wait(look, { ...wanted, image: 'registry.example.com/orders:3' }),
    ).rejects.toThrow(/it runs sidecar:1, .*orders:2, not .*orders:3/);
    await expect(wait(look, { ...wanted, phase: 3 })).rejects.toThrow(
      /it is in phase 2, not 3/,
    );
  });

  it('does not hide that it may not look', async () => {
    const refused = Object.assign(new Error('no'), { name: 'NotAllowedError' });
    await expect(
      wait(async () => {
        throw refused;
      }),
    ).rejects.toBe(refused);
  });
});
