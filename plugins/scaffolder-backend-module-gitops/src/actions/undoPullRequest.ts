import type { ForgeRepository } from '../forge';
import type { Account } from './Account';

/**
 * Closes a pull request that is open, and deletes its branch.
 *
 * @returns whether it was merged, so that nothing was done.
 */
export async function undoPullRequest(options: {
  repository: ForgeRepository;
  number: number;
  account: Account;
}): Promise<boolean> {
  const { repository, number, account } = options;
  const pull = await repository.getPullRequest(number);
  if (pull.state === 'merged') {
    account.remains(
      `The pull request is merged (${pull.url}) and the engine acts on it; to take it back, revert it in ${repository.webUrl}`,
    );
    return true;
  }
  if (pull.state === 'open') {
    await repository.closePullRequest(number);
    account.undone(`the pull request ${pull.url} is closed`);
  }
  await repository.deleteBranch(pull.head);
  return false;
}
