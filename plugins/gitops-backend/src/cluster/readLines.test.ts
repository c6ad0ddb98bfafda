import { readLines } from './readLines';

async function read(chunks: string[], maximumLength?: number) {
  const lines: string[] = [];
  const bytes = chunks.map(chunk => Buffer.from(chunk, 'latin1'));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      bytes.forEach(chunk => controller.enqueue(chunk));
      controller.close();
    },
  });
  let error: unknown;
  try {
    for await (const line of readLines(stream, { maximumLength })) {
      lines.push(line);
    }
  } catch (thrown) {
    error = thrown;
  }
  return { lines, error };
}

describe('readLines', () => {
  it('puts together what was sent in pieces, and leaves out what is none', async () => {
    // The two bytes of an ö come one after the other.
    await expect(
      read(['{"a"', ':1}\n\n{"', 'b":2}\n{"c":"\xc3', '\xb6"}\n {"cut"']),
    ).resolves.toEqual({
      lines: ['{"a":1}', '{"b":2}', '{"c":"ö"}'],
      error: undefined,
    });
  });

  it('gives up a line that does not end', async () => {
    const { lines, error } = await read(['12345\n123', '456\n'], 5);
    expect(lines).toEqual(['12345']);
    expect(error).toMatchObject({
      message: expect.stringContaining('more than 5 characters'),
    });
  });
});
