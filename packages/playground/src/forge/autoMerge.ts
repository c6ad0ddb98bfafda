import type { ForgeCore } from './ForgeCore';
import type { PullRequestEvent, PullRequests } from './PullRequests';

const DELAY_MS = 300;

const BOT = {
  login: 'platform-bot',
  name: 'platform-bot',
  email: 'platform-bot@playground.example',
};

/**
 * Merges pull requests of the named repositories (`owner/name`) that only add or change
 * files, as the platform team's bot would. One that deletes or conflicts waits for a person.
 */
export function createAutoMerge(options: {
  core: ForgeCore;
  repositories: string[];
}): {
  handle(pulls: PullRequests, event: PullRequestEvent): void;
  stop(): void;
} {
  const { core, repositories } = options;
  const timers = new Set<NodeJS.Timeout>();

  const merge = async (pulls: PullRequests, event: PullRequestEvent) => {
    const { record, pull } = event;
    if (pull.state !== 'open' || pull.base !== record.defaultBranch) return;
    const files = await pulls.changedFiles(record, pull);
    const trial = await pulls.trial(record, pull);
    const deletes = [...files.values()].includes('deleted');
    if (deletes || !trial.clean) {
      const body = deletes
        ? 'This removes files, so a person of the platform team has to merge it.'
        : `This conflicts with ${pull.base} in ${
            trial.clean ? '' : trial.conflicts.join(', ')
          }; it cannot be merged as it is.`;
      const said = pull.comments.some(comment => comment.body === body);
      if (!said) await pulls.comment(record, pull, { user: BOT.login, body });
      return;
    }
    await pulls.merge(record, pull, { by: BOT, expectedHead: pull.headSha });
  };

  return {
    handle(pulls, event) {
      const name = `${event.record.owner}/${event.record.name}`;
      if (!repositories.includes(name) || event.action === 'closed') return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        // A pull request that a person merged or closed meanwhile needs no bot.
        merge(pulls, event).catch(error => {
          if (core.store.find(event.record.owner, event.record.name)) {
            process.stderr.write(`auto-merge of ${name}: ${error.message}\n`);
          }
        });
      }, DELAY_MS);
      timers.add(timer);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
