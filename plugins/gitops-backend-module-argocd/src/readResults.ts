import type { CommandResult } from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';
import { lookUp } from './lookUp';

const STATUSES: Record<string, CommandResult['status']> = {
  Synced: 'synced',
  SyncFailed: 'sync-failed',
  Pruned: 'pruned',
  PruneSkipped: 'prune-skipped',
};

const PHASES: Record<string, CommandResult['phase']> = {
  Running: 'running',
  Terminating: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Error: 'failed',
};

const CHANGES: Record<string, CommandResult['change']> = {
  created: 'created',
  configured: 'changed',
  replaced: 'changed',
  unchanged: 'unchanged',
};

/**
 * How `kubectl apply` says what it did, or would: `deployment.apps/orders configured (dry run)`.
 * Of a role it says two things, of which the last counts. A server-side apply does not say whether
 * anything changed.
 */
const APPLIED =
  /(?:^|\. |\n)[^\s/]+\/\S+ (created|configured|replaced|unchanged)\b/g;

/** What an operation did to each object, or would do. */
export function readResults(state: ObjectFields): CommandResult[] {
  return state
    .object('syncResult')
    .list('resources')
    .flatMap(result => {
      const kind = result.string('kind');
      const name = result.string('name');
      return kind && name ? [toResult(result, { kind, name })] : [];
    });
}

function toResult(
  result: ObjectFields,
  { kind, name }: Pick<CommandResult, 'kind' | 'name'>,
): CommandResult {
  const status = lookUp(STATUSES, result.string('status'));
  const hook = result.string('hookType');
  const phase = lookUp(PHASES, result.string('hookPhase'));
  const message = result.message('message');
  const change = status === 'synced' ? changeOf(message) : undefined;
  const namespace = result.string('namespace');
  return {
    group: result.string('group') ?? '',
    kind,
    ...(namespace && { namespace }),
    name,
    ...(status && { status }),
    ...(change && { change }),
    ...(hook && { hook }),
    // Argo CD tells a phase of every object; of one that is no hook its status says as much.
    ...(phase && (hook || phase === 'failed') && { phase }),
    ...(message && { message }),
  };
}

function changeOf(message: string | undefined): CommandResult['change'] {
  const verb = [...(message ?? '').matchAll(APPLIED)].at(-1)?.[1];
  return lookUp(CHANGES, verb);
}
