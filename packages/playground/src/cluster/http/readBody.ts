import { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { badRequest, StatusError } from '../StatusError';

/** As of the real server. */
export const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

/** The media type of a request, without its parameters. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0].trim();
}

/**
 * The document in the body, JSON or YAML; undefined when the body is empty.
 *
 * @throws a 400 Status for what cannot be read, 413 for a body that is too large
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      throw new StatusError({
        code: 413,
        reason: 'RequestEntityTooLarge',
        message: `Request entity too large: limit is ${BODY_LIMIT_BYTES}`,
      });
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') {
    return undefined;
  }
  try {
    return mediaTypeOf(request).endsWith('yaml')
      ? parseYaml(text)
      : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type JSON or YAML): ${
        (error as Error).message
      }`,
    );
  }
}
