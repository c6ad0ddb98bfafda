import { APPLICATION_COMMANDS } from '@fairway/plugin-gitops-common';
import type { Router } from 'express';
import { z } from 'zod';
import type { RouterOptions } from './createRouter';
import { parse, shortText } from './parse';

const commandParamsSchema = z.strictObject({
  id: shortText,
  command: z.enum(APPLICATION_COMMANDS),
});

const commandRequestSchema = z.strictObject({
  revision: z.string().min(1).max(250).optional(),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  // An empty list would be everything for some engines, which nobody means by it.
  resources: z
    .array(
      z.strictObject({
        group: z.string().max(253),
        kind: z.string().min(1).max(63),
        namespace: z.string().min(1).max(253).optional(),
        name: z.string().min(1).max(253),
      }),
    )
    .min(1)
    .max(500)
    .optional(),
  force: z.boolean().optional(),
  hard: z.boolean().optional(),
});

/** `POST /applications/{id}/{command}` and `GET /commands/{id}`. */
export function addCommandsRoutes(
  router: Router,
  { httpAuth, answers }: RouterOptions,
): void {
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

  router.get('/commands/:id', async (request, response) => {
    const credentials = await httpAuth.credentials(request);
    const id = parse(shortText, request.params.id);
    response.json(await answers.getCommandRun(id, { credentials, request }));
  });
}
