import { ConnectionError } from '@fairway/plugin-gitops-node';

/** An Application with all its history is far below; whatever is above is no event. */
const MAXIMUM_CHARACTERS = 64 * 1024 * 1024;

/**
 * The JSON documents of a stream, undefined for each sign of life between them. Argo CD sends
 * server-sent events when asked to, else one document a line; both are read.
 *
 * @throws ConnectionError `unreachable` when a document does not end
 */
export async function* readStreamMessages(
  chunks: AsyncIterable<string>,
  where: string,
): AsyncGenerator<string | undefined> {
  // Pieces are joined once a line is whole: a long line comes in many.
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      pieces.push(line);
      yield documentOf(pieces.join(''));
      pieces = [];
      length = 0;
    }
    pieces.push(rest);
    length += rest.length;
    if (length > MAXIMUM_CHARACTERS) {
      throw new ConnectionError(
        'unreachable',
        `The stream of ${where} has an event without an end; see that 'apiUrl' leads to Argo CD itself`,
      );
    }
  }
}

function documentOf(line: string): string | undefined {
  const text = line.startsWith('data:') ? line.slice('data:'.length) : line;
  const document = text.trim();
  return document.startsWith('{') ? document : undefined;
}
