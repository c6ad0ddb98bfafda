import type { ApplicationCommand, CommandResource } from './Application';

/** What may be asked for with a command. @public */
export interface CommandRequest {
  /** Sync: the revision to deploy; default the one that the source names. */
  revision?: string;
  /** Sync: delete what Git no longer names. Default false. */
  prune?: boolean;
  /** Sync: only show what would happen. Default false. */
  dryRun?: boolean;
  /** Sync: only these objects. Argo CD records no deployment for it. Default: all. */
  resources?: CommandResource[];
  /** Sync: delete and create objects again that cannot be changed. Default false. */
  force?: boolean;
  /** Refresh: also drop the engine's cache of rendered manifests. Default false. */
  hard?: boolean;
}

/**
 * A command that was given, followed until it ends.
 *
 * @public
 */
export interface CommandRun {
  /** Opaque and stable; safe in a URL path segment. */
  id: string;
  applicationId: string;
  command: ApplicationCommand;
  request: CommandRequest;
  /** Entity ref of the user who asked. */
  requestedBy: string;
  /** ISO time. */
  requestedAt: string;
  /**
   * - `requested`: the engine was asked, and has not taken it up yet;
   * - `running`: the engine works on it;
   * - `succeeded`, `failed`: it ended;
   * - `superseded`: another operation ran in its place;
   * - `lost`: nothing was heard of it in time; look at the application.
   */
  state:
    | 'requested'
    | 'running'
    | 'succeeded'
    | 'failed'
    | 'superseded'
    | 'lost';
  /** One sentence: what was asked, what the engine says, or how it ended. */
  message: string;
  /** ISO time of the end. */
  finishedAt?: string;
}

/** True when nothing more will come of it. @public */
export function isCommandOver(run: CommandRun): boolean {
  return run.state !== 'requested' && run.state !== 'running';
}
