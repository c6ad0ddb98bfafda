import {
  failedBefore,
  type Application,
  type FleetCell,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { firstSentence } from './format';

/** What is wrong with one application: one sentence, and everything the engine said. */
export interface Trouble {
  kind: 'health' | 'operation' | 'sync' | 'condition';
  /** The health that is wrong, for `health`. */
  health?: HealthStatus;
  /** Kind and name of the object at fault, for example "Deployment orders". */
  object?: string;
  /** One sentence in the engine's words; absent when it gave none. */
  sentence?: string;
  /** Everything the engine said, in full. */
  details: string[];
  /** ISO time since when it is so. */
  since?: string;
}

const WELL: HealthStatus[] = ['healthy', 'progressing', 'suspended'];

function unique(texts: Array<string | undefined>): string[] {
  return [
    ...new Set(texts.map(text => text?.trim()).filter(Boolean)),
  ] as string[];
}

/** The worst thing that is wrong with an application; undefined when nothing is. */
export function troubleOf(application: Application): Trouble | undefined {
  const culprit =
    application.resources.find(
      ({ health, message }) => health === 'degraded' && message,
    ) ??
    application.resources.find(
      ({ health }) => health === 'degraded' || health === 'missing',
    );
  const failed =
    application.operation?.phase === 'failed' &&
    !application.operation.dryRun &&
    !failedBefore(application)
      ? application.operation
      : undefined;
  const details = unique([
    application.healthMessage,
    failed?.message,
    application.syncMessage,
    ...application.resources.map(resource =>
      resource.message && resource.health !== 'healthy'
        ? `${resource.kind} ${resource.name}: ${resource.message}`
        : undefined,
    ),
    ...application.conditions.map(({ type, message }) => `${type}: ${message}`),
  ]);
  const sentence = (text?: string) => (text ? firstSentence(text) : undefined);

  if (!WELL.includes(application.health)) {
    return {
      kind: 'health',
      health: application.health,
      object: culprit && `${culprit.kind} ${culprit.name}`,
      sentence: sentence(
        culprit?.message ??
          application.healthMessage ??
          failed?.message ??
          application.conditions[0]?.message,
      ),
      details,
      since: application.healthSince,
    };
  }
  if (failed) {
    return {
      kind: 'operation',
      sentence: sentence(failed.message),
      details,
      since: failed.finishedAt ?? failed.startedAt,
    };
  }
  if (application.sync === 'out-of-sync') {
    return {
      kind: 'sync',
      sentence: sentence(application.syncMessage),
      details,
      since: application.syncSince,
    };
  }
  const error = application.conditions.find(({ type }) => /error/i.test(type));
  return error
    ? {
        kind: 'condition',
        sentence: sentence(error.message),
        details,
        since: error.since,
      }
    : undefined;
}

/** The same from what a cell of the fleet knows, until the whole application is there. */
export function troubleOfCell(cell: FleetCell): Trouble | undefined {
  if (!WELL.includes(cell.health)) {
    return {
      kind: 'health',
      health: cell.health,
      sentence: cell.healthMessage && firstSentence(cell.healthMessage),
      details: unique([cell.healthMessage, cell.syncMessage]),
      since: cell.healthSince,
    };
  }
  if (cell.sync === 'out-of-sync') {
    return {
      kind: 'sync',
      sentence: cell.syncMessage && firstSentence(cell.syncMessage),
      details: unique([cell.syncMessage]),
    };
  }
  return undefined;
}
