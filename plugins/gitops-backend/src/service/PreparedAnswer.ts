import { createHash } from 'node:crypto';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** An answer as it goes over the wire, made once for all who get the same. */
export class PreparedAnswer {
  /** Entity tag; weak, because it is the same however the answer is encoded. */
  readonly etag: string;
  /** JSON in UTF-8, compressed. */
  readonly gzip: Buffer;

  static async of(answer: unknown): Promise<PreparedAnswer> {
    const body = Buffer.from(JSON.stringify(answer));
    const digest = createHash('sha256').update(body).digest('base64url');
    return new PreparedAnswer(
      `W/"${digest.slice(0, 27)}"`,
      await compress(body),
    );
  }

  private constructor(etag: string, compressed: Buffer) {
    this.etag = etag;
    this.gzip = compressed;
  }

  /** The same, for the few who cannot read it compressed. */
  plain(): Promise<Buffer> {
    return expand(this.gzip);
  }
}
