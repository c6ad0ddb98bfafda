import { git, type PlaygroundForge } from '../forge';
import type { History } from './History';
import { sampleTeams } from './people';
import {
  catalogHistory,
  gitopsHistory,
  observabilityHistory,
} from './platformHistories';
import { sampleServices } from './sampleServices';
import { ServiceSimulation } from './simulateService';

/** A repository of the sample world, thought out but not yet written. */
export interface SampleRepository {
  owner: string;
  name: string;
  description: string;
  history: History;
}

/** What the world knows that cannot be read from its repositories. */
export interface SeededWorld {
  /** ISO 8601. */
  seededAt: string;
  /**
   * By Argo CD Application: the commit to which somebody synced it by hand before the
   * playground began, where that is not the newest.
   */
  syncedTo: Record<string, string>;
}

/** Thinks out all repositories; the same for the same day, hour and forge. */
export function sampleWorld(options: { url: string; now: number }): {
  repositories: SampleRepository[];
  syncedTo: Record<string, string>;
} {
  const { url, now } = options;
  const syncedTo: Record<string, string> = {};
  const services = sampleServices.map(service => {
    const simulation = new ServiceSimulation(service, now);
    simulation.run(now);
    const manual = service.policies.production === 'manual';
    if (service.engine === 'argocd' && manual && simulation.beforePromotion) {
      syncedTo[`${service.name}-production`] = simulation.beforePromotion;
    }
    const { team: owner, name, description } = service;
    return { owner, name, description, history: simulation.history };
  });
  const platform = { owner: 'platform' };
  const place = { url, now };
  const repositories = [
    ...services,
    {
      ...platform,
      name: 'gitops',
      description: 'What runs where: the registrations with Argo CD and Flux',
      history: gitopsHistory(place),
    },
    {
      ...platform,
      name: 'catalog',
      description: 'Teams, people and services, as the portal reads them',
      history: catalogHistory(place),
    },
    {
      ...platform,
      name: 'observability',
      description: 'Grafana for all teams',
      history: observabilityHistory(place),
    },
  ];
  return { repositories, syncedTo };
}

/** Writes the sample world into a forge that is running. */
export async function seedWorld(options: {
  forge: PlaygroundForge;
  now?: number;
}): Promise<SeededWorld> {
  const { forge } = options;
  const now = options.now ?? Date.now();
  const { repositories, syncedTo } = sampleWorld({ url: forge.url, now });
  for (const team of sampleTeams) await forge.createOrganisation(team.name);
  for (const repository of repositories) {
    const { owner, name, description } = repository;
    await forge.createRepository({ owner, name, description });
    await write(forge, repository);
  }
  return { seededAt: new Date(now).toISOString(), syncedTo };
}

async function write(forge: PlaygroundForge, repository: SampleRepository) {
  const { owner, name, history } = repository;
  const directory = forge.gitDirectory(`${forge.url}/${owner}/${name}`);
  if (!directory) throw new Error(`${owner}/${name} was not created`);
  await git(directory, ['fast-import', '--quiet', '--done'], {
    input: history.stream(),
  });
  const tip = (await git(directory, ['rev-parse', 'refs/heads/main'])).trim();
  if (tip !== history.tip) {
    throw new Error(
      `The history of ${owner}/${name} was written as ${tip}, not as ${history.tip}`,
    );
  }
}
