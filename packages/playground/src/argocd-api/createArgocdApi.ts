import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cluster } from '../types';
import { Accounts, type ArgocdAccount } from './Accounts';
import { sendJson, type ApiCall, type ApiContext } from './ApiContext';
import { ApiFailure } from './ApiFailure';
import { answer } from './answer';
import { ApplicationCache } from './ApplicationCache';
import { ArgocdFaults } from './ArgocdFaults';

/** Settings of a stand-in API. */
export interface ArgocdApiOptions {
  /** Whose applications it serves. */
  cluster: Cluster;
  /** On 127.0.0.1; 0 for any free one. */
  port: number;
  accounts: readonly ArgocdAccount[];
  /** Argo CD's own namespace; `argocd` by default. */
  namespace?: string;
  /** Milliseconds between the signs of life of a stream; 15 seconds by default. */
  keepAliveMs?: number;
}

/** A request that came, for tests; with what it carried. */
export interface SeenRequest {
  method: string;
  url: string;
  authorization?: string;
}

/** A stand-in API that can be started. */
export interface RunningArgocdApi {
  /** Root of Argo CD, with the port that was found once it has started. */
  readonly url: string;
  readonly accounts: Accounts;
  /** Faults to be tried; reachable in this process only. */
  readonly faults: ArgocdFaults;
  /** The last requests, oldest first. */
  readonly requests: readonly SeenRequest[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

const SIGN_IN_PAGE = '<!doctype html><title>Sign in</title>';
const REMEMBERED_REQUESTS = 1000;

/**
 * A stand-in for the API server of Argo CD 3.5 over the objects of a cluster: what it answers, it
 * answers in the form of Argo CD's gateway, with accounts, tokens and policies of its own.
 */
export function createArgocdApi(options: ArgocdApiOptions): RunningArgocdApi {
  const faults = new ArgocdFaults();
  const accounts = new Accounts(options.accounts);
  const requests: SeenRequest[] = [];
  const context: ApiContext = {
    cluster: options.cluster,
    applications: new ApplicationCache(options.cluster),
    accounts,
    faults,
    namespace: options.namespace ?? 'argocd',
    keepAliveMs: options.keepAliveMs ?? 15_000,
  };
  let { port } = options;
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    requests.splice(0, requests.length - REMEMBERED_REQUESTS);
    void respond(context, request, response);
  });
  // Streams are idle for long.
  server.requestTimeout = 0;

  return {
    accounts,
    faults,
    requests,
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    async start() {
      context.applications.start();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve();
        });
      });
      port = (server.address() as AddressInfo).port;
    },
    async stop() {
      context.applications.stop();
      if (server.listening) {
        const closed = new Promise(resolve => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

async function respond(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults } = context;
  if (faults.silent) {
    return;
  }
  if (faults.redirectTo) {
    response.writeHead(302, { Location: faults.redirectTo }).end();
    return;
  }
  if (faults.signInPage) {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(SIGN_IN_PAGE);
    return;
  }
  try {
    await answer(toCall(context, request, response));
  } catch (error) {
    const failure =
      error instanceof ApiFailure
        ? error
        : new ApiFailure('internal', String(error));
    if (response.headersSent) {
      response.destroy();
    } else {
      sendJson(response, failure.status, failure.toBody());
    }
  }
}

function toCall(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): ApiCall {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  // The gateway decodes first and then looks for the endpoint, encoded slashes included.
  const path = decodeURIComponent(url.pathname).split('/').slice(1);
  const { authorization } = request.headers;
  return {
    context,
    claims: context.accounts.find(authorization),
    path,
    query: url.searchParams,
    request,
    response,
  };
}
