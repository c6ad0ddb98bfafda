import { z } from 'zod';
import { parseInput } from '../model/parseInput';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  imageRepository,
  labelValue,
  repositoryFolder,
  serviceName,
} from '../model/rules';
import { quotaSchema } from '../quota';

/** The forges whose pull requests can be previewed. @public */
export const PREVIEW_FORGES = [
  'gitea',
  'github',
  'gitlab',
  'bitbucketCloud',
  'bitbucketServer',
  'azure',
] as const;

/** A name of a user, a group or a repository, or several with slashes. */
const forgePath = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_. -]*(\/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$/,
    'a name of the forge: letters, digits, dashes, dots and underscores',
  )
  .refine(name => !name.includes('..'), 'a name without ".."');

const secretKey = z.strictObject({
  name: dnsLabel(),
  key: z
    .string()
    .regex(/^[-._a-zA-Z0-9]{1,253}$/, 'a key of a Secret')
    .default('token'),
});

const forgeSchema = z
  .strictObject({
    kind: z.enum(PREVIEW_FORGES),
    /** Host, with its port. */
    host: z
      .string()
      .regex(
        /^[A-Za-z0-9.-]+(:[0-9]{1,5})?$/,
        'a host, for example "git.example.com"',
      ),
    /** Organisation, group or workspace. */
    owner: forgePath,
    repo: forgePath,
    /** Project of Bitbucket Server or Azure DevOps. */
    project: forgePath.optional(),
    /** Whether the forge speaks plain HTTP; for tests and playgrounds. */
    plainHttp: z.boolean().default(false),
    /** The Secret, beside the generator, with which it reads pull requests. */
    secret: secretKey.optional(),
  })
  .refine(
    forge =>
      forge.project !== undefined ||
      (forge.kind !== 'bitbucketServer' && forge.kind !== 'azure'),
    { path: ['project'], message: 'the project, which this forge has' },
  );

/** Label by which Kyverno's clean-up controller deletes an object after a time. */
export const TTL_LABEL = 'cleanup.kyverno.io/ttl';

const TAG_PLACEHOLDERS = /\{(sha|shortSha|number)\}/g;

const previewSchema = z
  .strictObject({
    name: serviceName,
    team: labelValue,
    partOf: labelValue.optional(),
    engine: z.enum(['argocd', 'flux']),
    forge: forgeSchema,
    /** Clone URL of the repository with the overlay, whose pull requests are previewed. */
    repoUrl: cloneUrl,
    /** Branch that the pull requests are for. */
    targetBranch: gitRevision.default('main'),
    /** Folder with `base` and `overlays`; "." for the root of the repository. */
    path: repositoryFolder.or(z.literal('.')).default('deploy'),
    /** Image without tag. */
    image: imageRepository,
    /** Tag that CI gives to the image of a pull request's last commit. */
    imageTag: z
      .string()
      .max(128)
      .regex(
        /^(?:[A-Za-z0-9_.-]|\{sha\}|\{shortSha\}|\{number\})+$/,
        'letters, digits, dots, dashes, underscores, "{sha}", "{shortSha}" and "{number}"',
      )
      .refine(
        tag => /\{(sha|shortSha)\}/.test(tag),
        '"{sha}" or "{shortSha}", so that every commit has an image of its own',
      )
      .refine(
        tag => /^[A-Za-z0-9_]/.test(tag.replace(TAG_PLACEHOLDERS, 'x')),
        'a first character that is no dot and no dash',
      )
      .default('{sha}'),
    /** Label of a pull request that asks for a preview; on Bitbucket the prefix of its branch. */
    label: z
      .string()
      .max(50)
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
        'a label of letters, digits, dots, dashes, underscores and slashes',
      )
      .default('preview'),
    /** Previews are at `<service>-pr-<number>.<domain>`; without it they have no host name. */
    domain: z
      .string()
      .max(150)
      .regex(
        /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
        'a domain in lower case, for example "preview.example.com"',
      )
      .optional(),
    /** Hours after which Kyverno may clean a preview up. */
    hoursToLive: z
      .number()
      .int()
      .min(1)
      .max(24 * 90)
      .default(72),
    quota: quotaSchema.default({ cpu: '2', memory: '2Gi', pods: 10 }),
  })
  .superRefine((model, context) => {
    // Pull requests may have six digits.
    if (`${model.name}-pr-000000`.length > 63) {
      context.addIssue({
        code: 'custom',
        path: ['name'],
        message:
          'a name with which "<name>-pr-<number>" has at most 63 characters',
      });
    }
    if (model.engine === 'flux' && model.forge.kind.startsWith('bitbucket')) {
      context.addIssue({
        code: 'custom',
        path: ['forge', 'kind'],
        message:
          'a forge that the Flux Operator reads pull requests from: gitea, github, gitlab or azure. For Bitbucket use Argo CD, or a provider of the type ExternalService by hand',
      });
    }
  });

/** Previews of a service as a golden path describes them, before defaults. @public */
export type PreviewModelInput = z.input<typeof previewSchema>;

/** Previews of a service that can be rendered. @public */
export type PreviewModel = z.output<typeof previewSchema>;

/**
 * Checks a model and fills in its defaults.
 *
 * @throws InputError with the field, what it was and the rule that it breaks.
 *
 * @public
 */
export function parsePreviewModel(input: PreviewModelInput): PreviewModel {
  return parseInput(previewSchema, input, 'Previews cannot be enabled');
}

/** The tag of the image, with what the generator knows in its place. */
export function tagOf(
  model: PreviewModel,
  values: Record<'sha' | 'shortSha' | 'number', string>,
): string {
  return model.imageTag.replace(
    TAG_PLACEHOLDERS,
    (_, name: keyof typeof values) => values[name],
  );
}

/** A folder of the service's manifests, from the root of its repository. */
export function folderIn(model: PreviewModel, name: string): string {
  return model.path === '.' ? name : `${model.path}/${name}`;
}
