import {
  APPLICATION_COMMANDS,
  HEALTH_STATUSES,
  type FactKind,
} from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  CommandPatch,
  CommandProgress,
  FactObservation,
  Observation,
} from '../../GitopsObserver';
import { CONTEXT } from './contractContext';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FACT_KINDS: Record<FactKind, true> = {
  rollout: true,
  preview: true,
  policy: true,
  secret: true,
  backup: true,
  generator: true,
  project: true,
};
const SYNC_STATUSES = ['synced', 'out-of-sync', 'unknown'];
const PROGRESS_STATES = [
  'requested',
  'running',
  'succeeded',
  'failed',
  'superseded',
];

function expectTime(time: string | undefined): void {
  expect(time ?? CONTEXT.now.toISOString()).toMatch(ISO_TIME);
}

/** Path of the first thing that JSON would drop or change: functions, instances, NaN. */
function firstNotJson(value: unknown, path = ''): string | undefined {
  if (typeof value === 'object' && value !== null) {
    const prototype = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && Object.getPrototypeOf(prototype ?? {})) {
      return path;
    }
    for (const [key, item] of Object.entries(value)) {
      const found = firstNotJson(item, `${path}.${key}`);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }
  const isJson =
    value === undefined ||
    value === null ||
    ['string', 'boolean'].includes(typeof value) ||
    Number.isFinite(value);
  return isJson ? undefined : path;
}

/** Survives being stored. */
function expectJson(value: unknown): void {
  expect(firstNotJson(value)).toBeUndefined();
}

/** What any observation must be, whatever its object looks like. */
export function expectWellFormed(
  observations: Observation[],
  name: string,
): void {
  expectJson(observations);
  const parts = observations
    .filter(observation => observation.type === 'fact')
    .map(fact => `${fact.kind}/${fact.part ?? ''}`);
  expect(new Set(parts).size).toBe(parts.length);
  for (const observation of observations) {
    expect(observation.ref.cluster).toBe(CONTEXT.cluster);
    expect(observation.ref.name).toBe(name);
    switch (observation.type) {
      case 'application':
        expectApplication(observation);
        break;
      case 'source':
        expect(typeof observation.ready).toBe('boolean');
        expect(observation.revision).not.toBe('');
        break;
      case 'fact':
        expectFact(observation);
        break;
      default:
        throw new Error(`Not an observation: ${JSON.stringify(observation)}`);
    }
  }
}

function expectApplication(observation: ApplicationObservation): void {
  const { deployments, images, externalUrls, resources } = observation;
  expect(SYNC_STATUSES).toContain(observation.sync);
  expect(HEALTH_STATUSES).toContain(observation.health);
  const keys = deployments.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const deployment of deployments) {
    expect(deployment.key).not.toBe('');
    expect(deployment.finishedAt).toMatch(ISO_TIME);
    expectTime(deployment.startedAt);
    expect(deployment.revision).not.toBe('');
  }
  expectTime(observation.healthSince);
  expectTime(observation.operation?.startedAt);
  expectTime(observation.operation?.finishedAt);
  for (const url of externalUrls) {
    expect(url).toMatch(/^https?:\/\//);
  }
  for (const ref of [
    observation.sourceRef,
    observation.parent,
    ...(observation.dependsOn ?? []),
  ]) {
    expect(ref?.cluster ?? CONTEXT.cluster).toBe(CONTEXT.cluster);
    expect(ref?.name).not.toBe('');
  }
  expect(images).toEqual([...new Set(images)].sort());
  expect(observation.resourceCount ?? resources.length).toBeGreaterThanOrEqual(
    resources.length,
  );
  for (const command of observation.commands) {
    expect(APPLICATION_COMMANDS).toContain(command);
  }
}

function expectFact(observation: FactObservation): void {
  expect(Object.keys(FACT_KINDS)).toContain(observation.kind);
  expect(HEALTH_STATUSES).toContain(observation.health);
  expect(observation.title.trim()).not.toBe('');
  expect(typeof observation.details).toBe('object');
  expectTime(observation.failure?.startedAt);
  expectTime(observation.series?.at);
  if (observation.failure) {
    expect(observation.failure.reason).not.toBe('');
  }
}

/** One write to a cluster. */
export function expectPatch(patch: CommandPatch): void {
  const { ref, plural } = patch;
  expectJson(patch);
  expect(ref.cluster).toBe(CONTEXT.cluster);
  expect(ref.name).not.toBe('');
  expect(ref.apiVersion).toMatch(/^([a-z0-9.-]+\/)?v\d+[a-z0-9]*$/);
  expect(plural).toMatch(/^[a-z]+$/);
}

/** All writes of a command. */
export function expectPatches(patches: CommandPatch[]): void {
  expect(patches.length).toBeGreaterThan(0);
  patches.forEach(expectPatch);
  expect(patches.at(-1)?.optional ?? false).toBe(false);
}

/** What may be said of a command. */
export function expectProgress(progress: CommandProgress | undefined): void {
  if (progress) {
    expectJson(progress);
    expect(PROGRESS_STATES).toContain(progress.state);
    expect(progress.message).not.toBe('');
    expectTime(progress.finishedAt);
    expect(progress.results?.length ?? 0).toBeLessThanOrEqual(100);
  }
}
