import { toError } from '@backstage/errors';
import type {
  Application,
  Fact,
  SyncWindow,
} from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';
import { concerns } from './concerns';
import { readSyncWindows } from './readSyncWindows';
import { windowState, zoneOf, type WindowState } from './windowState';

type Placed = WindowState & { window: SyncWindow };

/**
 * Why the sync windows of its project forbid a sync of the application that somebody asks for
 * now, in one sentence that says when they will not; undefined when they allow it.
 *
 * @remarks
 * The source of the rule is `SyncWindows.CanSync(isManual: true)` of Argo CD, for a sync that has
 * not begun. Of the windows that concern the application:
 * - none: allowed;
 * - one that cannot be read: forbidden, because Argo CD then starts no sync at all;
 * - an open deny window: forbidden, unless all open deny windows have `manualSync`;
 * - else an open allow window: allowed;
 * - else a closed allow window: forbidden, unless all allow windows have `manualSync`.
 *
 * Windows that a project inherits from Argo CD's global projects are not known here, nor are those
 * of a project that was not seen; Argo CD itself holds a sync back that they forbid.
 */
export function refusalOfWindows(
  application: Application,
  options: WindowOptions,
): string | undefined {
  return explainWindows(application, {
    ...options,
    isManual: true,
    subject: `Project ${application.project} forbids a sync of ${application.ref.name} now`,
  });
}

/**
 * Why the sync windows of its project keep Argo CD from syncing the application by itself now;
 * undefined when they do not.
 *
 * @remarks
 * The same rule with `isManual: false`: what `manualSync` allows is for people alone.
 */
export function holdOfWindows(
  application: Application,
  options: WindowOptions,
): string | undefined {
  return explainWindows(application, {
    ...options,
    isManual: false,
    subject: `Project ${application.project} keeps Argo CD from syncing ${application.ref.name} by itself now`,
  });
}

interface WindowOptions {
  projects: readonly Fact[];
  now: Date;
}

function explainWindows(
  application: Application,
  options: WindowOptions & { isManual: boolean; subject: string },
): string | undefined {
  const { isManual, subject } = options;
  const project = projectOf(application, options.projects);
  const windows = project
    ? readSyncWindows(ObjectFields.of(project.details)).filter(window =>
        concerns(window, application),
      )
    : [];
  try {
    const placed = windows.map(window => ({
      window,
      ...windowState(window, options.now),
    }));
    const refusal = judge(placed, isManual);
    return refusal && `${subject}: ${refusal}`;
  } catch (error) {
    return `${subject}, because one of its sync windows cannot be read: ${
      toError(error).message
    }; correct the window in Git`;
  }
}

/**
 * The project that the application is in: that of its own Argo CD, which says in which namespace
 * it runs; an application beside its Argo CD that does not is in one of its namespace. Another
 * installation may have a project of the same name, which has no say.
 */
function projectOf(
  application: Application,
  projects: readonly Fact[],
): Fact | undefined {
  const { project, projectNamespace, ref } = application;
  return projects.find(
    candidate =>
      candidate.ref.name === project &&
      candidate.ref.namespace === (projectNamespace ?? ref.namespace),
  );
}

/**
 * What to tell of windows that nobody knows here, because the project was not seen; undefined
 * when it was. A sync is asked for all the same: Argo CD holds it back itself.
 */
export function noteOnWindows(
  application: Application,
  projects: readonly Fact[],
): string | undefined {
  return projectOf(application, projects)
    ? undefined
    : `the sync windows of project ${application.project} are not known here, and Argo CD holds it back while one forbids it`;
}

function judge(
  placed: readonly Placed[],
  isManual: boolean,
): string | undefined {
  const allows = ({ window }: Placed) => isManual && window.manualSync;
  const open = placed.filter(({ isOpen }) => isOpen);
  const forbidding = open.filter(
    one => one.window.kind === 'deny' && !allows(one),
  );
  if (forbidding.length > 0) {
    // The last one to end: a sync is possible after it.
    const [last] = [...forbidding].sort((a, b) => timeOf(b) - timeOf(a));
    return `its ${nameOf(last.window)} ${
      last.changesAt ? `is open until ${timeText(last)}` : 'never closes'
    }; wait until then, or have the window changed in Git`;
  }
  if (open.length > 0) {
    // Open deny windows are left only if they all allow what somebody asks for.
    return undefined;
  }
  const closed = placed.filter(({ window }) => window.kind === 'allow');
  if (closed.every(allows)) {
    return undefined;
  }
  const [next] = [...closed].sort((a, b) => timeOf(a) - timeOf(b));
  return `it may sync only in its allow windows, and none is open; the next one is the ${nameOf(
    next.window,
  )}, which ${
    next.changesAt ? `opens at ${timeText(next)}` : 'never opens'
  }; wait until then, or have the window changed in Git`;
}

function timeOf({ changesAt }: Placed): number {
  return changesAt?.toMillis() ?? Infinity;
}

function timeText({ changesAt, window }: Placed): string {
  return `${changesAt?.toFormat('yyyy-LL-dd HH:mm')} ${zoneOf(window)}`;
}

function nameOf(window: SyncWindow): string {
  const { kind, schedule, duration, description } = window;
  return `${kind} window '${schedule}' for ${duration}${
    description ? ` (${description})` : ''
  }`;
}
