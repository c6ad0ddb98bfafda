import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import express from 'express';

/** A catalog in which nothing is: these tests are not about entities. */
export default createBackendPlugin({
  pluginId: 'catalog',
  register(env) {
    env.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        const router = express();
        router.use(express.json());
        router.get('/entities', (_request, response) => {
          response.json([]);
        });
        router.get('/entities/by-query', (_request, response) => {
          response.json({ items: [], totalItems: 0, pageInfo: {} });
        });
        router.post('/entities/by-refs', (request, response) => {
          const refs: string[] = request.body.entityRefs ?? [];
          response.json({ items: refs.map(() => null) });
        });
        httpRouter.use(router);
      },
    });
  },
});
