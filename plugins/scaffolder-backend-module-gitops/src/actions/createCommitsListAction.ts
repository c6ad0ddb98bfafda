import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { describeCommits } from '@fairway/gitops-manifests';
import type {
  DeploymentCommit,
  GitopsApi,
} from '@fairway/plugin-gitops-common';
import type { ActionDependencies } from './createGitopsActions';

/** Deployments that are looked at; further back nobody rolls back to. */
const MOST_DEPLOYMENTS = 500;

/** `gitops:commits:list`: the commits that a promotion carries, or that a rollback takes back. */
export function createCommitsListAction({ gitops }: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:commits:list',
    description:
      'Lists commits from what Fairway recorded: those that run in the environment before and not yet in this one, which a promotion would carry; or those that came with the deployments since one, which a rollback to it would take back. Changes nothing.',
    supportsDryRun: true,
    examples: [
      {
        description: 'What a promotion to production would carry',
        example: `steps:
  - id: commits
    action: gitops:commits:list
    input:
      entityRef: component:default/orders
      environment: production
`,
      },
      {
        description: 'What a rollback would take back',
        example: `steps:
  - id: commits
    action: gitops:commits:list
    input:
      entityRef: component:default/orders
      environment: production
      since: \${{ parameters.deployment }}
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
        environment: z => z.string().describe('Name of the environment'),
        since: z =>
          z
            .string()
            .optional()
            .describe(
              'Id of a deployment: those after it; default what waits for this environment',
            ),
      },
      output: {
        count: z => z.number().describe('How many there are'),
        commits: z =>
          z
            .array(z.record(z.unknown()))
            .describe('Newest first: `sha`, `subject`, `author`, `url`'),
        markdown: z => z.string().describe('The same for people'),
      },
    },
    async handler(ctx) {
      const { entityRef, environment, since } = ctx.input;
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const { count, commits } = since
        ? await commitsSince(api, { entityRef, environment, since })
        : await commitsWaiting(api, { entityRef, environment });
      ctx.logger.info(`${count} commits`);
      ctx.output('count', count);
      ctx.output(
        'commits',
        commits.map(commit => ({ ...commit })),
      );
      ctx.output('markdown', describeCommits(commits, count));
    },
  });
}

interface Commits {
  count: number;
  commits: DeploymentCommit[];
}

async function commitsWaiting(
  api: GitopsApi,
  { entityRef, environment }: { entityRef: string; environment: string },
): Promise<Commits> {
  const service = await api.getService(entityRef);
  const found = service.environments.find(
    one => one.environment.name === environment,
  );
  return found?.waiting ?? { count: 0, commits: [] };
}

async function commitsSince(
  api: GitopsApi,
  options: { entityRef: string; environment: string; since: string },
): Promise<Commits> {
  const { entityRef, environment, since } = options;
  const chosen = await api.getDeployment(since);
  const { items } = await api.getDeployments({
    ...{ entityRef: [entityRef], environment: [environment] },
    from: chosen.finishedAt,
    limit: MOST_DEPLOYMENTS,
  });
  const commits = new Map<string, DeploymentCommit>();
  for (const deployment of items) {
    const isLater =
      deployment.id !== chosen.id &&
      deployment.applicationId === chosen.applicationId &&
      deployment.finishedAt >= chosen.finishedAt;
    for (const commit of isLater ? deployment.commits : []) {
      commits.set(commit.sha, commit);
    }
  }
  return { count: commits.size, commits: [...commits.values()] };
}
