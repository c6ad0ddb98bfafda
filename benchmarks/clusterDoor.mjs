import { createServer, request } from 'node:http';
import { onEnd } from './cleanup.mjs';

/**
 * A door in front of the cluster through which the backend goes: it passes everything on as it
 * comes, and notes each request.
 *
 * @returns the notes so far: time, method, path with query, and the status once it is known
 */
export async function startClusterDoor({ port, clusterPort }) {
  const notes = [];
  const server = createServer((incoming, answer) => {
    const note = {
      at: Date.now(),
      method: incoming.method,
      url: incoming.url,
      status: undefined,
    };
    notes.push(note);
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: clusterPort,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      response => {
        note.status = response.statusCode;
        answer.writeHead(response.statusCode, response.headers);
        answer.flushHeaders();
        response.pipe(answer);
        response.on('error', () => answer.destroy());
      },
    );
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  onEnd(() => {
    server.closeAllConnections();
    return new Promise(resolve => server.close(resolve));
  });
  return notes;
}

/** The path of a note, without its query. */
export function pathOf({ url }) {
  return new URL(url, 'http://cluster').pathname;
}

/** `/version`, by which the backend sees whether the cluster answers, and what a group has. */
const PROBES = /^\/version$|^\/apis\/[^/]+\/[^/]+$/;

/**
 * What the backend asks by itself whether or not somebody looks: it renews watches, asks every ten
 * seconds whether the cluster answers, and looks again for kinds that the cluster does not have
 * and for the kinds of groups (every 30 seconds). Only what it asked before, whose paths are
 * `known`, can be that.
 */
export function isBackground(note, known) {
  const { searchParams } = new URL(note.url, 'http://cluster');
  return (
    known.has(pathOf(note)) &&
    (searchParams.has('watch') ||
      PROBES.test(pathOf(note)) ||
      (note.status === 404 && searchParams.has('limit')))
  );
}
