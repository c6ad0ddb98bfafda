import { toError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';

/**
 * The text of a body as it comes. While it is waited for, silence for longer than the limit is an
 * error; while nobody reads, the server waits.
 *
 * @throws ConnectionError `unreachable` after silence, and when the answer breaks off
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array>,
  options: { silenceMillis: number; where: string },
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await withTimeout(reader.read(), options);
      if (done) {
        return;
      }
      yield decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw brokenOff(error, options.where);
  } finally {
    // Ends the request when the rest is not wanted.
    reader.cancel().catch(() => undefined);
  }
}

function brokenOff(error: unknown, where: string): Error {
  const { message, cause, name } = toError(error);
  if (error instanceof ConnectionError || name === 'AbortError') {
    return toError(error);
  }
  const detail = (cause instanceof Error && cause.message) || message;
  return new ConnectionError(
    'unreachable',
    `An answer of ${where} broke off in the middle (${detail}); see that it runs, and that no proxy between limits the time or the size of answers`,
    error,
  );
}

async function withTimeout<T>(
  work: Promise<T>,
  options: { silenceMillis: number; where: string },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ConnectionError(
            'unreachable',
            `${
              options.where
            } stopped in the middle of an answer: nothing came for ${Math.round(
              options.silenceMillis / 1000,
            )} seconds; see that it runs, and that no proxy between holds its answers back`,
          ),
        ),
      options.silenceMillis,
    );
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
