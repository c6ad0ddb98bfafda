import type {
  Application,
  FleetResponse,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { areRunsOpen } from './commandRuns';

/** How long to wait before looking again, while something is on its way. */
export const FAST_REFRESH_MS = 3_000;

/** How long to wait before looking again, when nothing is expected to change. */
export const SLOW_REFRESH_MS = 30_000;

/** True while an application has something that should end by itself soon. */
export function isApplicationInMotion({
  health,
  operation,
}: Application): boolean {
  return (
    health === 'progressing' ||
    operation?.phase === 'running' ||
    operation?.phase === 'terminating'
  );
}

/** True while a service has something that should end by itself soon. */
export function serviceInMotion(service: ServiceResponse): boolean {
  return (
    areRunsOpen(service.commandRuns) ||
    service.facts.some(
      ({ kind, health }) => kind === 'rollout' && health === 'progressing',
    ) ||
    [
      ...service.environments.flatMap(({ applications }) => applications),
      ...service.otherApplications,
    ].some(isApplicationInMotion)
  );
}

/** True while a shown cell of the fleet is progressing. */
export function fleetInMotion(fleet: FleetResponse): boolean {
  return fleet.rows.some(row =>
    row.cells.some(({ health }) => health === 'progressing'),
  );
}

/**
 * Milliseconds until the next look: fast while something moves, slow otherwise; after
 * failures twice as long each time, never longer than slow.
 */
export function refreshInterval(state: {
  inMotion: boolean;
  failures: number;
}): number {
  if (state.failures > 0) {
    return Math.min(
      SLOW_REFRESH_MS,
      FAST_REFRESH_MS * 2 ** (state.failures - 1),
    );
  }
  return state.inMotion ? FAST_REFRESH_MS : SLOW_REFRESH_MS;
}
