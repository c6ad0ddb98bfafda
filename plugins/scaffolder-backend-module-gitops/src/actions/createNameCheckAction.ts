import { ConflictError, InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { NameCheckResponse } from '@fairway/plugin-gitops-common';
import {
  SERVICE_NAME_MAX_LENGTH,
  SERVICE_NAME_PATTERN,
} from '@fairway/gitops-manifests';
import type { ActionsConfig } from '../config';
import {
  openForgeRepository,
  parseLocation,
  type RepositoryLocation,
} from '../forge';
import type { ActionDependencies } from './createGitopsActions';
import { teamOf } from './serviceInput';

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
              'Organisation that will own the repository; default the name of the team',
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
            .describe('Repository in the form host?owner=payments&repo=orders'),
        provider: z =>
          z.string().describe('Kind of the forge: gitea, github, gitlab, ...'),
        forge: z =>
          z
            .string()
            .describe(
              'Kind of the forge: gitea, github, gitlab, bitbucketCloud, bitbucketServer or azure',
            ),
        cloneUrl: z => z.string().describe('Clone URL of the repository'),
        webUrl: z => z.string().describe('Page of the repository'),
        image: z => z.string().describe('Image of the service, without a tag'),
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
      const location = locate({ ...ctx.input, team, config, integrations });
      assertForge(location, ctx.input.forges);
      const repoUrl = `${location.host}?owner=${location.owner}&repo=${name}`;
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const answer = await api.checkName({ name, repoUrl });
      assertFree(name, answer, message => ctx.logger.warn(message));
      const place = await lookAtForge({ repoUrl, location, integrations });
      await assertPlatformRepository(dependencies);
      ctx.logger.info(`${name} is free; it will live at ${place.webUrl}`);
      ctx.output('repoUrl', repoUrl);
      ctx.output('provider', location.provider);
      ctx.output('forge', location.provider);
      ctx.output('cloneUrl', place.cloneUrl);
      ctx.output('webUrl', place.webUrl);
      ctx.output(
        'image',
        `${config.imageRegistry ?? location.host}/${
          location.owner
        }/${name}`.toLowerCase(),
      );
      ctx.output('team', team);
      ctx.output('entityRef', `component:default/${name}`);
      ctx.output('repositoryWasFree', place.free);
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

function locate(options: {
  name: string;
  team: string;
  host?: string;
  organisation?: string;
  config: ActionsConfig;
  integrations: ScmIntegrationRegistry;
}): RepositoryLocation {
  const { config, integrations } = options;
  const host =
    options.host ||
    (config.platformRepository &&
      parseLocation(config.platformRepository, integrations).host);
  if (!host) {
    throw new InputError(
      'No forge was chosen, and gitops.platformRepository does not name one; choose the host of the forge in the form, or set gitops.platformRepository',
    );
  }
  if (!/^[a-z0-9.-]+(:[0-9]+)?$/i.test(host) || !integrations.byHost(host)) {
    const known = integrations.list().map(({ title }) => title);
    throw new InputError(
      `${JSON.stringify(
        host,
      )} is no host of "integrations:"; those are ${known.join(', ')}`,
    );
  }
  const owner = encodeURIComponent(options.organisation || options.team);
  return parseLocation(
    `${host}?owner=${owner}&repo=${options.name}`,
    integrations,
  );
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
  const repoUrl = config.platformRepository;
  if (!repoUrl || parseLocation(repoUrl, integrations).provider !== 'gitea') {
    return;
  }
  const repository = openForgeRepository(repoUrl, integrations);
  if (!(await repository.find())) {
    throw new InputError(
      `The platform repository ${repository.webUrl} does not exist, or the integration's user may not see it. Nothing was changed; check gitops.platformRepository and "integrations:"`,
    );
  }
}

async function lookAtForge(options: {
  repoUrl: string;
  location: RepositoryLocation;
  integrations: ScmIntegrationRegistry;
}): Promise<{ cloneUrl: string; webUrl: string; free: boolean }> {
  const { repoUrl, location, integrations } = options;
  if (location.provider !== 'gitea') {
    const webUrl = `https://${location.host}/${location.owner}/${location.repo}`;
    return { webUrl, cloneUrl: `${webUrl}.git`, free: false };
  }
  const repository = openForgeRepository(repoUrl, integrations);
  if (await repository.find()) {
    throw new ConflictError(
      `There is a repository ${repository.webUrl} already. Nothing was changed; choose another name`,
    );
  }
  if (!(await repository.organisationExists())) {
    throw new InputError(
      `The forge ${location.host} has no organisation "${location.owner}". Nothing was changed; choose an organisation that exists, or ask the platform team for it`,
    );
  }
  const { cloneUrl, webUrl } = repository;
  return { cloneUrl, webUrl, free: true };
}
