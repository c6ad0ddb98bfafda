import type { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { openForgeRepository, type ForgeRepository } from '../forge';
import { Account } from './Account';
import type { ActionDependencies } from './createGitopsActions';
import { undoPullRequest } from './undoPullRequest';

// What CI of the skeletons writes when it has built an image.
const CI_FILE = 'deploy/overlays/dev/kustomization.yaml';

/** `gitops:creation:undo`: after a failure, no half service stays behind unsaid. */
export function createCreationUndoAction({
  config,
  integrations,
}: Pick<ActionDependencies, 'config' | 'integrations'>) {
  return createTemplateAction({
    id: 'gitops:creation:undo',
    description:
      'For a last step with "if: ${{ failure() }}": closes the pull request that waits, deletes the repository while nobody has added to it, and says exactly what remains and how to go on. Deletes only what this task made.',
    supportsDryRun: true,
    examples: [
      {
        description: 'As the last step of a template',
        example: `steps:
  - id: undo
    if: \${{ failure() }}
    action: gitops:creation:undo
    input:
      repoUrl: \${{ steps.location.output.repoUrl }}
      repositoryWasFree: \${{ steps.location.output.repositoryWasFree }}
      publishedCommit: \${{ steps.publish.output.commitHash }}
      pullRequestNumber: \${{ steps['pull-request'].output.number }}
      entityRef: \${{ steps.register.output.entityRef }}
`,
      },
    ],
    schema: {
      input: {
        repoUrl: z =>
          z.string().optional().describe('The repository of the service'),
        repositoryWasFree: z =>
          z
            .boolean()
            .optional()
            .describe(
              'What gitops:name:check said; without it no repository is deleted',
            ),
        publishedCommit: z =>
          z
            .string()
            .optional()
            .describe(
              'The only commit that this task pushed; a repository with anything else is kept',
            ),
        ciFile: z =>
          z
            .string()
            .optional()
            .describe(
              'The file that CI may have changed since; default deploy/overlays/dev/kustomization.yaml',
            ),
        platformRepoUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'The repository of the pull request; default gitops.platformRepository',
            ),
        pullRequestNumber: z =>
          z.number().optional().describe('The pull request of this task'),
        entityRef: z =>
          z.string().optional().describe('The entity that was registered'),
      },
      output: {
        undone: z => z.array(z.string()).describe('What was undone'),
        remains: z =>
          z.array(z.string()).describe('What remains, and what to do about it'),
      },
    },
    async handler(ctx) {
      if (ctx.isDryRun) {
        ctx.output('undone', []);
        ctx.output('remains', []);
        return;
      }
      const account = new Account(ctx.logger);
      const merged = await account.attempt('the pull request', () =>
        undoRegistration({
          repoUrl: ctx.input.platformRepoUrl || config.platformRepository,
          number: ctx.input.pullRequestNumber,
          integrations,
          account,
        }),
      );
      // What runs from a merged registration must keep its repository.
      if (merged === false && ctx.input.repoUrl) {
        const { repoUrl } = ctx.input;
        await account.attempt(`the repository ${repoUrl}`, () =>
          undoRepository({ ...ctx.input, repoUrl, integrations, account }),
        );
      } else if (ctx.input.repoUrl) {
        const { webUrl } = openForgeRepository(ctx.input.repoUrl, integrations);
        account.remains(
          merged
            ? `The repository ${webUrl} remains, because the service is registered`
            : `The repository ${webUrl} remains, because the pull request may still be merged; delete both, or merge it`,
        );
      }
      if (ctx.input.entityRef) {
        account.remains(
          `The catalog has ${ctx.input.entityRef}. Its page shows how it deploys; "Unregister entity" in its menu removes it`,
        );
      }
      account.close('creation');
      ctx.output('undone', account.undoneList);
      ctx.output('remains', account.remainsList);
    },
  });
}

/** Returns whether the registration was merged. */
async function undoRegistration(options: {
  repoUrl?: string;
  number?: number;
  integrations: ScmIntegrationRegistry;
  account: Account;
}): Promise<boolean> {
  const { repoUrl, number, integrations, account } = options;
  if (!repoUrl || !number) {
    return false;
  }
  const repository = openForgeRepository(repoUrl, integrations);
  return undoPullRequest({ repository, number, account });
}

async function undoRepository(options: {
  repoUrl: string;
  repositoryWasFree?: boolean;
  publishedCommit?: string;
  ciFile?: string;
  integrations: ScmIntegrationRegistry;
  account: Account;
}): Promise<void> {
  const { repoUrl, account } = options;
  const repository = openForgeRepository(repoUrl, options.integrations);
  if (!options.repositoryWasFree || !(await repository.find())) {
    return;
  }
  if (!(await isOurs(repository, options))) {
    account.remains(
      `The repository ${repository.webUrl} has commits that this task did not make, so it was kept. Delete it to use the name again, or register the service by hand`,
    );
    return;
  }
  await repository.delete();
  account.undone(`the repository ${repository.webUrl} is deleted`);
}

/** Whether nothing would be lost: empty, or what this task pushed and CI's own commit. */
async function isOurs(
  repository: ForgeRepository,
  options: { publishedCommit?: string; ciFile?: string },
): Promise<boolean> {
  const { publishedCommit, ciFile = CI_FILE } = options;
  const branches = await repository.branches();
  if (branches.length === 0) {
    return true;
  }
  if (branches.length > 1 || !publishedCommit) {
    return false;
  }
  const [{ commit }] = branches;
  return (
    commit === publishedCommit ||
    repository.differsOnlyIn({
      file: ciFile,
      before: publishedCommit,
      after: commit,
    })
  );
}
