import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Fact,
  type FactKind,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';

/** Facts of what makes applications and of what they must keep to. */
const MAKERS: FactKind[] = ['generator', 'preview', 'project'];

/** True for an ApplicationSet, a ResourceSet with its inputs, or a project. */
export function isMaker({ kind }: Pick<Fact, 'kind'>): boolean {
  return MAKERS.includes(kind);
}

/** When applications of a project may sync, or must not. */
export interface WindowView {
  kind: 'allow' | 'deny';
  schedule: string;
  duration: string;
  timeZone: string;
  /** Patterns of what it is about; empty when that is nothing. */
  concerns: Array<{
    of: 'applications' | 'namespaces' | 'clusters';
    patterns: string[];
  }>;
  /** All of them must fit, not one of them. */
  needsAll: boolean;
  manualSync: boolean;
  description?: string;
}

/** What a project lets its applications do. */
export interface ProjectView {
  of: 'project';
  description?: string;
  windows: WindowView[];
  /** Patterns; a missing one is any. */
  destinations: Array<{ namespace: string; cluster: string }>;
  repositories: string[];
}

/** One application that a generator made, as the generator sees it. */
export interface GeneratedView {
  name: string;
  health?: HealthStatus;
  sync?: SyncStatus;
  step?: number;
  /** The engine's own word for its progress. */
  status?: string;
}

/** What a generator reads, and what it made of it. */
export interface GeneratorView {
  of: 'generator';
  generators: string[];
  reads: string[];
  inputs: string[];
  /** Worst first. */
  applications: GeneratedView[];
  applicationCount: number;
  steps?: number;
}

/** What inputs are read from, and the pull requests among them. */
export interface InputsView {
  of: 'inputs';
  provider: string;
  url?: string;
  labels: string[];
  inputs: number;
  pullRequests: Array<{ id: string; title?: string; author?: string }>;
}

/** The details of a fact of a maker, as far as they are what they should be. */
export function readMaker(
  fact: Fact,
): ProjectView | GeneratorView | InputsView {
  const fields = FactFields.of(fact.details);
  if (fact.kind === 'project') {
    return readProject(fields);
  }
  return fields.has('provider') ? readInputs(fields) : readGenerator(fields);
}

function readProject(fields: FactFields): ProjectView {
  return {
    of: 'project',
    description: fields.string('description'),
    windows: fields.list('syncWindows').flatMap(readWindow),
    destinations: fields.list('destinations').map(destination => ({
      namespace: destination.string('namespace') ?? '*',
      cluster:
        destination.string('name') ?? destination.string('server') ?? '*',
    })),
    repositories: fields.strings('sourceRepos'),
  };
}

function readWindow(fields: FactFields): WindowView[] {
  const kind = fields.oneOf('kind', ['allow', 'deny']);
  const schedule = fields.string('schedule');
  const duration = fields.string('duration');
  if (!kind || !schedule || !duration) {
    return [];
  }
  return [
    {
      ...{ kind, schedule, duration },
      timeZone: fields.string('timeZone') ?? 'UTC',
      concerns: (['applications', 'namespaces', 'clusters'] as const)
        .map(of => ({ of, patterns: fields.strings(of) }))
        .filter(({ patterns }) => patterns.length > 0),
      needsAll: fields.boolean('andOperator') === true,
      manualSync: fields.boolean('manualSync') === true,
      description: fields.string('description'),
    },
  ];
}

function readGenerator(fields: FactFields): GeneratorView {
  const applications = fields.list('applications').flatMap(application => {
    const name = application.string('name');
    return name
      ? [
          {
            name,
            health: application.oneOf('health', HEALTH_STATUSES),
            sync: application.oneOf('sync', SYNC_STATUSES),
            step: application.number('step'),
            status: application.string('status'),
          },
        ]
      : [];
  });
  return {
    of: 'generator',
    generators: fields.strings('generators'),
    reads: fields.strings('reads'),
    inputs: fields.strings('inputProviders'),
    applications: worstFirst(applications),
    applicationCount: Math.max(
      fields.number('applicationCount') ?? 0,
      applications.length,
    ),
    steps: fields.number('rolloutSteps'),
  };
}

function worstFirst(applications: GeneratedView[]): GeneratedView[] {
  const rank = ({ health, sync }: GeneratedView) =>
    HEALTH_STATUSES.indexOf(health ?? 'healthy') * 2 +
    Number(sync === 'out-of-sync');
  return [...applications].sort((a, b) => rank(b) - rank(a));
}

function readInputs(fields: FactFields): InputsView {
  return {
    of: 'inputs',
    provider: fields.string('provider') ?? '',
    url: fields.string('url'),
    labels: fields.strings('labels'),
    inputs: fields.number('inputs') ?? 0,
    pullRequests: fields.list('pullRequests').flatMap(pullRequest => {
      const id = pullRequest.string('id');
      return id
        ? [
            {
              id,
              title: pullRequest.string('title'),
              author: pullRequest.string('author'),
            },
          ]
        : [];
    }),
  };
}
