import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { RequestHandler } from 'express';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes of users through the Kubernetes plugin's proxy.
 *
 * @remarks
 * The proxy carries the cluster credentials of the portal, which may patch the objects of the
 * engines, because Fairway itself reaches clusters through it. Users need the proxy to read logs;
 * a write of theirs goes through Fairway's commands, which ask for a permission and leave an audit
 * event. Another plugin that acts for itself is not concerned.
 */
export const kubernetesModuleReadOnlyProxy = createBackendModule({
  pluginId: 'kubernetes',
  moduleId: 'read-only-proxy',
  register(reg) {
    reg.registerInit({
      deps: {
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
      },
      async init({ auth, httpAuth, httpRouter }) {
        const guard: RequestHandler = async (req, _res, next) => {
          try {
            if (/^\/+proxy(\/|$)/i.test(req.path) && !READING.has(req.method)) {
              const credentials = await httpAuth.credentials(req);
              if (!auth.isPrincipal(credentials, 'service')) {
                throw new NotAllowedError(
                  'The Kubernetes proxy is for reading. Change what runs by a pull request, or use the commands on the Deployments page.',
                );
              }
            }
            next();
          } catch (error) {
            next(error);
          }
        };
        httpRouter.use(guard);
      },
    });
  },
});
