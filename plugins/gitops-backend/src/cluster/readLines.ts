/** Characters; API servers store objects of a few megabytes at most. */
const MAXIMUM_LENGTH = 32 * 1024 * 1024;

/**
 * The lines of a stream, as they come; a last line without an end is not one.
 *
 * @throws Error when a line is longer than anything that is sent on purpose.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  options: { maximumLength?: number } = {},
): AsyncGenerator<string> {
  const { maximumLength = MAXIMUM_LENGTH } = options;
  const decoder = new TextDecoder();
  /** Of the line that has not ended. */
  let parts: string[] = [];
  let length = 0;
  const take = (part: string) => {
    parts.push(part);
    length += part.length;
    if (length > maximumLength) {
      throw new Error(
        `It sent a line of more than ${maximumLength} characters, which no watch does; see what stands between`,
      );
    }
  };
  for await (const chunk of stream) {
    const ends = decoder.decode(chunk, { stream: true }).split('\n');
    for (const [index, part] of ends.entries()) {
      take(part);
      if (index < ends.length - 1) {
        const line = parts.join('');
        parts = [];
        length = 0;
        if (line.trim() !== '') {
          yield line;
        }
      }
    }
  }
}
