import type { EnvironmentModel, ServiceModel } from '../model';

/** What a registration tells of an environment. */
export type RegisteredEnvironment = Pick<
  EnvironmentModel,
  'name' | 'syncPolicy'
>;

/** What a registration tells of a service, whatever it is made of. */
export type RegisteredModel = Pick<
  ServiceModel,
  | 'name'
  | 'team'
  | 'partOf'
  | 'repoUrl'
  | 'revision'
  | 'path'
  | 'namespacePattern'
> & {
  /** Absent where the manifests are in a repository of their own. */
  layout?: ServiceModel['layout'];
  environments: RegisteredEnvironment[];
};
