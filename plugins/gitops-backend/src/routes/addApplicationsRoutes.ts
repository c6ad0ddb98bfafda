import type { Router } from 'express';
import type { RouterOptions } from './createRouter';
import { applicationsQuerySchema } from './fleetQuerySchema';
import { parse, shortText } from './parse';
import { sendPage } from './sendPage';

/** `GET /applications` and `GET /applications/{id}`. */
export function addApplicationsRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/applications', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const query = parse(applicationsQuerySchema, request.query);
    await sendPage({
      ...{ request, response },
      page: await answers.prepare(
        { kind: 'applications', query },
        { credentials, request },
      ),
    });
  });

  router.get('/applications/:id', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const id = parse(shortText, request.params.id);
    response.json(await answers.getApplication(id, { credentials, request }));
  });
}
