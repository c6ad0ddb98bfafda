import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import {
  listOf,
  parse,
  queryBoolean,
  queryLimit,
  queryTime,
  shortText,
} from './parse';

const deploymentsQuerySchema = z.strictObject({
  entityRef: listOf(shortText),
  applicationId: listOf(shortText),
  environment: listOf(shortText),
  id: listOf(shortText),
  from: queryTime.optional(),
  to: queryTime.optional(),
  counted: queryBoolean.optional(),
  limit: queryLimit.optional(),
  cursor: shortText.optional(),
});

const doraQuerySchema = z.strictObject({
  scope: z.enum(['service', 'owner', 'system', 'domain', 'all']),
  ref: shortText.optional(),
  from: queryTime.optional(),
  to: queryTime.optional(),
  timeZone: shortText.optional(),
  interval: z.enum(['day', 'week', 'month']).optional(),
  bands: z
    .enum(['2021', '2023'])
    .transform(year => (year === '2021' ? 2021 : 2023))
    .optional(),
});

/** `GET /deployments`, `GET /deployments/{id}` and `GET /dora`. */
export function addDeploymentsRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/deployments', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const query = parse(deploymentsQuerySchema, request.query);
    response.json(
      await answers.getDeployments(query, { credentials, request }),
    );
  });

  router.get('/deployments/:id', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const id = parse(shortText, request.params.id);
    response.json(await answers.getDeployment(id, { credentials, request }));
  });

  router.get('/dora', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const { scope, ref, ...query } = parse(doraQuerySchema, request.query);
    response.json(
      await answers.getDora(
        { ...query, scope: { kind: scope, ref } },
        { credentials, request },
      ),
    );
  });
}
