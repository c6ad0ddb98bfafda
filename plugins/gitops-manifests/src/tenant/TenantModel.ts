import { z } from 'zod';
import { parseInput } from '../model/parseInput';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  oneLine,
  repositoryFolder,
} from '../model/rules';
import { quotaSchema } from '../quota';

/** What a team may be called: a namespace begins with it. @public */
export const TEAM_NAME_PATTERN = '^[a-z]([-a-z0-9]*[a-z0-9])?$';

/** Longest name of a team: a namespace is its name, a dash and an environment. @public */
export const TEAM_NAME_MAX_LENGTH = 40;

/** Names of teams that the engines and Kubernetes have for themselves. */
const TAKEN = ['default', 'argocd', 'flux-system', 'kube', 'kube-system'];

const teamName = z
  .string()
  .max(TEAM_NAME_MAX_LENGTH, `at most ${TEAM_NAME_MAX_LENGTH} characters`)
  .regex(
    new RegExp(TEAM_NAME_PATTERN),
    'lower-case letters, digits and dashes, starting with a letter and not ending with a dash',
  )
  .refine(
    name => !TAKEN.includes(name) && !name.startsWith('kube-'),
    'a name that neither Kubernetes nor an engine has for itself',
  );

/** Name of an entity of the catalog. */
const entityName = z
  .string()
  .max(63, 'at most 63 characters')
  .regex(
    /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
    'a name as the catalog allows it: letters, digits, dashes, dots and underscores',
  );

/** A repository, or all of an organisation with a `*` at the end. */
const repositoryPattern = z
  .string()
  .max(500)
  .refine(
    text => cloneUrl.safeParse(text.replace(/\/\*$/, '/all')).success,
    'the URL of a repository or a chart repository, or of an organisation with "/*" behind it',
  )
  .refine(
    text => !text.slice(0, -1).includes('*') && !/[?![\]]/.test(text),
    'a "*" at its end only',
  );

const tenantSchema = z
  .strictObject({
    name: teamName,
    title: oneLine(80).optional(),
    description: oneLine(200).default(''),
    engine: z.enum(['argocd', 'flux']),
    /** Group of the catalog that the team belongs to. */
    parent: entityName.optional(),
    /** Users of the catalog. */
    members: z.array(entityName).max(200).default([]),
    /** Group of the identity provider whose people may operate the team's applications. */
    accessGroup: z
      .string()
      .min(1)
      .max(200)
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9 ._:@/-]*$/,
        'a group as the identity provider names it, without quotes, commas and line breaks',
      )
      .optional(),
    environments: z
      .array(dnsLabel(20))
      .min(1, 'at least one environment')
      .max(20, 'at most 20 environments')
      .refine(
        list => new Set(list).size === list.length,
        'every environment once',
      ),
    /** Where the team says what runs: `<path>/<environment>/<service>` is an overlay. */
    configuration: z.strictObject({
      repoUrl: cloneUrl,
      revision: gitRevision.default('main'),
      path: repositoryFolder.default('environments'),
    }),
    /** What the team may deploy from, beside its configuration. */
    sourceRepos: z.array(repositoryPattern).max(50).default([]),
    /** For each namespace. */
    quota: quotaSchema.default({ cpu: '4', memory: '8Gi', pods: 50 }),
    /** Pod security standard that its namespaces enforce. */
    podSecurity: z.enum(['baseline', 'restricted']).default('restricted'),
  })
  .superRefine((model, context) => {
    for (const environment of model.environments) {
      const result = dnsLabel().safeParse(tenantNamespace(model, environment));
      if (!result.success) {
        context.addIssue({
          code: 'custom',
          path: ['environments'],
          message: `the namespace "${tenantNamespace(
            model,
            environment,
          )}" must have ${result.error.issues[0].message}`,
        });
      }
    }
  });

/** A team on the platform as a golden path describes it, before defaults. @public */
export type TenantModelInput = z.input<typeof tenantSchema>;

/** A team on the platform that can be rendered. @public */
export type TenantModel = z.output<typeof tenantSchema>;

/**
 * Checks a model and fills in its defaults.
 *
 * @throws InputError with the field, what it was and the rule that it breaks.
 *
 * @public
 */
export function parseTenantModel(input: TenantModelInput): TenantModel {
  return parseInput(tenantSchema, input, 'The team cannot be set up');
}

/** The namespace of a team in an environment. @public */
export function tenantNamespace(
  team: { name: string },
  environment: string,
): string {
  return `${team.name}-${environment}`;
}
