import { InputError } from '@backstage/errors';
import type { ActionsConfig } from './readActionsConfig';

/**
 * The repository that an action works on: the one that the template names, else the platform's.
 *
 * @throws InputError when there is neither.
 */
export function repositoryOf(
  repoUrl: string | undefined,
  config: ActionsConfig,
): string {
  const found = repoUrl || config.platformRepository;
  if (!found) {
    throw new InputError(
      'Set gitops.platformRepository in app-config, or give the action a repoUrl: it does not know which repository is meant',
    );
  }
  return found;
}
