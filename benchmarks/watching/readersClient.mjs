import { Agent, request } from 'node:http';
import { pause } from '../waiting.mjs';

/**
 * Plain keep-alive connections, as light as can be: the readers run on the machine that answers.
 * They accept compressed answers, as browsers do, and leave them compressed.
 */
export function readersClient(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const once = (path, headers) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, headers, agent },
        response => {
          const chunks = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      sent.on('error', error =>
        reject(Object.assign(error, { isReused: sent.reusedSocket })),
      );
      sent.end();
    });
  // The server closes a connection that was idle for five seconds, maybe at this moment.
  const get = (path, headers) =>
    once(path, headers).catch(error => {
      if (error.code === 'ECONNRESET' && error.isReused) {
        return get(path, headers);
      }
      throw error;
    });
  const json = async (path, headers = {}) => {
    const { status, body } = await get(path, headers);
    if (status !== 200) {
      throw new Error(`${path}: ${status} ${body}`);
    }
    return JSON.parse(body.toString('utf8'));
  };
  return { get, json, close: () => agent.destroy() };
}

/** Tokens of the readers, from the portal's own sign-in. */
export function signIn(client, names) {
  return Promise.all(
    names.map(async name => {
      const { backstageIdentity } = await client.json(
        '/api/auth/header/refresh',
        { 'x-reader': name },
      );
      return backstageIdentity.token;
    }),
  );
}

/**
 * Lets readers ask for pages.
 *
 * @param everyMs - the pace of each reader; absent: again as soon as the answer is there
 */
export async function read(client, { tokens, pathOf, seconds, everyMs }) {
  const until = performance.now() + seconds * 1000;
  const times = [];
  let bytes = 0;
  let count = 0;
  const readOne = async (token, reader) => {
    if (everyMs) {
      // Readers do not open their pages at the same moment.
      await pause((everyMs * reader) / tokens.length);
    }
    let turn = 0;
    while (performance.now() < until) {
      const path = pathOf(reader, turn);
      turn += 1;
      count += 1;
      const began = performance.now();
      const { status, body } = await client.get(path, {
        authorization: `Bearer ${token}`,
        'accept-encoding': 'gzip, deflate',
      });
      const took = performance.now() - began;
      if (status !== 200) {
        throw new Error(`${path}: ${status} ${body}`);
      }
      times.push(took);
      bytes += body.byteLength;
      if (everyMs && took < everyMs) {
        await pause(everyMs - took);
      }
    }
  };
  const began = performance.now();
  await Promise.all(tokens.map(readOne));
  return {
    times,
    count,
    bytesEach: bytes / times.length,
    perSecond: (times.length * 1000) / (performance.now() - began),
  };
}
