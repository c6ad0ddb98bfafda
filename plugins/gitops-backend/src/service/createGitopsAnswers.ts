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
import type { CatalogSnapshot } from '../catalog';
import type { ClusterApi } from '../cluster';
import type { GitopsConfig } from '../config';
import type { DoraService } from '../dora';
import { registerGitopsPermissions } from '../permissions';
import type { ChangeFeed, CommandStore, GitopsReader } from '../store';
import { AnswerCache } from './AnswerCache';
import { AuthorizedGitopsAnswers } from './AuthorizedGitopsAnswers';
import { CallerDecisions } from './CallerDecisions';
import { CommandRunner } from './CommandRunner';
import { DefaultGitopsAnswers } from './DefaultGitopsAnswers';
import { FleetIndex, FleetReader } from './fleet';
import { ForgeLookup } from './ForgeLookup';
import type { GitopsAnswers } from './GitopsAnswers';
import { NameChecker } from './NameChecker';
import { OwnersOfEntities } from './OwnersOfEntities';
import { ServiceDirectory } from './ServiceDirectory';
import { ServiceReader } from './ServiceReader';

/** Everything that the answers need of the plugin. */
export interface CreateGitopsAnswersOptions {
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  clusters: Pick<ClusterApi, 'get' | 'patch'>;
  config: RootConfigService;
  dora: DoraService;
  gitops: Pick<GitopsConfig, 'environments' | 'platformRepository'>;
  observers: () => readonly GitopsObserver[];
  /** What was read of the catalog last in the background, if anything is. */
  everything?: () => CatalogSnapshot | undefined;
  /** Default: none. */
  connections?: () => readonly GitopsConnection[];
  /** A command was given, or could not be carried out. */
  onCommandChanged?(change: {
    applicationId: string;
    entityRef?: string;
  }): void;
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  store: GitopsReader & CommandStore & ChangeFeed;
  /** Unix ms, for what is kept for some time; tests move it. */
  now?: () => number;
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
  const { environments, platformRepository } = options.gitops;
  const { dora, now } = options;
  const decisions = new CallerDecisions({
    permissions: options.permissions,
    now,
  });
  const directory = new ServiceDirectory({
    ...{ catalog, decisions, now },
    everything: options.everything,
  });
  const index = new FleetIndex({ source: store, now });
  const reading = { index, store, directory, dora, environments };
  return new AuthorizedGitopsAnswers({
    auditor: options.auditor,
    directory,
    decisions,
    permissionsRegistry,
    answers: new DefaultGitopsAnswers({
      ...reading,
      fleet: new FleetReader(reading),
      pages: new ServiceReader(reading),
      cache: new AnswerCache({ now }),
      commands: new CommandRunner({
        ...{ observers, clusters, store },
        connections: options.connections ?? (() => []),
        onChanged: change => options.onCommandChanged?.(change),
      }),
      names: new NameChecker({
        directory,
        store,
        forge: new ForgeLookup(ScmIntegrations.fromConfig(options.config)),
        platformRepository,
      }),
    }),
  });
}
