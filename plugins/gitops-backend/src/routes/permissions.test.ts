import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  APPLICATION_COMMANDS,
  type Application,
  type ApplicationCommand,
} from '@fairway/plugin-gitops-common';
import request from 'supertest';
import type { DatabaseGitopsStore } from '../store';
import { storedApplication } from '../store/__testUtils__/samples';
import {
  ifOwner,
  startAnswersBackend,
  type AnswersBackendOptions,
} from './__testUtils__/startAnswersBackend';
import { ALLOW, DENY, READ } from './__testUtils__/useAnswersBackend';
import { component, searchDev } from './__testUtils__/world';

jest.setTimeout(60_000);

/** Who asks, what the HTTP API answers, and what an action does. */
const CALLERS: Array<{
  who: string;
  credentials: BackstageCredentials;
  authorization: string;
  status: 200 | 401 | 403;
  error?: 'NotAllowedError';
}> = [
  {
    who: 'the owner',
    credentials: mockCredentials.user('user:default/ada'),
    authorization: mockCredentials.user.header('user:default/ada'),
    status: 200,
  },
  {
    who: 'another user',
    credentials: mockCredentials.user('user:default/grace'),
    authorization: mockCredentials.user.header('user:default/grace'),
    status: 403,
    error: 'NotAllowedError',
  },
  {
    who: 'who may only read',
    credentials: mockCredentials.user('user:default/reader'),
    authorization: mockCredentials.user.header('user:default/reader'),
    status: 403,
    error: 'NotAllowedError',
  },
  {
    who: 'another plugin',
    credentials: mockCredentials.service(),
    authorization: mockCredentials.service.header(),
    status: 200,
  },
  {
    who: 'nobody',
    credentials: mockCredentials.none(),
    authorization: mockCredentials.none.header(),
    status: 401,
    error: 'NotAllowedError',
  },
];

/** The state in which the engine takes the command, and what it is asked for by. */
const STATES: Record<
  ApplicationCommand,
  {
    engine: 'argocd' | 'flux';
    fields: Partial<Application>;
    /** What its object says beside its name. */
    live?: object;
    patch: object;
  }
> = {
  sync: {
    engine: 'argocd',
    fields: { commands: ['sync'] },
    patch: { operation: { sync: { prune: false } } },
  },
  refresh: {
    engine: 'argocd',
    fields: { commands: ['refresh'] },
    patch: {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
    },
  },
  suspend: {
    engine: 'flux',
    fields: { commands: ['suspend'] },
    patch: { spec: { suspend: true } },
  },
  resume: {
    engine: 'flux',
    fields: { commands: ['resume'], suspended: true },
    live: { spec: { suspend: true } },
    patch: { spec: { suspend: false } },
  },
  terminate: {
    engine: 'argocd',
    fields: {
      commands: ['terminate'],
      operation: { phase: 'running', startedAt: '2026-01-01T00:00:00.000Z' },
    },
    live: {
      operation: { sync: {} },
      status: {
        operationState: {
          phase: 'Running',
          startedAt: '2026-01-01T00:00:00Z',
          operation: { sync: {} },
        },
      },
    },
    patch: { status: { operationState: { phase: 'Terminating' } } },
  },
};

/** The commands that there is a tool for; all others are given in the portal or over HTTP. */
const TOOLS: readonly ApplicationCommand[] = ['sync'];

const ENTITY = 'component:default/orders';
const MATRIX = APPLICATION_COMMANDS.flatMap(command =>
  CALLERS.map(caller => ({ command, ...caller })),
);

/** An application of the owner, for one command that nobody gave before. */
function applicationFor(command: ApplicationCommand, name: string) {
  const { engine, fields } = STATES[command];
  const stored = storedApplication({
    name,
    engine,
    entityRef: ENTITY,
    ...fields,
  });
  if (engine === 'argocd') {
    return stored;
  }
  const ref = { ...searchDev.application.ref, cluster: 'local', name };
  return {
    ...stored,
    application: { ...stored.application, ref, id: `flux-${name}` },
    observation: { ...stored.observation, ref },
  };
}

/** As the permission service decides: of plugins by itself, of users and nobody by the policy. */
const decide: AnswersBackendOptions['decide'] = (permission, user, type) => {
  if (type !== 'user') {
    return type === 'service' ? ALLOW : DENY;
  }
  if (permission === READ || permission === 'catalog.entity.read') {
    return ALLOW;
  }
  return user === 'user:default/reader' ? DENY : ifOwner(user);
};

describe('who may give which command', () => {
  let backend: Awaited<ReturnType<typeof startAnswersBackend>>;
  let store: DatabaseGitopsStore;
  let count = 0;
  const objects: Record<string, object> = {};

  beforeAll(async () => {
    backend = await startAnswersBackend({
      entities: [component('orders', 'ada')],
      async seed(opened) {
        store = opened;
        await store.setClusters([{ name: 'local', title: 'Local' }]);
      },
      decide,
      objects,
    });
  });

  afterAll(async () => backend?.stop());

  beforeEach(() => {
    backend.patches.length = 0;
    backend.audited.length = 0;
  });

  async function prepare(command: ApplicationCommand) {
    count += 1;
    const stored = applicationFor(command, `${command}-${count}`);
    await store.applyApplicationChange({
      stored,
      deployments: [],
      failures: [],
    });
    const { apiVersion, kind, namespace, name } = stored.application.ref;
    objects[`${kind.toLowerCase()}s/${name}`] = {
      ...{ apiVersion, kind, metadata: { namespace, name } },
      ...STATES[command].live,
    };
    const runs = async () =>
      (await store.openCommandRuns()).filter(
        ({ run }) => run.applicationId === stored.application.id,
      );
    return { id: stored.application.id, runs };
  }

  /** How each attempt to give it was audited. */
  function auditedAs() {
    return backend.audited.map(({ event, success, fail }) => [
      event.eventId,
      success.mock.calls.length > 0,
      fail.mock.calls[0]?.[0].error.name,
    ]);
  }

  const ask = (id: string, command: string, authorization: string) =>
    request(backend.server)
      .post(`/api/gitops/applications/${id}/${command}`)
      .set('authorization', authorization)
      .send({});

  it.each(MATRIX.filter(({ status }) => status === 200))(
    '$who may $command over HTTP',
    async ({ command, authorization }) => {
      const { id, runs } = await prepare(command);
      const response = await ask(id, command, authorization);
      expect(response.status).toBe(200);
      expect(backend.patches.at(-1)?.body).toMatchObject(STATES[command].patch);
      expect(await runs()).toHaveLength(1);
      expect(auditedAs()).toEqual([
        [`application-${command}`, true, undefined],
      ]);
    },
  );

  it.each(MATRIX.filter(({ status }) => status !== 200))(
    '$who is answered $status when asking to $command over HTTP, and nothing is written',
    async ({ command, authorization, status, error }) => {
      const { id, runs } = await prepare(command);
      const response = await ask(id, command, authorization);
      expect(response.status).toBe(status);
      expect(backend.patches).toEqual([]);
      expect(await runs()).toEqual([]);
      // Who has no credentials gets no further than the door.
      expect(auditedAs()).toEqual(
        status === 401 ? [] : [[`application-${command}`, false, error]],
      );
    },
  );

  const invoke = (
    id: string,
    { command, credentials }: (typeof MATRIX)[number],
  ) =>
    backend.actions.invoke({
      id: `test:${command}-gitops-application`,
      input: { id },
      credentials,
    });
  const hasTool = ({ command }: { command: ApplicationCommand }) =>
    TOOLS.includes(command);

  it.each(MATRIX.filter(one => hasTool(one) && !one.error))(
    '$who may $command by an action',
    async one => {
      const { command } = one;
      const { id, runs } = await prepare(command);
      await expect(invoke(id, one)).resolves.toMatchObject({
        output: { run: { command, applicationId: id } },
      });
      expect(backend.patches.at(-1)?.body).toMatchObject(STATES[command].patch);
      expect(await runs()).toHaveLength(1);
      expect(auditedAs()).toEqual([
        [`application-${command}`, true, undefined],
      ]);
    },
  );

  it.each(MATRIX.filter(one => !hasTool(one) || one.error))(
    'an action to $command, asked for by $who, writes nothing',
    async one => {
      const { command, error } = one;
      const { id, runs } = await prepare(command);
      await expect(invoke(id, one)).rejects.toMatchObject({
        name: hasTool(one) ? error : 'NotFoundError',
      });
      expect(auditedAs()).toEqual(
        hasTool(one) ? [[`application-${command}`, false, error]] : [],
      );
      expect(backend.patches).toEqual([]);
      expect(await runs()).toEqual([]);
    },
  );

  it('covers every tool that gives a command', async () => {
    const { actions } = await backend.actions.list();
    expect(
      actions
        .filter(({ attributes }) => !attributes.readOnly)
        .map(({ name }) => name),
    ).toEqual(TOOLS.map(command => `${command}-gitops-application`));
  });
});
