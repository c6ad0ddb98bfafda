import type { ObservedOrigin } from './GitopsStore';
import type { RecordedVersion } from './ObjectVersion';
import type { DbOriginColumns } from './tables';

/** The columns that say where a row came from, and when. */
export function originColumns(
  origin: ObservedOrigin,
  recordedAt: string,
): DbOriginColumns {
  const { cluster, resource, object, version } = origin;
  return {
    ...{ cluster, resource, object },
    object_version: version ? JSON.stringify(version) : null,
    recorded_at: recordedAt,
  };
}

/** Where a row came from. */
export function toOrigin(row: DbOriginColumns): ObservedOrigin {
  const { cluster, resource, object, object_version: version } = row;
  return {
    ...{ cluster, resource, object },
    ...(version ? { version: JSON.parse(version) } : {}),
  };
}

/** The version of a row that was selected with these columns. */
export function toRecordedVersion(
  row: Pick<DbOriginColumns, 'object_version' | 'recorded_at'>,
): RecordedVersion {
  return {
    ...(row.object_version ? { version: JSON.parse(row.object_version) } : {}),
    ...(row.recorded_at ? { recordedAt: row.recorded_at } : {}),
  };
}
