import { APPLICATION_COMMANDS } from '@fairway/plugin-gitops-common';
import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { applicationsQuerySchema } from './fleetQuerySchema';
import { parse, shortText } from './parse';

const commandParamsSchema = z.strictObject({
  id: shortText,
  command: z.enum(APPLICATION_COMMANDS),
});

const commandRequestSchema = z.strictObject({
  revision: z.string().min(1).max(250).optional(),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  hard: z.boolean().optional(),
});

/** `GET /applications`, `GET /applications/{id}` and `POST /applications/{id}/{command}`. */
export function addApplicationsRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
  router.get('/applications', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const query = parse(applicationsQuerySchema, request.query);
    response.json(
      await answers.getApplications(query, { credentials, request }),
    );
  });

  router.get('/applications/:id', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const id = parse(shortText, request.params.id);
    response.json(await answers.getApplication(id, { credentials, request }));
  });

  router.post('/applications/:id/:command', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const { id, command } = parse(commandParamsSchema, request.params);
    const body = parse(commandRequestSchema, request.body ?? {});
    response.json(
      await answers.runCommand(
        { id, command, request: body },
        { credentials, request },
      ),
    );
  });
}
