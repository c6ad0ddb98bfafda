import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import gitopsModuleArgocd from '@fairway/plugin-gitops-backend-module-argocd';
import gitopsModuleFlux from '@fairway/plugin-gitops-backend-module-flux';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import express from 'express';
import { registerGitopsActions } from '../../actions';
import { ClusterConnection } from '../../cluster';
import { DoraService } from '../../dora';
import { createGitopsAnswers } from '../../service';
import { DatabaseGitopsStore } from '../../store';
import { ObserverRegistry } from '../../ObserverRegistry';
import { createRouter } from '../createRouter';

/** A write that reached the cluster. */
export interface ReceivedPatch {
  cluster: string;
  path: string;
  contentType: string;
  body: any;
}

/** What a test decides: answers of the policy and of the cluster, and what it gets to see. */
export interface AnswersBackendOptions {
  entities: Entity[];
  seed(store: DatabaseGitopsStore): Promise<void>;
  /** Default: everything is allowed. */
  decide?(
    permission: string,
    userEntityRef?: string,
    principal?: 'user' | 'service' | 'none',
  ): PolicyDecision;
  /** Objects of the clusters, for commands: by plural and name, `applications/orders`. */
  objects?: Record<string, object>;
  /** Status that the cluster answers a patch with; default 200. */
  clusterStatus?(): number;
  /** The same of reading an object. */
  readStatus?(): number;
  config?: object;
  platformRepository?: string;
}

/** The condition that the claims of a user own the component. */
export function ifOwner(userEntityRef: string | undefined): PolicyDecision {
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'gitops',
    resourceType: 'gitops-application',
    conditions: {
      rule: 'IS_ENTITY_OWNER',
      resourceType: 'gitops-application',
      params: { claims: userEntityRef ? [userEntityRef] : [] },
    },
  };
}

/** Stands in for the Kubernetes plugin's proxy and the cluster behind it. */
function kubernetesPlugin(
  patches: ReceivedPatch[],
  options: AnswersBackendOptions,
) {
  const status = options.clusterStatus ?? (() => 200);
  return createBackendPlugin({
    pluginId: 'kubernetes',
    register(env) {
      env.registerInit({
        deps: { httpRouter: coreServices.httpRouter },
        async init({ httpRouter }) {
          const router = express.Router();
          router.use(express.json({ type: () => true }));
          router.patch(/^\/proxy\//, (request, response) => {
            patches.push({
              cluster: request.header('Backstage-Kubernetes-Cluster') ?? '',
              path: request.originalUrl.replace('/api/kubernetes/proxy', ''),
              contentType: request.header('content-type') ?? '',
              body: request.body,
            });
            response.status(status()).json(
              status() === 200
                ? { kind: 'Application', metadata: { name: 'x' } }
                : {
                    ...{ kind: 'Status', message: 'said by the cluster' },
                    ...(status() === 404 && {
                      reason: 'NotFound',
                      details: { name: request.path.split('/').pop() },
                    }),
                  },
            );
          });
          router.get(/^\/proxy\//, (request, response) => {
            const name = request.path.split('/').slice(-2).join('/');
            const object = options.objects?.[name];
            const code = options.readStatus?.() ?? 200;
            response
              .status(object ? code : 404)
              .json(
                object && code === 200
                  ? object
                  : { kind: 'Status', message: 'said by the cluster' },
              );
          });
          httpRouter.use(router);
        },
      });
    },
  });
}

/** The answers, routes and actions on a real server and a real database, without the watching. */
export async function startAnswersBackend(options: AnswersBackendOptions) {
  const decide =
    options.decide ??
    ((): PolicyDecision => ({ result: AuthorizeResult.ALLOW }));
  const patches: ReceivedPatch[] = [];
  const clock = { ahead: 0 };
  const auditor = mockServices.auditor.mock();
  const actions = actionsRegistryServiceMock();
  const audited: Array<{ event: any; success: jest.Mock; fail: jest.Mock }> =
    [];
  auditor.createEvent.mockImplementation(async event => {
    const entry = { event, success: jest.fn(), fail: jest.fn() };
    audited.push(entry);
    return entry;
  });
  const catalog = catalogServiceMock({ entities: options.entities });
  const queryEntities = jest.spyOn(catalog, 'queryEntities');
  let listApplications: jest.SpyInstance | undefined;
  let opened: DatabaseGitopsStore | undefined;
  const permissions = mockServices.permissions.mock({
    authorizeConditional: async (requests, call) =>
      requests.map(({ permission }) =>
        decide(
          permission.name,
          (call?.credentials.principal as any)?.userEntityRef,
          (call?.credentials.principal as any)?.type,
        ),
      ),
  });

  const gitopsPlugin = createBackendPlugin({
    pluginId: 'gitops',
    register(env) {
      const observers = new ObserverRegistry();
      env.registerExtensionPoint(gitopsObserversExtensionPoint, observers);
      env.registerInit({
        deps: {
          auditor: coreServices.auditor,
          auth: coreServices.auth,
          catalog: catalogServiceRef,
          config: coreServices.rootConfig,
          database: coreServices.database,
          discovery: coreServices.discovery,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
          permissionsRegistry: coreServices.permissionsRegistry,
          actionsRegistry: actionsRegistryServiceRef,
        },
        async init(deps) {
          const store = await DatabaseGitopsStore.create(deps);
          await options.seed(store);
          opened = store;
          listApplications = jest.spyOn(store, 'listApplications');
          const answers = createGitopsAnswers({
            ...deps,
            clusters: new ClusterConnection(deps),
            dora: new DoraService({ store }),
            gitops: {
              environments: [
                { name: 'dev', title: 'Dev', tier: 'development' },
                { name: 'staging', title: 'Staging', tier: 'staging' },
                { name: 'production', title: 'Production', tier: 'production' },
                { name: 'preview', title: 'Preview', tier: 'preview' },
              ],
              platformRepository: options.platformRepository,
            },
            observers: () => observers.list(),
            store,
            now: () => Date.now() + clock.ahead,
          });
          deps.httpRouter.use(
            createRouter({ httpAuth: deps.httpAuth, answers }),
          );
          registerGitopsActions({
            actionsRegistry: deps.actionsRegistry,
            answers,
          });
        },
      });
    },
  });

  const backend = await startTestBackend({
    features: [
      gitopsPlugin,
      gitopsModuleArgocd,
      gitopsModuleFlux,
      kubernetesPlugin(patches, options),
      auditor.factory,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => catalog,
      }),
      createServiceFactory({
        service: actionsRegistryServiceRef,
        deps: {},
        factory: () => actions,
      }),
      permissions.factory,
      mockServices.rootConfig.factory({ data: options.config ?? {} }),
    ],
  });
  return {
    server: backend.server,
    patches,
    /** Milliseconds by which what is kept for some time is older. */
    clock,
    audited,
    actions,
    queryEntities,
    authorizeConditional: permissions.authorizeConditional,
    listApplications: listApplications!,
    store: opened!,
    stop: () => backend.stop(),
  };
}

/** Header of a user, for example `ada`. */
export function as(user: string): string {
  return mockCredentials.user.header(`user:default/${user}`);
}
