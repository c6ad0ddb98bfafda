import { NotFoundError } from '@backstage/errors';
import express, { type ErrorRequestHandler, Router } from 'express';
import { authenticate } from '../authenticate';
import type { ForgeCore } from '../ForgeCore';
import type { PullRequests } from '../PullRequests';
import type { Webhooks } from '../Webhooks';
import { addContentRoutes } from './contentRoutes';
import { addLabelRoutes } from './labelRoutes';
import { addPullRoutes } from './pullRoutes';
import { addRepositoryRoutes } from './repositoryRoutes';
import { addHookRoutes } from './hookRoutes';

/** What the routes of the API work with. */
export interface ApiContext {
  core: ForgeCore;
  pulls: PullRequests;
  hooks: Webhooks;
}

const STATUS: Record<string, number> = {
  InputError: 422,
  NotFoundError: 404,
  ConflictError: 409,
  NotAllowedError: 403,
  AuthenticationError: 401,
};

/**
 * The part of Gitea's REST API (`/api/v1`) that Backstage and Fairway call.
 *
 * Reading is anonymous, writing needs the account. What is not here answers 404 with
 * Gitea's form of an error.
 */
export function createApiRouter(context: ApiContext): Router {
  const router = Router();
  router.use(express.json({ limit: '20mb' }));
  router.use((request, response, next) => {
    const who = authenticate(context.core, request);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (who === 'refused' || (who === 'anonymous' && !reading)) {
      response.status(401).json({
        message:
          who === 'refused'
            ? 'invalid username, password or token'
            : 'token is required',
        url: `${context.core.url}/api/swagger`,
      });
      return;
    }
    response.locals.user = who === 'anonymous' ? undefined : who.login;
    next();
  });
  router.use('/repos/:owner/:repo', (request, response, next) => {
    const { owner, repo } = request.params;
    const hidden = context.core.store.find(owner, repo)?.private;
    if (hidden && !response.locals.user) {
      throw new NotFoundError(`There is no repository ${owner}/${repo}`);
    }
    next();
  });
  router.get('/version', (_, response) => {
    response.json({ version: '1.24.0+playground-stand-in' });
  });
  addRepositoryRoutes(router, context);
  addContentRoutes(router, context);
  addPullRoutes(router, context);
  addLabelRoutes(router, context);
  addHookRoutes(router, context);
  router.use((_, response) => {
    response.status(404).json({
      errors: [],
      message: 'The playground stand-in for a forge has no such endpoint.',
      url: `${context.core.url}/api/swagger`,
    });
  });
  router.use(answerError(context.core));
  return router;
}

function answerError(core: ForgeCore): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = STATUS[error.name] ?? error.status ?? 500;
    const url = `${core.url}/api/swagger`;
    response.status(status).json({ message: error.message, url });
  };
}
