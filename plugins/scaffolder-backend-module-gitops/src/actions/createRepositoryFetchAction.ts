import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { repositoryOf } from '../config';
import { fetchRepository, openForgeRepository } from '../forge';
import type { ActionDependencies } from './createGitopsActions';

/** `gitops:repository:fetch`: the files of a repository, to be changed by the next steps. */
export function createRepositoryFetchAction({
  config,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:repository:fetch',
    description:
      'Fetches the files of a repository into the workspace, with an untouched copy of them: gitops:manifests:diff shows what the steps since changed, and gitops:pull-request:open proposes that and nothing else.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Change a file of a repository by a pull request',
        example: `steps:
  - id: fetch
    action: gitops:repository:fetch
    input:
      repoUrl: git.example.com?owner=payments&repo=orders
      targetPath: ./service
  - id: pullRequest
    action: gitops:pull-request:open
    input:
      sourcePath: \${{ steps.fetch.output.path }}
      branch: change-orders
      title: Change orders
`,
      },
    ],
    schema: {
      input: {
        repoUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'Repository in the form host?owner=payments&repo=orders; default gitops.platformRepository',
            ),
        branch: z =>
          z
            .string()
            .optional()
            .describe('Branch to fetch; default the repository’s own'),
        targetPath: z =>
          z.string().describe('Folder of the workspace that the files go to'),
      },
      output: {
        path: z => z.string().describe('The folder of the workspace'),
        commit: z => z.string().describe('Commit that was fetched'),
        branch: z => z.string().describe('Branch that was fetched'),
        repoUrl: z => z.string().describe('The repository'),
        webUrl: z => z.string().describe('Its page'),
      },
    },
    async handler(ctx) {
      const repoUrl = repositoryOf(ctx.input.repoUrl, config);
      const repository = openForgeRepository(repoUrl, integrations);
      const fetched = await fetchRepository({
        repository,
        repoUrl,
        branch: ctx.input.branch,
        workspacePath: ctx.workspacePath,
        targetPath: ctx.input.targetPath,
        logger: ctx.logger,
      });
      ctx.logger.info(
        `Fetched ${repository.webUrl} at ${fetched.commit.slice(0, 7)} of ${
          fetched.branch
        }`,
      );
      ctx.output('path', ctx.input.targetPath);
      ctx.output('commit', fetched.commit);
      ctx.output('branch', fetched.branch);
      ctx.output('repoUrl', repoUrl);
      ctx.output('webUrl', repository.webUrl);
    },
  });
}
