import { ConflictError } from '@backstage/errors';
import {
  isCommandOver,
  type CommandRun,
  type GitopsApi,
} from '@fairway/plugin-gitops-common';
import { pollUntil } from './pollUntil';

const OUTCOMES: Partial<Record<CommandRun['state'], string>> = {
  failed: 'failed',
  superseded: 'was superseded by another operation',
  lost: 'was lost sight of',
};

/**
 * Waits until a command is over, and says each change in words.
 *
 * @returns the command when it succeeded.
 * @throws ConflictError when it ended otherwise, or is not over in time.
 */
export async function followCommand(
  api: GitopsApi,
  options: {
    id: string;
    timeoutMinutes: number;
    intervalMs: number;
    signal?: AbortSignal;
    say(line: string): void;
    /** Called when it is over, however it ended. */
    onOver?(run: CommandRun): void;
  },
): Promise<CommandRun> {
  let last: CommandRun | undefined;
  const ended = await pollUntil({
    timeoutMs: options.timeoutMinutes * 60_000,
    intervalMs: options.intervalMs,
    signal: options.signal,
    look: async () => {
      const run = await api.getCommandRun(options.id);
      if (run.state !== last?.state || run.message !== last.message) {
        options.say(`The ${run.command} is ${run.state}: ${run.message}`);
      }
      last = run;
      return isCommandOver(run) ? run : undefined;
    },
  });
  if (!ended) {
    throw new ConflictError(
      `Command ${options.id} is not over after ${
        options.timeoutMinutes
      } minutes${
        last ? `: ${last.message}` : ''
      }. It goes on by itself; the deployments of the service in the portal show how it ends`,
    );
  }
  options.onOver?.(ended);
  const outcome = OUTCOMES[ended.state];
  if (outcome) {
    throw new ConflictError(
      `The ${ended.command} of application ${ended.applicationId} ${outcome}: ${ended.message}`,
    );
  }
  return ended;
}
