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
  { engine: 'argocd' | 'flux'; fields: Partial<Application>; patch: object }
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
    patch: { spec: { suspend: false } },
  },
  terminate: {
    engine: 'argocd',
    fields: {
      commands: ['terminate'],
      operation: { phase: 'running', startedAt: '2026-01-01T00:00:00.000Z' },
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

  beforeAll(async () => {
    backend = await startAnswersBackend({
      entities: [component('orders', 'ada')],
      async seed(opened) {
        store = opened;
        await store.setClusters([{ name: 'local', title: 'Local' }]);
      },
      decide,
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

  it.each(MATRIX)(
    '$who is answered $status when asking to $command over HTTP',
    async ({ command, authorization, status, error }) => {
      const { id, runs } = await prepare(command);
      const response = await request(backend.server)
        .post(`/api/gitops/applications/${id}/${command}`)
        .set('authorization', authorization)
        .send({});
      expect(response.status).toBe(status);
      if (status === 200) {
        expect(backend.patches.at(-1)?.body).toMatchObject(
          STATES[command].patch,
        );
        expect(await runs()).toHaveLength(1);
        expect(auditedAs()).toEqual([
          [`application-${command}`, true, undefined],
        ]);
        return;
      }
      expect(backend.patches).toEqual([]);
      expect(await runs()).toEqual([]);
      // Who has no credentials gets no further than the door.
      expect(auditedAs()).toEqual(
        status === 401 ? [] : [[`application-${command}`, false, error]],
      );
    },
  );

  it.each(MATRIX)(
    'an action to $command, asked for by $who, does no more than the HTTP API',
    async ({ command, credentials, error }) => {
      const { id, runs } = await prepare(command);
      const invoked = backend.actions.invoke({
        id: `test:${command}-gitops-application`,
        input: { id },
        credentials,
      });
      if (!TOOLS.includes(command)) {
        await expect(invoked).rejects.toMatchObject({ name: 'NotFoundError' });
        expect(auditedAs()).toEqual([]);
      } else if (error) {
        await expect(invoked).rejects.toMatchObject({ name: error });
        expect(auditedAs()).toEqual([[`application-${command}`, false, error]]);
      } else {
        await expect(invoked).resolves.toMatchObject({
          output: { run: { command, applicationId: id } },
        });
        expect(backend.patches.at(-1)?.body).toMatchObject(
          STATES[command].patch,
        );
        expect(auditedAs()).toEqual([
          [`application-${command}`, true, undefined],
        ]);
        return;
      }
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
