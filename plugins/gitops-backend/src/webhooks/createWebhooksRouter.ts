import { NotFoundError } from '@backstage/errors';
import express, { type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { WebhookReceiver } from './WebhookReceiver';
import { WEBHOOK_SOURCES } from './WebhookSource';

/** A push of two thousand commits is smaller; GitHub itself sends at most 25 MB, and such a push is found by the watch. */
const BODY_LIMIT = '2mb';

/**
 * `POST /webhooks/{source}`. It must come before anything that parses bodies: signatures are over
 * the bytes. No credentials of the portal: the sender proves itself to the receiver.
 */
export function createWebhooksRouter(options: {
  receiver: Pick<WebhookReceiver, 'receive'>;
}): Router {
  const router = PromiseRouter();
  router.post(
    '/webhooks/:source',
    express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false }),
    async (request, response) => {
      const source = WEBHOOK_SOURCES.find(
        known => known === request.params.source,
      );
      if (!source) {
        throw new NotFoundError(
          `There are no webhooks of this source; there are ${WEBHOOK_SOURCES.join(
            ', ',
          )}`,
        );
      }
      const receipt = await options.receiver.receive({
        source,
        header: name => request.header(name),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      response.status(202).json(receipt);
    },
  );
  return router;
}
