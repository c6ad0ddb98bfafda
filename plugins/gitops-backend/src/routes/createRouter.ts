import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express, { type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { GitopsAnswers } from '../service';
import { addApplicationsRoutes } from './addApplicationsRoutes';
import { addCommandsRoutes } from './addCommandsRoutes';
import { addDeploymentsRoutes } from './addDeploymentsRoutes';
import { addFleetRoutes } from './addFleetRoutes';
import { addNameCheckRoutes } from './addNameCheckRoutes';
import { addServicesRoutes } from './addServicesRoutes';

/** What routes stand on. */
export interface RouterOptions {
  httpAuth: HttpAuthService;
  answers: GitopsAnswers;
}

/**
 * The HTTP API below `/api/gitops`, as `src/schema/openapi.yaml` describes it. A route takes the
 * credentials, parses, asks one question and responds; errors become answers by their names.
 */
export function createRouter(options: RouterOptions): Router {
  const router = PromiseRouter();
  router.use(express.json({ limit: '200kb' }));
  addFleetRoutes(router, options);
  addApplicationsRoutes(router, options);
  addCommandsRoutes(router, options);
  addServicesRoutes(router, options);
  addDeploymentsRoutes(router, options);
  addNameCheckRoutes(router, options);
  return router;
}
