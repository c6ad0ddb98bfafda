import type {
  Application,
  CommandRequest,
  CommandRun,
  GitopsApi,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { run } = useActions();

function application(change: object = {}): Application {
  return {
    id: 'id-1',
    ref: { kind: 'Application', name: 'orders-dev' },
    policy: { automated: true },
    ...{ sync: 'synced', health: 'healthy', version: '1.0' },
    revision: '1234567890',
    ...change,
  } as Application;
}

/** Commands whose states follow from how often they were looked at. */
class FakeCommands {
  readonly given: Array<{ id: string; request?: CommandRequest }> = [];
  /** States of each command, the last one stays. */
  states: Array<Array<[CommandRun['state'], string]>> = [];
  /** What every command bears beside its state. */
  more: Partial<CommandRun> = {};
  applications: Application[] = [application()];
  readonly #looks = new Map<string, number>();

  readonly api: Partial<GitopsApi> = {
    getService: async () =>
      ({
        environments: [
          { environment: { name: 'dev' }, applications: this.applications },
        ],
      } as unknown as ServiceResponse),
    getApplication: async () => ({
      ...this.applications[0],
      commandRuns: [],
      permissions: { operate: { allowed: true } },
    }),
    runCommand: async (id, command, request) => {
      this.given.push({ id, request });
      const given = await this.#run(String(this.given.length), 0);
      const message = `Asked for ${command} of ${id}`;
      return {
        application: this.applications[0],
        ...{ command, message },
        run: { ...given, state: 'requested', message },
      };
    },
    getCommandRun: async id => {
      const look = this.#looks.get(id) ?? 0;
      this.#looks.set(id, look + 1);
      return this.#run(id, look);
    },
  };

  async #run(id: string, look: number): Promise<CommandRun> {
    const states = this.states[Number(id) - 1] ?? [['succeeded', 'Done']];
    const [state, message] = states[Math.min(look, states.length - 1)];
    return {
      ...{ id, state, message, applicationId: 'id-1', command: 'sync' },
      ...{ request: {}, requestedBy: 'user:default/ada', requestedAt: '' },
      ...this.more,
    };
  }
}

const ORDERS = { entityRef: 'component:default/orders', environment: 'dev' };

describe('gitops:application:sync', () => {
  let commands: FakeCommands;
  beforeEach(() => {
    commands = new FakeCommands();
  });
  const sync = (input: object, options = {}) =>
    run('gitops:application:sync', input, {
      gitops: commands.api,
      ...options,
    });

  it('gives the command with what was asked for, and follows it to its end', async () => {
    commands.states = [
      [
        ['requested', 'Asked'],
        ['running', 'Applying'],
        ['running', 'Applying'],
        ['succeeded', 'successfully synced'],
      ],
    ];
    const request = {
      ...{ revision: 'v2', prune: true, force: true },
      resources: [{ group: '', kind: 'Secret', name: 'a' }],
    };
    const { output, log } = await sync({ ...ORDERS, ...request });
    expect(commands.given).toEqual([{ id: 'id-1', request }]);
    expect(output).toEqual({
      applicationId: 'id-1',
      runId: '1',
      state: 'succeeded',
      message: 'successfully synced',
    });
    expect(log).toEqual([
      'Asked for sync of id-1',
      'The sync is requested: Asked',
      'The sync is running: Applying',
      'The sync is succeeded: successfully synced',
    ]);
  });

  it('tells object by object what a dry run would do, also when it fails', async () => {
    const deployment = { group: 'apps', kind: 'Deployment', name: 'orders' };
    commands.more = {
      request: { dryRun: true },
      results: [
        { ...deployment, status: 'sync-failed', message: 'is invalid' },
        { ...deployment, namespace: 'shop', status: 'pruned' },
        { ...deployment, status: 'synced', change: 'unchanged' },
      ],
      omittedResults: 4,
    };
    const { output, log } = await sync({ ...ORDERS, dryRun: true });
    const said = [
      'Deployment orders: failed (dry run)',
      'Deployment shop/orders: pruned (dry run)',
      'And 4 more',
    ];
    expect(log).toEqual(expect.arrayContaining(said));
    expect(output.results.map((one: any) => [one.outcome, one.name])).toEqual([
      ['failed', 'orders'],
      ['pruned', 'orders'],
      ['unchanged', 'orders'],
    ]);
    expect(output.omittedResults).toBe(4);

    commands.states = [[], [['failed', 'Invalid']]];
    const failed: string[] = [];
    await expect(
      sync({ ...ORDERS, dryRun: true }, { log: failed }),
    ).rejects.toThrow(/failed: Invalid/);
    expect(failed).toEqual(expect.arrayContaining(said));
  });

  it('does not wait when told so', async () => {
    commands.states = [[['running', 'Applying']]];
    const { output } = await sync({ applicationId: 'id-9', wait: false });
    expect(commands.given).toEqual([{ id: 'id-9', request: {} }]);
    expect(output).toMatchObject({ runId: '1', state: 'requested' });
  });

  it('does not sync twice when its task runs again, unless the sync failed', async () => {
    const checkpoints = new Map();
    commands.states = [[['running', 'Applying']], [['failed', 'Invalid']]];
    await expect(
      sync({ ...ORDERS, timeoutMinutes: 0 }, { checkpoints }),
    ).rejects.toThrow(/not over after 0 minutes: Applying\. It goes on/);
    commands.states[0] = [['succeeded', 'Done']];
    const { output } = await sync(ORDERS, { checkpoints });
    expect(commands.given).toHaveLength(1);
    expect(output).toMatchObject({ runId: '1', state: 'succeeded' });

    commands.states[0] = [['failed', 'No such tag']];
    await expect(sync(ORDERS, { checkpoints })).rejects.toThrow(
      'The sync of application id-1 failed: Invalid',
    );
    expect(commands.given).toHaveLength(2);
  });

  it.each([
    ['superseded', /superseded by another operation: Other/],
    ['lost', /lost sight of: Other/],
  ] as const)('fails when it is %s', async (state, words) => {
    commands.states = [[[state, 'Other']]];
    await expect(sync(ORDERS)).rejects.toThrow(words);
  });

  it('asks which one when there are several, or what when nothing is named', async () => {
    commands.applications = [application(), application({ id: 'id-2' })];
    await expect(sync(ORDERS)).rejects.toThrow(/one: id-1, id-2/);
    commands.applications = [];
    await expect(sync(ORDERS)).rejects.toThrow(/no application in dev/);
    for (const input of [
      {},
      { entityRef: 'component:default/orders' },
      { ...ORDERS, applicationId: 'id-1' },
    ]) {
      await expect(sync(input)).rejects.toThrow(/either entityRef and/);
    }
    expect(commands.given).toEqual([]);
  });

  it('passes on why it was refused, and asks for nothing in a dry run', async () => {
    commands.api.runCommand = async () => {
      throw Object.assign(new Error('The sync window is closed'), {
        name: 'ResponseError',
      });
    };
    await expect(sync(ORDERS)).rejects.toThrow('The sync window is closed');
    const { output, log } = await sync(ORDERS, { isDryRun: true });
    expect(log).toEqual(['Would sync component:default/orders in dev']);
    expect(output.state).toBe('succeeded');
  });
});

describe('gitops:application:wait', () => {
  let commands: FakeCommands;
  beforeEach(() => {
    commands = new FakeCommands();
  });
  const wait = (input: object) =>
    run('gitops:application:wait', input, { gitops: commands.api });

  it('waits for a command, then for its application', async () => {
    commands.states = [
      [
        ['running', 'Applying'],
        ['succeeded', 'Done'],
      ],
    ];
    const { output, log } = await wait({ commandRunId: '1' });
    expect(log).toEqual([
      'The sync is running: Applying',
      'The sync is succeeded: Done',
      'Application orders-dev is synced and healthy',
    ]);
    expect(output).toMatchObject({ applicationId: 'id-1', version: '1.0' });

    commands.states = [[['failed', 'Invalid']]];
    await expect(wait({ commandRunId: '1', ...ORDERS })).rejects.toThrow(
      /failed: Invalid/,
    );
  });

  it('waits until a revision runs, by its beginning or its whole', async () => {
    await expect(
      wait({ ...ORDERS, revision: '1234567' }),
    ).resolves.toMatchObject({ output: { revision: '1234567890' } });
    commands.applications = [
      application({ revision: 'sha256:1', originRevision: 'abc' }),
    ];
    await expect(wait({ ...ORDERS, revision: 'abc' })).resolves.toBeDefined();
    await expect(
      wait({ ...ORDERS, revision: 'def', timeoutMinutes: 0 }),
    ).rejects.toThrow(/synced and healthy: it runs sha256:1, not def/);
  });

  it('asks what to wait for', async () => {
    for (const input of [
      {},
      { environment: 'dev' },
      { commandRunId: '1', environment: 'dev' },
    ]) {
      await expect(wait(input)).rejects.toThrow(/Say what to wait for/);
    }
  });
});
