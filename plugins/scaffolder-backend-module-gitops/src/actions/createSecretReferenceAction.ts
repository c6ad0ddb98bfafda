import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  referenceSecret,
  type ReferencedSecret,
  type SecretReferenceInput,
} from '@fairway/gitops-manifests';
import { applyChanges, readTree } from '../workspace';
import { secretReferenceExamples } from './secretReferenceExamples';
import { withoutBlanks } from './withoutBlanks';

/** `gitops:secret:reference`: an ExternalSecret in place of what is secret and in Git. */
export function createSecretReferenceAction() {
  return createTemplateAction({
    id: 'gitops:secret:reference',
    description:
      'Refers to a secret of Vault, AWS Secrets Manager, Azure Key Vault, Google Secret Manager or 1Password by an ExternalSecret, in the base or in each overlay of a folder that exists, and takes the plain Secret of that name out. The Secret keeps its name and keys, so workloads stay as they are. No value is asked for, copied or shown. Running it again changes nothing.',
    supportsDryRun: true,
    examples: secretReferenceExamples,
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with base and overlays'),
        service: z =>
          z.string().describe('Name of the service, in place of "{name}"'),
        team: z =>
          z
            .string()
            .optional()
            .describe('Label "team", where no kustomization gives it'),
        name: z =>
          z.string().describe('Name of the Secret that the workload refers to'),
        store: z =>
          z
            .object({
              kind: z
                .enum(['SecretStore', 'ClusterSecretStore'])
                .describe('A store of the namespace, or one for all'),
              name: z
                .string()
                .describe(
                  'Its name; with "{environment}" each environment has its own',
                ),
              provider: z
                .record(z.unknown())
                .optional()
                .describe(
                  'To make the SecretStore: "type" (vault, aws, azure, gcp, onepassword) and what that type needs: vault: server, role, path?, version?, mountPath?, namespace?; aws: region, role?; azure: vaultUrl, tenantId?; gcp: projectId, clusterLocation?, clusterName?; onepassword: vault, token (name and key of a Secret of the cluster), connectHost?. Texts may have "{environment}" in them. Without it the store exists',
                ),
              serviceAccount: z
                .string()
                .optional()
                .describe(
                  'Service account as which the store is read; default named like the service',
                ),
            })
            .describe('The store that has the values'),
        remoteKey: z =>
          z
            .string()
            .describe(
              'Where the store keeps them, with "{name}", "{environment}" and "{key}"; with "{key}" each key of the Secret is a secret of its own there, else a property of one',
            ),
        keys: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Keys of the Secret; default those that the Secret in Git has',
            ),
        environments: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Overlays that get it; default those that have it, or all when it is new',
            ),
        refreshInterval: z =>
          z
            .string()
            .optional()
            .describe('How often the store is read; default 1h'),
        creationPolicy: z =>
          z
            .enum(['Owner', 'Orphan', 'Merge'])
            .optional()
            .describe('What External Secrets does to make it; default Owner'),
        deletionPolicy: z =>
          z
            .enum(['Retain', 'Delete', 'Merge'])
            .optional()
            .describe(
              'What happens when the store no longer has it; default Retain',
            ),
        template: z =>
          z
            .object({
              type: z.string().optional().describe('Type of the Secret'),
              data: z
                .record(z.string())
                .optional()
                .describe('Keys made of the values, in Go templates'),
              mergePolicy: z
                .enum(['Replace', 'Merge'])
                .optional()
                .describe('Whether the values themselves stay beside them'),
            })
            .optional()
            .describe('How the Secret is made of the values'),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths that changed'),
        environments: z =>
          z
            .array(
              z.object({
                name: z.string().describe('Name of the environment'),
                store: z.string().describe('Name of the store there'),
                references: z
                  .array(
                    z.object({
                      secretKey: z.string(),
                      key: z.string(),
                      property: z.string().optional(),
                    }),
                  )
                  .describe('Where each key of the Secret is looked up'),
              }),
            )
            .describe('Where each environment finds the values'),
        removed: z =>
          z
            .array(z.object({ path: z.string(), what: z.string() }))
            .describe('What was taken out of Git, without its values'),
        mustRotate: z =>
          z
            .boolean()
            .describe(
              'Whether values are in Git’s history, and so have to be replaced',
            ),
        summary: z =>
          z
            .string()
            .describe('All of it for people, in Markdown, for a pull request'),
      },
    },
    async handler(ctx) {
      const { path, ...input } = ctx.input;
      const folder = { workspacePath: ctx.workspacePath, path };
      const result = referenceSecret(
        await readTree(folder),
        withoutBlanks(input) as SecretReferenceInput,
      );
      const files = await applyChanges(folder, result.changes);
      ctx.logger.info(
        files.length > 0
          ? `Changed ${files.join(', ')}`
          : `${input.name} is referred to already; nothing changes`,
      );
      for (const note of result.notes) {
        ctx.logger.info(note);
      }
      ctx.output('files', files);
      ctx.output('environments', result.environments);
      ctx.output('removed', result.removed);
      ctx.output('mustRotate', result.mustRotate);
      ctx.output('summary', summaryOf(result));
    },
  });
}

/** Texts of a form end no cell and no code. */
const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

function summaryOf({ environments, removed, notes }: ReferencedSecret): string {
  const rows = environments.map(({ name, store, references }) => {
    const places = references.map(({ secretKey, key, property }) =>
      [
        code(secretKey),
        'from',
        code(key),
        ...(property ? [code(property)] : []),
      ].join(' '),
    );
    return `| ${name} | ${code(store)} | ${places
      .join('<br>')
      .replaceAll('|', '\\|')} |`;
  });
  return [
    '| Environment | Store | Values |',
    '| --- | --- | --- |',
    ...rows,
    ...(removed.length > 0
      ? [
          '',
          'Taken out of Git:',
          '',
          ...removed.map(({ path, what }) => `- ${code(path)} (${what})`),
        ]
      : []),
    ...notes.flatMap(note => ['', note]),
    '',
  ].join('\n');
}
