import { NotFoundError } from '@backstage/errors';
import express, { type Request, type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { WebhookReceiver } from './WebhookReceiver';
import { WEBHOOK_SOURCES, type WebhookSource } from './WebhookSource';

/** A push of two thousand commits is smaller; GitHub itself sends at most 25 MB, and such a push is found by the watch. */
const BODY_LIMIT = '2mb';

/**
 * `POST /webhooks/{source}`. It must come before anything that parses bodies: signatures are over
 * the bytes. No credentials of the portal: the sender proves itself to the receiver.
 */
export function createWebhooksRouter(options: {
  receiver: Pick<WebhookReceiver, 'receive' | 'secretOf'>;
}): Router {
  const { receiver } = options;
  const router = PromiseRouter();
  router.post(
    '/webhooks/:source',
    (request, _response, next) => {
      // Who may not send is not listened to.
      receiver.secretOf(sourceOf(request));
      next();
    },
    express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false }),
    async (request, response) => {
      const receipt = await receiver.receive({
        source: sourceOf(request),
        header: name => request.header(name),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      response.status(202).json(receipt);
    },
  );
  return router;
}

/** @throws NotFoundError for a source that there is not. */
function sourceOf(request: Request): WebhookSource {
  const source = WEBHOOK_SOURCES.find(known => known === request.params.source);
  if (!source) {
    throw new NotFoundError(
      `There are no webhooks of this source; there are ${WEBHOOK_SOURCES.join(
        ', ',
      )}`,
    );
  }
  return source;
}
