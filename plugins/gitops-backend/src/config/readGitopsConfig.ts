import { readDurationFromConfig, type Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  ENVIRONMENT_TIERS,
  type Environment,
  type EnvironmentTier,
} from '@fairway/plugin-gitops-common';
import { durationToMilliseconds } from '@backstage/types';

/** An Argo CD installation, for links. */
export interface ArgocdInstanceConfig {
  name: string;
  /** Public URL of its user interface, without a slash at the end. */
  url: string;
  /** The cluster whose applications it shows; absent: those that no other instance names. */
  cluster?: string;
}

/** The section `gitops:` of app-config, validated and with its defaults. */
export interface GitopsConfig {
  /** In the order of promotion. */
  environments: Environment[];
  argocd: { instances: ArgocdInstanceConfig[] };
  dora: {
    bands: 2021 | 2023;
    failureWindowSeconds: number;
    backfillDays: number;
  };
  /** Repository URL in the scaffolder's form. */
  platformRepository?: string;
}

const DEFAULT_ENVIRONMENTS: Environment[] = [
  { name: 'dev', title: 'Dev', tier: 'development' },
  { name: 'staging', title: 'Staging', tier: 'staging' },
  { name: 'production', title: 'Production', tier: 'production' },
];
const DEFAULT_BACKFILL_DAYS = 90;
const MAXIMUM_BACKFILL_DAYS = 3650;
const HOUR_SECONDS = 3600;

/** What a label's value may be; Kubernetes' own rule, in lower case. */
const ENVIRONMENT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function capitalize(name: string): string {
  return name.charAt(0).toLocaleUpperCase('en') + name.slice(1);
}

function rejectDuplicates(names: readonly string[], key: string): void {
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) {
    throw new InputError(
      `Invalid configuration at '${key}': '${duplicate}' is there twice; names must be unique`,
    );
  }
}

function readEnvironments(config?: Config): Environment[] {
  const sections = config?.getOptionalConfigArray('environments');
  if (!sections) {
    return DEFAULT_ENVIRONMENTS;
  }
  const environments = sections.map((section, index): Environment => {
    const key = `gitops.environments[${index}]`;
    const name = section.getString('name');
    if (!ENVIRONMENT_NAME.test(name)) {
      throw new InputError(
        `Invalid configuration at '${key}.name': '${name}' cannot be the value of a label; use lower-case letters, digits and dashes`,
      );
    }
    const tier = section.getString('tier');
    if (!(ENVIRONMENT_TIERS as readonly string[]).includes(tier)) {
      throw new InputError(
        `Invalid configuration at '${key}.tier': '${tier}' is not one of ${ENVIRONMENT_TIERS.join(
          ', ',
        )}`,
      );
    }
    return {
      name,
      title: section.getOptionalString('title') ?? capitalize(name),
      tier: tier as EnvironmentTier,
    };
  });
  rejectDuplicates(
    environments.map(environment => environment.name),
    'gitops.environments',
  );
  return environments;
}

function readUrl(config: Config, key: string): string {
  const text = config.getString('url');
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InputError(
      `Invalid configuration at '${key}.url': '${text}' is not an http or https URL`,
    );
  }
  return text.replace(/\/+$/, '');
}

function readArgocdInstances(config?: Config): ArgocdInstanceConfig[] {
  const sections = config?.getOptionalConfigArray('argocd.instances') ?? [];
  const instances = sections.map((section, index): ArgocdInstanceConfig => {
    const name = section.getString('name');
    // With a token its applications come through its API, which stands as a cluster of its name.
    const cluster =
      section.getOptionalString('cluster') ??
      (section.has('token') ? name : undefined);
    return {
      name,
      url: readUrl(section, `gitops.argocd.instances[${index}]`),
      ...(cluster ? { cluster } : {}),
    };
  });
  rejectDuplicates(
    instances.map(instance => instance.name),
    'gitops.argocd.instances',
  );
  return instances;
}

function readBackfillDays(config?: Config): number {
  const days =
    config?.getOptionalNumber('dora.backfill.days') ?? DEFAULT_BACKFILL_DAYS;
  if (!Number.isInteger(days) || days < 0 || days > MAXIMUM_BACKFILL_DAYS) {
    throw new InputError(
      `Invalid configuration at 'gitops.dora.backfill.days': ${days} is not a whole number of days from 0 to ${MAXIMUM_BACKFILL_DAYS}`,
    );
  }
  return days;
}

function readDora(config?: Config): GitopsConfig['dora'] {
  const bands = config?.getOptionalNumber('dora.bands') ?? 2023;
  if (bands !== 2021 && bands !== 2023) {
    throw new InputError(
      `Invalid configuration at 'gitops.dora.bands': there is a table of 2021 and one of 2023, not of ${bands}`,
    );
  }
  const failureWindowSeconds = config?.has('dora.failureWindow')
    ? durationToMilliseconds(
        readDurationFromConfig(config, { key: 'dora.failureWindow' }),
      ) / 1000
    : HOUR_SECONDS;
  if (!(failureWindowSeconds > 0)) {
    throw new InputError(
      "Invalid configuration at 'gitops.dora.failureWindow': it must be longer than nothing",
    );
  }
  return {
    bands,
    failureWindowSeconds,
    backfillDays: readBackfillDays(config),
  };
}

/**
 * Reads the section `gitops:`; everything in it is optional.
 *
 * @param root - the configuration of the whole portal
 * @throws InputError that names the key and says what is allowed
 */
export function readGitopsConfig(root: Config): GitopsConfig {
  const config = root.getOptionalConfig('gitops');
  const platformRepository = config?.getOptionalString('platformRepository');
  return {
    environments: readEnvironments(config),
    argocd: { instances: readArgocdInstances(config) },
    dora: readDora(config),
    ...(platformRepository ? { platformRepository } : {}),
  };
}
