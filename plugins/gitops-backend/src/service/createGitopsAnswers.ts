import type {
  AuditorService,
  AuthService,
  PermissionsRegistryService,
  PermissionsService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type {
  GitopsConnection,
  GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { GitopsConfig } from '../config';
import type { DoraService } from '../dora';
import { registerGitopsPermissions } from '../permissions';
import type { CommandStore, GitopsReader } from '../store';
import { AuthorizedGitopsAnswers } from './AuthorizedGitopsAnswers';
import { CommandRunner } from './CommandRunner';
import { DefaultGitopsAnswers } from './DefaultGitopsAnswers';
import { ForgeLookup } from './ForgeLookup';
import type { GitopsAnswers } from './GitopsAnswers';
import { NameChecker } from './NameChecker';
import { OwnersOfEntities } from './OwnersOfEntities';
import { ServiceDirectory } from './ServiceDirectory';

/** Everything that the answers need of the plugin. */
export interface CreateGitopsAnswersOptions {
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  clusters: Pick<ClusterApi, 'patch'>;
  config: RootConfigService;
  dora: DoraService;
  gitops: Pick<GitopsConfig, 'environments' | 'platformRepository'>;
  observers: () => readonly GitopsObserver[];
  /** Default: none. */
  connections?: () => readonly GitopsConnection[];
  /** A command was given, or could not be carried out. */
  onCommandChanged?(change: {
    applicationId: string;
    entityRef?: string;
  }): void;
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  store: GitopsReader & CommandStore;
}

/** Registers the permissions, and builds the answers that respect them. */
export function createGitopsAnswers(
  options: CreateGitopsAnswersOptions,
): GitopsAnswers {
  const { auth, catalog, clusters, observers, store } = options;
  const { permissionsRegistry } = options;
  registerGitopsPermissions({
    permissionsRegistry,
    store,
    owners: new OwnersOfEntities({ catalog, auth }),
  });
  const directory = new ServiceDirectory({ catalog });
  return new AuthorizedGitopsAnswers({
    auditor: options.auditor,
    directory,
    permissions: options.permissions,
    permissionsRegistry,
    answers: new DefaultGitopsAnswers({
      store,
      directory,
      dora: options.dora,
      environments: options.gitops.environments,
      commands: new CommandRunner({
        ...{ observers, clusters, store },
        connections: options.connections ?? (() => []),
        onChanged: change => options.onCommandChanged?.(change),
      }),
      names: new NameChecker({
        directory,
        store,
        forge: new ForgeLookup(ScmIntegrations.fromConfig(options.config)),
        platformRepository: options.gitops.platformRepository,
      }),
    }),
  });
}
