import type { Router } from 'express';
import type { RouterOptions } from './createRouter';
import { fleetQuerySchema } from './fleetQuerySchema';
import { parse } from './parse';
import { sendPage } from './sendPage';

/** `GET /fleet` and `GET /clusters`. */
export function addFleetRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/fleet', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const query = parse(fleetQuerySchema, request.query);
    await sendPage({
      ...{ request, response },
      page: await answers.prepare(
        { kind: 'fleet', query },
        { credentials, request },
      ),
    });
  });

  router.get('/clusters', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    response.json(await answers.getClusters({ credentials, request }));
  });
}
