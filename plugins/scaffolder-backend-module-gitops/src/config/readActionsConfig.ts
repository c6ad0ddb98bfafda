import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  ENVIRONMENT_TIERS,
  type EnvironmentTier,
} from '@fairway/plugin-gitops-common';

/** What the actions take from app-config. */
export interface ActionsConfig {
  /** Where registrations go, in the scaffolder's form `host?owner=platform&repo=gitops`. */
  platformRepository?: string;
  /** Registry of images, for example `registry.example.com`; default the forge's own. */
  imageRegistry?: string;
  /** Tier of each configured environment. */
  tiers: Map<string, EnvironmentTier>;
  /** Author of commits. */
  author: { name: string; email: string };
}

const USUAL_TIERS: Record<string, EnvironmentTier> = {
  dev: 'development',
  development: 'development',
  staging: 'staging',
  production: 'production',
  prod: 'production',
};

/** @throws InputError naming the key that is wrong. */
export function readActionsConfig(config: Config): ActionsConfig {
  const tiers = new Map(Object.entries(USUAL_TIERS));
  for (const entry of config.getOptionalConfigArray('gitops.environments') ??
    []) {
    const name = entry.getString('name');
    const tier = entry.getOptionalString('tier');
    if (tier !== undefined) {
      if (!ENVIRONMENT_TIERS.includes(tier as EnvironmentTier)) {
        throw new InputError(
          `gitops.environments: "${name}" has the tier "${tier}", which is not one of ${ENVIRONMENT_TIERS.join(
            ', ',
          )}`,
        );
      }
      tiers.set(name, tier as EnvironmentTier);
    }
  }
  return {
    platformRepository: config.getOptionalString('gitops.platformRepository'),
    imageRegistry: config.getOptionalString('gitops.imageRegistry'),
    tiers,
    author: {
      name:
        config.getOptionalString('scaffolder.defaultAuthor.name') ??
        'Scaffolder',
      email:
        config.getOptionalString('scaffolder.defaultAuthor.email') ??
        'scaffolder@backstage.io',
    },
  };
}
