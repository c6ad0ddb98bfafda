import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';
import {
  locationOfCloneUrl,
  openForgeRepository,
  parseLocation,
  toRepoUrl,
} from '../forge';
import type { ActionDependencies } from './createGitopsActions';

const PAGE_SIZE = 500;

/** `gitops:repository:archive`: nobody changes it any more, and it can be read. */
export function createRepositoryArchiveAction({
  config,
  gitops,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:repository:archive',
    description:
      'Makes the repository of a service that is gone read-only, where the forge can. A repository that something else is deployed from stays as it is, and that is said.',
    supportsDryRun: true,
    examples: [
      {
        description: 'After nothing of the service runs any more',
        example: `steps:
  - id: archive
    action: gitops:repository:archive
    input:
      repoUrl: git.example.com?owner=payments&repo=orders
      entityRef: component:default/orders
`,
      },
    ],
    schema: {
      input: {
        repoUrl: z =>
          z
            .string()
            .describe('Repository in the form host?owner=payments&repo=orders'),
        entityRef: z => z.string().describe('Entity ref of the service'),
      },
      output: {
        archived: z => z.boolean().describe('Whether it is read-only now'),
        reason: z => z.string().optional().describe('Why it is not'),
        webUrl: z => z.string().describe('Page of the repository'),
      },
    },
    async handler(ctx) {
      const { repoUrl, entityRef } = ctx.input;
      const repository = openForgeRepository(repoUrl, integrations);
      ctx.output('webUrl', repository.webUrl);
      const end = (reason?: string) => {
        ctx.logger.info(reason ?? `${repository.webUrl} is read-only now`);
        ctx.output('archived', reason === undefined);
        ctx.output('reason', reason);
      };
      const same = toRepoUrl(parseLocation(repoUrl, integrations));
      const platform = config.platformRepository;
      if (
        platform &&
        toRepoUrl(parseLocation(platform, integrations)) === same
      ) {
        end(`${repository.webUrl} is gitops.platformRepository and stays`);
        return;
      }
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const other = await otherUser(api, { same, entityRef, integrations });
      if (other) {
        end(
          `${repository.webUrl} stays as it is: ${other.ref.kind} ${other.ref.name} is deployed from it, too. Remove the folder of the service by a pull request`,
        );
        return;
      }
      if (!repository.archive) {
        end(
          `The forge has no archived repositories; take the right to push to ${repository.webUrl} away by hand`,
        );
        return;
      }
      if (ctx.isDryRun) {
        ctx.logger.info(`Would archive ${repository.webUrl}`);
        ctx.output('archived', false);
        return;
      }
      await repository.archive();
      end();
    },
  });
}

/** An application of something else that comes from the same repository. */
async function otherUser(
  api: GitopsApi,
  options: {
    same: string;
    entityRef: string;
    integrations: ScmIntegrationRegistry;
  },
): Promise<Application | undefined> {
  const { same, entityRef, integrations } = options;
  const isSame = (repoUrl: string | undefined) => {
    const location = repoUrl && locationOfCloneUrl(repoUrl, integrations);
    return location ? toRepoUrl(location) === same : false;
  };
  let cursor: string | undefined;
  do {
    const page = await api.getApplications({ limit: PAGE_SIZE, cursor });
    const found = page.items.find(
      ({ entityRef: ref, source, sources = [], drySource }) =>
        ref !== entityRef &&
        [source, drySource, ...sources].some(one => isSame(one?.repoUrl)),
    );
    if (found) {
      return found;
    }
    cursor = page.nextCursor;
  } while (cursor);
  return undefined;
}
