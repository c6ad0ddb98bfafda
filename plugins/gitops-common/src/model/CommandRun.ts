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

/** What a sync did to one object, or what a dry run says that it would do. @public */
export interface CommandResult extends CommandResource {
  /**
   * `prune-skipped`: it left Git, and stays because nobody asked for pruning or it forbids that.
   * Absent where the engine says only how a hook went.
   */
  status?: 'synced' | 'sync-failed' | 'pruned' | 'prune-skipped';
  /** What applying it changed, where the engine says so. */
  change?: 'created' | 'changed' | 'unchanged';
  /** When it is a hook: of which phase of the sync, for example `PreSync`. */
  hook?: string;
  /** How a hook went; of other objects only `failed`: applied, and it does not work. */
  phase?: 'running' | 'succeeded' | 'failed';
  /** In the engine's words. */
  message?: string;
}

/** What became of an object, in one word. @public */
export type CommandOutcome =
  | 'failed'
  | 'pruned'
  | 'prune-skipped'
  | 'created'
  | 'changed'
  | 'applied'
  | 'unchanged';

/** All of {@link CommandOutcome}, what a person should see first before the rest. @public */
export const COMMAND_OUTCOMES: readonly CommandOutcome[] = [
  'failed',
  'pruned',
  'prune-skipped',
  'created',
  'changed',
  'applied',
  'unchanged',
];

/** What became of an object; `applied` where the engine does not say what that changed. @public */
export function outcomeOf(result: CommandResult): CommandOutcome {
  const { status, change, phase } = result;
  if (status === 'sync-failed' || phase === 'failed') {
    return 'failed';
  }
  if (status === 'pruned' || status === 'prune-skipped') {
    return status;
  }
  return change ?? 'applied';
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
  /**
   * What became of each object, or would: of a sync or a dry run that ended, where the engine
   * tells. Failures first, then deletions, what is unchanged last; at most 100.
   */
  results?: CommandResult[];
  /** How many more there are than `results` holds. */
  omittedResults?: number;
}

/** True when nothing more will come of it. @public */
export function isCommandOver(run: CommandRun): boolean {
  return run.state !== 'requested' && run.state !== 'running';
}
