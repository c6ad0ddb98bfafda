import type { SyncWindow } from '@fairway/plugin-gitops-common';
import {
  withoutCredentials,
  type ObjectFields,
} from '@fairway/plugin-gitops-node';

/**
 * The sync windows in `syncWindows` of an AppProject's `spec`, or of the details of its fact.
 * Windows that are neither `allow` nor `deny` have no effect in Argo CD and are left out.
 */
export function readSyncWindows(holder: ObjectFields): SyncWindow[] {
  return holder.list('syncWindows').flatMap(window => {
    const kind = window.string('kind');
    return kind === 'allow' || kind === 'deny'
      ? [
          {
            kind,
            schedule: window.string('schedule') ?? '',
            duration: window.string('duration') ?? '',
            timeZone: window.string('timeZone'),
            applications: window.strings('applications'),
            namespaces: window.strings('namespaces'),
            clusters: window.strings('clusters').map(withoutCredentials),
            andOperator: window.boolean('andOperator') === true,
            manualSync: window.boolean('manualSync') === true,
            syncOverrun: window.boolean('syncOverrun') === true,
            description: window.string('description'),
          },
        ]
      : [];
  });
}
