import { createServer, type Server } from 'node:http';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import {
  as,
  startAnswersBackend,
  type AnswersBackendOptions,
} from './startAnswersBackend';
import {
  entities,
  liveObjects,
  ordersDev,
  ordersProduction,
  searchDev,
  seed,
  stray,
} from './world';

export const ID = {
  dev: ordersDev.application.id,
  production: ordersProduction.application.id,
  search: searchDev.application.id,
  stray: stray.application.id,
};
export const READ = 'gitops.application.read';
export const ALLOW = { result: AuthorizeResult.ALLOW } as const;
export const DENY = { result: AuthorizeResult.DENY } as const;

/** The backend of a test file with the sample world, and what a test may change of it. */
export interface AnswersWorld {
  backend: Awaited<ReturnType<typeof startAnswersBackend>>;
  decide: NonNullable<AnswersBackendOptions['decide']>;
  clusterStatus: number;
  readStatus: number;
  forgeHost: string;
  forgeRequests: Array<{ url?: string; authorization?: string }>;
  call(
    method: 'get' | 'post',
    path: string,
    options?: { user?: string; body?: object },
  ): Promise<request.Response>;
}

/** A forge that knows one repository, and is broken for one owner. */
async function startForge(world: AnswersWorld): Promise<Server> {
  const forge = createServer((incoming, response) => {
    world.forgeRequests.push({
      url: incoming.url,
      authorization: incoming.headers.authorization,
    });
    const status = incoming.url?.startsWith('/shop/taken.git') ? 200 : 404;
    response
      .writeHead(incoming.url?.startsWith('/broken/') ? 500 : status)
      .end();
  });
  await new Promise<void>(done => {
    forge.listen(0, '127.0.0.1', done);
  });
  world.forgeHost = `127.0.0.1:${(forge.address() as { port: number }).port}`;
  return forge;
}

/** Starts the backend for the tests of a file; each begins with everything allowed. */
export function useAnswersBackend(): AnswersWorld {
  let forge: Server | undefined;
  let decide: AnswersWorld['decide'] = () => ALLOW;
  const world = {
    get decide() {
      return decide;
    },
    /** What was decided before is forgotten, as it is in time. */
    set decide(next) {
      decide = next;
      world.backend.clock.ahead += 60_000;
    },
    clusterStatus: 200,
    readStatus: 200,
    forgeHost: '',
    forgeRequests: [],
    async call(method, path, options = {}) {
      const sent = request(world.backend.server)
        [method](`/api/gitops${path}`)
        .set('authorization', as(options.user ?? 'ada'));
      return method === 'post' ? sent.send(options.body ?? {}) : sent;
    },
  } as Partial<AnswersWorld> as AnswersWorld;

  beforeAll(async () => {
    forge = await startForge(world);
    const { forgeHost: host } = world;
    world.backend = await startAnswersBackend({
      entities,
      seed,
      decide: (...of) => world.decide(...of),
      objects: liveObjects,
      clusterStatus: () => world.clusterStatus,
      readStatus: () => world.readStatus,
      platformRepository: `${host}?owner=platform&repo=gitops`,
      config: {
        integrations: {
          gitea: [
            {
              host,
              baseUrl: `http://${host}`,
              username: 'robot',
              password: 'secret',
            },
          ],
        },
      },
    });
  });

  afterAll(async () => {
    await world.backend?.stop();
    forge?.close();
  });

  beforeEach(() => {
    world.decide = () => ALLOW;
    world.clusterStatus = 200;
    world.readStatus = 200;
    world.backend.patches.length = 0;
    world.backend.audited.length = 0;
    world.forgeRequests.length = 0;
  });

  return world;
}
