import { ConflictError, InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { NameCheckResponse } from '@fairway/plugin-gitops-common';
import {
  SERVICE_NAME_MAX_LENGTH,
  SERVICE_NAME_PATTERN,
} from '@fairway/gitops-manifests';
import {
  openForgeRepository,
  toRepoUrl,
  type ForgeRepository,
  type RepositoryLocation,
} from '../forge';
import type { ActionDependencies } from './createGitopsActions';
import { imageOf, placeService } from './placeService';
import { teamOf } from './serviceInput';

/** What the forges call that which a repository is made in. */
const PLACES: Record<string, string> = {
  gitlab: 'group',
  bitbucketServer: 'project',
};

/** `gitops:name:check`: refuses a name that is taken, before anything is changed. */
export function createNameCheckAction(dependencies: ActionDependencies) {
  const { config, gitops, integrations } = dependencies;
  return createTemplateAction({
    id: 'gitops:name:check',
    description:
      'Checks that a new service can have its name in the catalog, the clusters and the forge, and says where it will live. Changes nothing.',
    supportsDryRun: true,
    examples: [
      {
        description:
          'In the organisation of the owning team, on the forge of the platform repository',
        example: `steps:
  - id: location
    action: gitops:name:check
    input:
      name: orders
      owner: group:default/payments
`,
      },
    ],
    schema: {
      input: {
        name: z => z.string().describe('Name of the new service'),
        owner: z => z.string().describe('Entity ref of the owning group'),
        host: z =>
          z
            .string()
            .optional()
            .describe(
              'Host of the forge, as in "integrations:"; default that of gitops.platformRepository',
            ),
        organisation: z =>
          z
            .string()
            .optional()
            .describe(
              'Organisation that will own the repository: of GitLab a group (shop/payments), of Bitbucket Cloud a workspace, of Bitbucket Server the key of a project. Default the name of the team; of Bitbucket Cloud and Azure DevOps that of the platform repository',
            ),
        project: z =>
          z
            .string()
            .optional()
            .describe(
              'Bitbucket Cloud: key of the project in the workspace; Azure DevOps: name of the project in the organisation. Default made from the name of the team',
            ),
        forges: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Kinds of forge that the template can publish to; another is refused. Default any',
            ),
      },
      output: {
        repoUrl: z =>
          z
            .string()
            .describe(
              'Repository in the form that the publish action of its forge takes, host?owner=payments&repo=orders',
            ),
        forge: z =>
          z
            .string()
            .describe(
              'Kind of the forge, which decides the action that publishes: gitea, github, gitlab, bitbucketCloud, bitbucketServer or azure',
            ),
        cloneUrl: z => z.string().describe('Clone URL of the repository'),
        webUrl: z => z.string().describe('Page of the repository'),
        image: z =>
          z
            .string()
            .optional()
            .describe(
              'Image of the service, without a tag; none when the forge has no registry and gitops.imageRegistry names none',
            ),
        team: z => z.string().describe('Name of the owning team'),
        entityRef: z => z.string().describe('Entity ref that it will have'),
        repositoryWasFree: z =>
          z
            .boolean()
            .describe(
              'Whether the forge said that there is no such repository yet; gitops:creation:undo deletes nothing without it',
            ),
      },
    },
    async handler(ctx) {
      const { name, owner } = ctx.input;
      assertName(name);
      const team = teamOf(owner);
      const location = placeService(
        { ...ctx.input, team },
        config,
        integrations,
      );
      assertForge(location, ctx.input.forges);
      const repoUrl = toRepoUrl(location);
      const repository = openForgeRepository(repoUrl, integrations);
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const answer = await api.checkName({ name, repoUrl });
      assertFree(name, answer, message => ctx.logger.warn(message));
      await assertPlace(repository, location);
      await assertPlatformRepository(dependencies);
      ctx.logger.info(`${name} is free; it will live at ${repository.webUrl}`);
      const image = imageOf(location, config);
      if (!image) {
        ctx.logger.warn(
          `${location.host} has no registry for images: set gitops.imageRegistry in app-config, or give the service an image of another one`,
        );
      }
      ctx.output('repoUrl', repoUrl);
      ctx.output('forge', location.provider);
      ctx.output('cloneUrl', repository.cloneUrl);
      ctx.output('webUrl', repository.webUrl);
      ctx.output('image', image);
      ctx.output('team', team);
      ctx.output('entityRef', `component:default/${name}`);
      ctx.output('repositoryWasFree', true);
    },
  });
}

function assertName(name: string): void {
  if (
    name.length > SERVICE_NAME_MAX_LENGTH ||
    !new RegExp(SERVICE_NAME_PATTERN).test(name)
  ) {
    throw new InputError(
      `${JSON.stringify(
        name.slice(0, 80),
      )} cannot be the name of a service: lower-case letters, digits and dashes, starting with a letter, not ending with a dash, at most ${SERVICE_NAME_MAX_LENGTH} characters`,
    );
  }
}

function assertForge(location: RepositoryLocation, forges?: string[]): void {
  if (forges && !forges.includes(location.provider)) {
    throw new InputError(
      `${location.host} is a forge of the kind ${
        location.provider
      }, and this template publishes to ${forges.join(
        ', ',
      )} only. Nothing was changed; choose another forge, or use a template for this one`,
    );
  }
}

function assertFree(
  name: string,
  answer: NameCheckResponse,
  warn: (message: string) => void,
): void {
  const problems = answer.checks.filter(
    check => check.state === 'taken' || check.state === 'invalid',
  );
  if (problems.length > 0 || !answer.valid) {
    const reasons = problems.map(
      check => check.message ?? `${check.state} in the ${check.where}`,
    );
    throw new ConflictError(
      `The name "${name}" cannot be used: ${reasons.join(
        '; ',
      )}. Nothing was changed; choose another name`,
    );
  }
  for (const check of answer.checks) {
    if (check.state === 'unknown') {
      warn(
        `Whether "${name}" is free in the ${check.where} is not known: ${
          check.message ?? 'no answer'
        }`,
      );
    }
  }
}

/** A registration that cannot be proposed at the end had better be known at the start. */
async function assertPlatformRepository({
  config,
  integrations,
}: ActionDependencies): Promise<void> {
  if (!config.platformRepository) {
    return;
  }
  const repository = openForgeRepository(
    config.platformRepository,
    integrations,
  );
  if (!(await repository.find())) {
    throw new InputError(
      `The platform repository ${repository.webUrl} does not exist, or the integration's user may not see it. Nothing was changed; check gitops.platformRepository and "integrations:"`,
    );
  }
}

async function assertPlace(
  repository: ForgeRepository,
  { host, owner, project, provider }: RepositoryLocation,
): Promise<void> {
  if (await repository.find()) {
    throw new ConflictError(
      `There is a repository ${repository.webUrl} already. Nothing was changed; choose another name`,
    );
  }
  if (!(await repository.ownerExists())) {
    const place = project
      ? `project "${project}" in "${owner}"`
      : `${PLACES[provider] ?? 'organisation'} "${owner}"`;
    throw new InputError(
      `The forge ${host} has no ${place}, or the integration's user may not see it. Nothing was changed; choose one that exists, or ask the platform team for it`,
    );
  }
}
