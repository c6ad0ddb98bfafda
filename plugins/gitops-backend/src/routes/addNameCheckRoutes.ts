import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { parse } from './parse';

const nameCheckQuerySchema = z.strictObject({
  name: z.string().max(500),
  repoUrl: z.string().max(1000).optional(),
  owner: z.string().max(500).optional(),
});

/** `GET /name-check`. */
export function addNameCheckRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/name-check', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const query = parse(nameCheckQuerySchema, request.query);
    response.json(await answers.checkName(query, { credentials, request }));
  });
}
