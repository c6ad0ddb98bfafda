import type { Request, Response } from 'express';
import type { PreparedAnswer } from '../service';

/**
 * Responds with an answer that is made already: nothing at all when the browser has it,
 * compressed as it is kept when the browser can read that.
 */
export async function sendPage(options: {
  request: Request;
  response: Response;
  page: PreparedAnswer;
}): Promise<void> {
  const { request, response, page } = options;
  response.setHeader('etag', page.etag);
  // A browser keeps it for itself, and asks each time whether it is still so. Whoever is on the
  // way must not compress it anew.
  response.setHeader('cache-control', 'private, no-cache, no-transform');
  response.setHeader('vary', 'accept-encoding, authorization');
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  response.setHeader('content-type', 'application/json; charset=utf-8');
  const isCompressed = request.acceptsEncodings('gzip') === 'gzip';
  const body = isCompressed ? page.gzip : await page.plain();
  if (isCompressed) {
    response.setHeader('content-encoding', 'gzip');
  }
  response.setHeader('content-length', body.byteLength);
  response.status(200).end(body);
}
