import type { Router } from 'express';
import { InputError } from '@backstage/errors';
import type { CommitStatus } from '../types';
import type { ApiContext } from './createApiRouter';
import { hookJson, repositoryJson, statusJson } from './json';
import { commitOf, repositoryOf, route } from './route';

const REPO = '/repos/:owner/:repo';
const STATES = ['pending', 'success', 'error', 'failure', 'warning'] as const;

/** Webhooks and the states of commits. */
export function addHookRoutes(router: Router, context: ApiContext): void {
  const { core, hooks } = context;

  router.get(`${REPO}/hooks`, (request, response) => {
    response.json(repositoryOf(core, request).hooks.map(hookJson));
  });

  router.post(
    `${REPO}/hooks`,
    route(async (request, response) => {
      const { type, config, events, active } = request.body ?? {};
      if (type !== 'gitea') throw new InputError('type must be gitea');
      const hook = await hooks.create(repositoryOf(core, request), {
        url: String(config?.url ?? ''),
        secret: config?.secret ? String(config.secret) : undefined,
        events: Array.isArray(events) ? events.map(String) : ['push'],
        active: active === true,
      });
      response.status(201).json(hookJson(hook));
    }),
  );

  router.get(`${REPO}/hooks/:id(\\d+)`, (request, response) => {
    const record = repositoryOf(core, request);
    response.json(hookJson(hooks.get(record, Number(request.params.id))));
  });

  router.delete(
    `${REPO}/hooks/:id(\\d+)`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      await hooks.delete(record, hooks.get(record, Number(request.params.id)));
      response.status(204).end();
    }),
  );

  addStatusRoutes(router, context);
}

function addStatusRoutes(router: Router, { core }: ApiContext): void {
  router.post(
    `${REPO}/statuses/:sha`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const sha = await commitOf(core, record, request.params.sha);
      const {
        state,
        context,
        description,
        target_url: url,
      } = request.body ?? {};
      if (!STATES.includes(state)) {
        throw new InputError(`state must be one of ${STATES.join(', ')}`);
      }
      const status: CommitStatus = {
        id: record.statuses.length + 1,
        sha,
        state,
        context: String(context ?? 'default'),
        description: String(description ?? ''),
        targetUrl: String(url ?? ''),
        createdAt: new Date().toISOString(),
      };
      record.statuses.push(status);
      await core.store.save(record);
      response.status(201).json(statusJson(core, status));
    }),
  );

  router.get(
    `${REPO}/commits/:ref/status`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const sha = await commitOf(core, record, request.params.ref);
      // The newest state of each context counts.
      const latest = new Map(
        record.statuses
          .filter(status => status.sha === sha)
          .map(status => [status.context, status]),
      );
      const statuses = [...latest.values()];
      response.json({
        sha,
        state: worst(statuses),
        total_count: statuses.length,
        statuses: statuses.map(status => statusJson(core, status)),
        repository: repositoryJson(core, record),
      });
    }),
  );
}

function worst(statuses: CommitStatus[]): string {
  const order = ['error', 'failure', 'warning', 'pending', 'success'];
  return order.find(state => statuses.some(one => one.state === state)) ?? '';
}
