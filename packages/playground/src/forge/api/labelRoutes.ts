import type { Request, Router } from 'express';
import { ConflictError, InputError } from '@backstage/errors';
import { labelNames, labelsIn, labelsOf } from '../labels';
import type { Label, PullRequest, RepositoryRecord } from '../types';
import type { ApiContext } from './createApiRouter';
import { labelJson } from './json';
import { repositoryOf, route } from './route';

const REPO = '/repos/:owner/:repo';
const OF_PULL = `${REPO}/issues/:number(\\d+)/labels`;

/** Labels of repositories and of pull requests, which Gitea has with the issues. */
export function addLabelRoutes(router: Router, context: ApiContext): void {
  const { core } = context;

  router.get(`${REPO}/labels`, (request, response) => {
    const record = repositoryOf(core, request);
    response.json(
      labelsIn(record).map(label => labelJson(core, { record, label })),
    );
  });

  router.post(
    `${REPO}/labels`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const { name, color, description = '' } = request.body ?? {};
      if (typeof name !== 'string' || !name.trim()) {
        throw new InputError('name is required');
      }
      if (!/^#?[0-9a-f]{6}$/i.test(String(color))) {
        throw new InputError('color must be six hexadecimal digits');
      }
      const known = labelsIn(record);
      if (known.some(label => label.name === name)) {
        throw new ConflictError(`There is a label ${name} already`);
      }
      const label: Label = {
        id: Math.max(...known.map(({ id }) => id)) + 1,
        name,
        color: String(color).replace('#', ''),
        description: String(description),
      };
      record.labels = [...(record.labels ?? []), label];
      await core.store.save(record);
      response.status(201).json(labelJson(core, { record, label }));
    }),
  );

  addLabelsOfPulls(router, context);
}

type Change = (
  now: string[],
  request: Request,
  record: RepositoryRecord,
) => string[];

function addLabelsOfPulls(router: Router, { core, pulls }: ApiContext): void {
  const json = (record: RepositoryRecord, pull: PullRequest) =>
    labelsOf(record, pull).map(label => labelJson(core, { record, label }));
  const named = (request: Request, record: RepositoryRecord) => {
    const { labels } = request.body ?? {};
    if (!Array.isArray(labels)) {
      throw new InputError('labels must be a list of names or numbers');
    }
    return labelNames(record, labels);
  };
  const change = (status: number, next: Change) =>
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const labels = next(pull.labels ?? [], request, record);
      await pulls.label(record, pull, { labels, by: response.locals.user });
      if (status === 204) response.status(204).end();
      else response.status(status).json(json(record, pull));
    });

  router.get(OF_PULL, (request, response) => {
    const record = repositoryOf(core, request);
    const pull = pulls.get(record, Number(request.params.number));
    response.json(json(record, pull));
  });
  router.post(
    OF_PULL,
    change(200, (now, request, record) => [...now, ...named(request, record)]),
  );
  router.put(
    OF_PULL,
    change(200, (_, request, record) => named(request, record)),
  );
  router.delete(
    OF_PULL,
    change(204, () => []),
  );
  router.delete(
    `${OF_PULL}/:id(\\d+)`,
    change(204, (now, request, record) => {
      const [gone] = labelNames(record, [Number(request.params.id)]);
      return now.filter(name => name !== gone);
    }),
  );
}
