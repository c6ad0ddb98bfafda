import { PushEvent } from '../../types';

/** Whether a clone URL names the repository that was pushed to. */
export function namesRepository(
  url: string | undefined,
  push: PushEvent,
): boolean {
  const path = (url ?? '').replace(/\/+$/, '').replace(/\.git$/, '');
  return path.endsWith(`/${push.owner}/${push.repository}`);
}
