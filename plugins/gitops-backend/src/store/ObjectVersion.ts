import type { KubernetesObject } from '@fairway/plugin-gitops-node';

/** What the API server says about the version of an object that was observed. */
export interface ObjectVersion {
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** ISO time. */
  createdAt?: string;
}

/** The version of an object. */
export function objectVersionOf({ metadata }: KubernetesObject): ObjectVersion {
  const { uid, resourceVersion, generation, creationTimestamp } = metadata;
  return {
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(generation ? { generation } : {}),
    ...(creationTimestamp ? { createdAt: creationTimestamp } : {}),
  };
}

/** Whether two versions are of different objects, which had the same name one after the other. */
export function isAnotherObject(
  one: ObjectVersion | undefined,
  other: ObjectVersion | undefined,
): boolean {
  return (
    one?.uid !== undefined && other?.uid !== undefined && one.uid !== other.uid
  );
}

const NUMBER = /^(0|[1-9]\d*)$/;

/** Undefined when nobody can tell. */
function isSmaller(a: string = '', b: string = ''): boolean | undefined {
  if (!NUMBER.test(a) || !NUMBER.test(b)) {
    return undefined;
  }
  return a.length === b.length ? a < b : a.length < b.length;
}

/**
 * Whether one version of an object was superseded by another. False when nobody can tell.
 *
 * @remarks
 * Since Kubernetes 1.35 resourceVersions of one kind are decimal numbers that grow with every
 * write, and may be compared (KEP-5504); API servers on etcd have always made them so. Where they
 * are something else the generation decides, which only changes of the spec increase. An object
 * that was deleted and created again has another uid; then the time of its creation decides, and
 * the resourceVersion when that is the same second or not known.
 */
export function isOlderVersion(
  candidate: ObjectVersion,
  than: ObjectVersion,
): boolean {
  const isSmallerVersion = isSmaller(
    candidate.resourceVersion,
    than.resourceVersion,
  );
  if (candidate.uid !== than.uid) {
    const apart =
      Date.parse(than.createdAt ?? '') - Date.parse(candidate.createdAt ?? '');
    return apart ? apart > 0 : isSmallerVersion ?? false;
  }
  if (isSmallerVersion !== undefined) {
    return isSmallerVersion;
  }
  return (
    candidate.generation !== undefined &&
    than.generation !== undefined &&
    candidate.generation < than.generation
  );
}

/**
 * What comes late comes within this time: longer than any request lasts, and than a replica that
 * lost its lease goes on.
 */
const LATE_MILLIS = 60_000;

/** A version, and when it was recorded (ISO time). */
export interface RecordedVersion {
  version?: ObjectVersion;
  recordedAt?: string;
}

/**
 * Whether an observation is one that comes too late, and must change nothing.
 *
 * @remarks
 * An older version is believed when the newer one was recorded a while ago: then it is the
 * cluster that went back, because it was restored from a backup.
 */
export function isLate(
  candidate: ObjectVersion | undefined,
  recorded: RecordedVersion,
  now: Date,
): boolean {
  return (
    candidate !== undefined &&
    recorded.version !== undefined &&
    recorded.recordedAt !== undefined &&
    now.getTime() - Date.parse(recorded.recordedAt) < LATE_MILLIS &&
    isOlderVersion(candidate, recorded.version)
  );
}
