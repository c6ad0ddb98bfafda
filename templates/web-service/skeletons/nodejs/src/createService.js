import { createServer } from 'node:http';
import { log } from './log.js';

/**
 * The HTTP service.
 *
 * `GET /healthz` says that the process works, `GET /readyz` that it wants requests: it stops
 * saying so as soon as it shuts down, so that the cluster sends requests elsewhere.
 */
export function createService({ name, version, environment }) {
  let ready = true;

  const routes = {
    '/': () => ({ status: 200, body: { name, version, environment } }),
    '/healthz': () => ({ status: 200, body: { status: 'ok' } }),
    '/readyz': () =>
      ready
        ? { status: 200, body: { status: 'ready' } }
        : { status: 503, body: { status: 'shutting down' } },
  };

  const server = createServer((request, response) => {
    const started = performance.now();
    const { pathname } = new URL(request.url, 'http://localhost');
    const { status, body } = answer(request.method, routes[pathname]);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    const probe = pathname === '/healthz' || pathname === '/readyz';
    log(probe ? 'debug' : 'info', 'request', {
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
