import type { IncomingMessage } from 'node:http';
import { ApiFailure } from './ApiFailure';

const MAXIMUM_BYTES = 1024 * 1024;

/**
 * The JSON of a request.
 *
 * @throws ApiFailure when it is none, too long, or not declared as JSON
 */
export async function readBody(request: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAXIMUM_BYTES) {
      throw new ApiFailure('invalidArgument', 'the request is too long');
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch (error) {
    throw new ApiFailure('invalidArgument', String(error));
  }
}
