import type { IncomingMessage } from 'node:http';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import type { RequestHandler } from 'express';

const passDropsOn: RequestHandler = (request, response, next) => {
  if (/^\/+proxy(\/|$)/i.test(request.path)) {
    // The cluster's answer is piped into ours; a pipe does not pass a broken source on.
    response.on('pipe', source =>
      source.once('close', () => {
        if (!(source as IncomingMessage).complete) {
          response.destroy();
        }
      }),
    );
    // The proxy gives its request up at an event that Node no longer emits once the request
    // itself was read whole.
    response.once('close', () => {
      if (!response.writableFinished) {
        request.emit('aborted');
      }
    });
  }
  next();
};

/**
 * Makes the proxy of the Kubernetes plugin pass broken connections on, in both directions.
 *
 * @remarks
 * By itself it does not: when a cluster drops the connection of a watch, the watch stays open and
 * silent; and when the reader of a watch goes away, or gives a cluster up that never answers, the
 * connection to the cluster stays open. Fairway works without this module, but notices a dropped
 * watch only by its silence (`gitops.watch.silence`).
 *
 * @public
 */
export const kubernetesModuleProxyDrops = createBackendModule({
  pluginId: 'kubernetes',
  moduleId: 'gitops-proxy-drops',
  register(reg) {
    reg.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        httpRouter.use(passDropsOn);
      },
    });
  },
});
