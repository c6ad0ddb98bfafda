import { createServer } from 'node:http';
import { createMetrics } from './createMetrics.js';
import { log } from './log.js';

const PROBES = ['/healthz', '/readyz', '/metrics'];

/**
 * The HTTP service.
 *
 * `GET /healthz` says that the process works, `GET /readyz` that it wants requests: it stops
 * saying so as soon as it shuts down, so that the cluster sends requests elsewhere.
 */
export function createService({ name, version, environment }) {
  let ready = true;
  const metrics = createMetrics();

  const routes = {
    '/': () => ({ status: 200, body: { name, version, environment } }),
    '/healthz': () => ({ status: 200, body: { status: 'ok' } }),
    '/readyz': () =>
      ready
        ? { status: 200, body: { status: 'ready' } }
        : { status: 503, body: { status: 'shutting down' } },
    '/metrics': () => ({ status: 200, text: metrics.text() }),
  };

  const server = createServer((request, response) => {
    const started = performance.now();
    const { pathname } = new URL(request.url, 'http://localhost');
    const { status, body, text } = answer(request.method, routes[pathname]);
    response.writeHead(status, {
      'content-type': text === undefined ? 'application/json' : 'text/plain',
    });
    response.end(
      request.method === 'HEAD' ? undefined : text ?? JSON.stringify(body),
    );
    metrics.count(status);
    log(PROBES.includes(pathname) ? 'debug' : 'info', 'request', {
      method: request.method,
      path: pathname,
      status,
      milliseconds: Math.round(performance.now() - started),
    });
  });

  return {
    listen: port =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, () => resolve(server.address().port));
      }),
    /** Finishes the requests that are under way, then closes. */
    async stop({ graceMilliseconds = 0 } = {}) {
      ready = false;
      await new Promise(resolve => setTimeout(resolve, graceMilliseconds));
      await new Promise(resolve => {
        server.close(resolve);
        server.closeIdleConnections();
      });
    },
  };
}

function answer(method, route) {
  if (!route) {
    return { status: 404, body: { error: 'not found' } };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, body: { error: 'method not allowed' } };
  }
  return route();
}
