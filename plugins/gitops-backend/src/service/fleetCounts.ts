import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Application,
  type FleetResponse,
  type FleetRow,
} from '@fairway/plugin-gitops-common';
import { isUnregistered } from './fleetRows';

function countBy<T extends string>(
  values: readonly T[],
  applications: readonly Application[],
  read: (application: Application) => T,
): Record<T, number> {
  return Object.fromEntries(
    values.map(value => [
      value,
      applications.filter(application => read(application) === value).length,
    ]),
  ) as Record<T, number>;
}

/** How many there are of what the caller may see, whatever is filtered. */
export function fleetCounts(
  rows: readonly FleetRow[],
  applications: readonly Application[],
): FleetResponse['counts'] {
  return {
    services: rows.filter(({ entityRef }) => entityRef).length,
    applications: applications.length,
    health: countBy(HEALTH_STATUSES, applications, one => one.health),
    sync: countBy(SYNC_STATUSES, applications, one => one.sync),
    unregistered: rows.filter(isUnregistered).length,
  };
}
