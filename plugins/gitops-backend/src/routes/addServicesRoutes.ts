import { stringifyEntityRef } from '@backstage/catalog-model';
import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { parse, shortText } from './parse';
import { sendPage } from './sendPage';

const paramsSchema = z.strictObject({ namespace: shortText, name: shortText });

/** `GET /services/{namespace}/{name}`. */
export function addServicesRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/services/:namespace/:name', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const params = parse(paramsSchema, request.params);
    const entityRef = stringifyEntityRef({ kind: 'Component', ...params });
    await sendPage({
      ...{ request, response },
      page: await answers.prepare(
        { kind: 'service', entityRef },
        { credentials, request },
      ),
    });
  });
}
