import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  addPolicy,
  POLICY_ENGINES,
  POLICY_NAMES,
  type AddedPolicies,
} from '@fairway/gitops-manifests';
import { repositoryOf } from '../config';
import { openForgeRepository } from '../forge';
import { applyChanges, readTree } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { policyAddExamples } from './policyAddExamples';
import { withoutBlanks } from './withoutBlanks';

/** `gitops:policy:add`: policies with their tests, in the platform repository. */
export function createPolicyAddAction({
  config,
  integrations,
}: Pick<ActionDependencies, 'config' | 'integrations'>) {
  return createTemplateAction({
    id: 'gitops:policy:add',
    description:
      'Adds policies for Kyverno or Gatekeeper to a platform repository that was fetched, each with test cases, and registers their folder with Argo CD or Flux. New policies report and refuse nothing; with "enforce", policies that are there refuse from now on. Running it again changes nothing.',
    supportsDryRun: true,
    examples: policyAddExamples,
    schema: {
      input: {
        path: z =>
          z
            .string()
            .describe('Folder of the workspace with the platform repository'),
        engine: z =>
          z
            .enum(POLICY_ENGINES)
            .describe(
              'kyverno: policies.kyverno.io (1.17 and later); kyverno-cluster-policy: the older kinds of kyverno.io (1.11 to 1.19); gatekeeper: constraint templates and constraints',
            ),
        policies: z =>
          z
            .array(z.enum([...POLICY_NAMES, 'baseline']))
            .describe('What to add; "baseline" are the five rules on pods'),
        enforce: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Refuse what is only reported so far; the policies must be there',
            ),
        registries: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Registries, or paths in them, that images may come from; for allowed-registries and baseline',
            ),
        excludedNamespaces: z =>
          z
            .array(z.string())
            .optional()
            .describe('Namespaces left out, beside those of the system'),
        networkPolicy: z =>
          z
            .enum(['same-namespace', 'deny-all'])
            .optional()
            .describe(
              'What a new namespace lets in: same-namespace (default) only its own pods; deny-all nothing, and nothing out but to DNS',
            ),
        timeToLiveHours: z =>
          z
            .number()
            .optional()
            .describe('Age at which a preview is deleted; default 72'),
        registration: z =>
          z
            .object({
              engine: z
                .enum(['argocd', 'flux'])
                .optional()
                .describe('What reads the repository; default argocd'),
              repoUrl: z
                .string()
                .optional()
                .describe(
                  'The repository in the form host?owner=platform&repo=gitops; default gitops.platformRepository',
                ),
              revision: z
                .string()
                .optional()
                .describe('Branch that is read; default main'),
              namespace: z
                .string()
                .optional()
                .describe('Of the registration; default argocd or flux-system'),
              project: z
                .string()
                .optional()
                .describe(
                  'AppProject of Argo CD that allows objects of the cluster; default "default"',
                ),
              sourceName: z
                .string()
                .optional()
                .describe(
                  'GitRepository of Flux that exists; default a new one',
                ),
              secretName: z
                .string()
                .optional()
                .describe('Secret of Flux with credentials for the repository'),
            })
            .optional()
            .describe('How the policies get into the cluster'),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths that changed'),
        added: z => z.array(z.string()).describe('Policies that are new'),
        kept: z =>
          z.array(z.string()).describe('Policies that are there as they are'),
        enforced: z =>
          z.array(z.string()).describe('Policies that refuse from now on'),
        testCommand: z =>
          z.string().describe('Command that runs their test cases'),
        summary: z =>
          z
            .string()
            .describe('All of it for people, in Markdown, for a pull request'),
      },
    },
    async handler(ctx) {
      const { path, registration = {}, ...input } = withoutBlanks(ctx.input);
      const { repoUrl, engine = 'argocd', ...more } = registration;
      const repository = openForgeRepository(
        repositoryOf(repoUrl, config),
        integrations,
      );
      const folder = { workspacePath: ctx.workspacePath, path };
      const result = addPolicy(await readTree(folder), {
        ...input,
        registration: { ...more, engine, repoUrl: repository.cloneUrl },
      });
      const files = await applyChanges(folder, result.changes);
      ctx.logger.info(
        files.length > 0
          ? `Changed ${files.join(', ')}`
          : 'The policies are there already; nothing changes',
      );
      ctx.output('files', files);
      ctx.output('added', result.added);
      ctx.output('kept', result.kept);
      ctx.output('enforced', result.enforced);
      ctx.output('testCommand', result.testCommand);
      ctx.output('summary', summaryOf(result));
    },
  });
}

function summaryOf(result: AddedPolicies): string {
  const rows = [
    ...result.added.map(name => `| ${name} | new, reports |`),
    ...result.enforced.map(name => `| ${name} | refuses from now on |`),
    ...result.kept.map(name => `| ${name} | stays as it is |`),
  ];
  return [
    '| Policy | |',
    '| --- | --- |',
    ...rows,
    ...result.notes.flatMap(note => ['', note]),
    ...(result.testCommand
      ? ['', `Test cases: \`${result.testCommand}\``]
      : []),
    '',
  ].join('\n');
}
