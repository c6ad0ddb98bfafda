/** What an environment is for; DORA counts the deployments of the production tier. @public */
export const ENVIRONMENT_TIERS = [
  'development',
  'staging',
  'production',
  'preview',
] as const;

/** One of {@link ENVIRONMENT_TIERS}. @public */
export type EnvironmentTier = (typeof ENVIRONMENT_TIERS)[number];

/** A named stage of `gitops.environments`; the order of the list is the order of promotion. @public */
export interface Environment {
  /** Value of the label `fairway.dev/environment`, for example `staging`. */
  name: string;
  /** What people read, for example "Staging"; the name when not configured. */
  title: string;
  tier: EnvironmentTier;
}
