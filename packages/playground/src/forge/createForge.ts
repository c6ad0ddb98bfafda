import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { createApiRouter } from './api/createApiRouter';
import { authenticate } from './authenticate';
import { createAutoMerge } from './autoMerge';
import { ForgeCore, type ForgeOptions } from './ForgeCore';
import { type GitService, serveGit } from './gitHttp';
import { createPagesRouter } from './pages/createPagesRouter';
import { PullRequests } from './PullRequests';
import type { PlaygroundForge } from './types';
import { Webhooks } from './Webhooks';

/** A forge that can be started and stopped. */
export interface RunningForge {
  forge: PlaygroundForge;
  /** Base URL; known after `start`. */
  readonly url: string;
  /** Resolves when the port is open; rejects when it is taken. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const SMART =
  /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/**
 * Creates the stand-in for a forge: real Git over smart HTTP, the part of Gitea's REST API
 * that Backstage and Fairway call, and small pages. It listens on 127.0.0.1 only.
 */
export function createForge(options: ForgeOptions): RunningForge {
  const core = new ForgeCore(options);
  const hooks = new Webhooks(core);
  const bot = createAutoMerge({
    core,
    repositories: options.autoMerge ?? [],
  });
  const pulls: PullRequests = new PullRequests(core, event => {
    hooks.pullRequest(event);
    bot.handle(pulls, event);
  });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // An encoded slash or dot must never be taken for a step in a path.
  app.use((request, response, next) => {
    const path = request.originalUrl.split('?')[0];
    if (
      /%2f|%5c|%00|\\/i.test(path) ||
      /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)
    ) {
      const api = path.startsWith('/api/');
      response.status(404);
      if (api) response.json({ message: 'not found', url: core.url });
      else response.type('text/plain').send('Not found\n');
      return;
    }
    next();
  });
  addGit(app, core);
  const context = { core, pulls, hooks };
  app.use('/api/v1', createApiRouter(context));
  app.use(createPagesRouter(context));

  const server = createServer(app);
  return {
    forge: core,
    get url() {
      return core.url;
    },
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, '127.0.0.1', () => {
          server.off('error', reject);
          const { port } = server.address() as AddressInfo;
          core.url = `http://localhost:${port}`;
          resolve();
        });
      }),
    stop: () =>
      new Promise(resolve => {
        bot.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addGit(app: Express, core: ForgeCore): void {
  app.use(async (request, response, next) => {
    const match = SMART.exec(request.path);
    if (!match) {
      next();
      return;
    }
    const [, owner, name] = match;
    const service = match[3] as GitService;
    const record = core.store.find(owner, name);
    const who = authenticate(core, request);
    const writes =
      service === 'git-receive-pack' ||
      request.query.service === 'git-receive-pack';
    const needsAccount = writes || record?.private;
    // Asked before looking, so that nobody learns which private repositories exist.
    if (
      who === 'refused' ||
      (who === 'anonymous' && (needsAccount || !record))
    ) {
      response.set('www-authenticate', 'Basic realm="Gitea"');
      response.status(401).type('text/plain').send('Unauthorized\n');
      return;
    }
    if (!record) {
      response.status(404).type('text/plain').send('Not found\n');
      return;
    }
    if (writes && record.archived) {
      response.status(403).type('text/plain').send('Repository is archived\n');
      return;
    }
    const method = service === 'info/refs' ? 'GET' : 'POST';
    if (request.method !== method) {
      response.status(405).set('allow', method).end();
      return;
    }
    const user = who === 'anonymous' ? undefined : who.login;
    const serve = (directory: string) =>
      serveGit({ request, response, directory, service, user });
    try {
      if (service === 'git-receive-pack') await core.change(record, serve);
      else await serve(core.store.gitDirectory(record));
      response.end();
    } catch (error) {
      next(error);
    }
  });
}
