import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  compareFolders,
  objectTitle,
  renderDifference,
  type FolderComparison,
} from '@fairway/gitops-manifests';
import path from 'node:path';
import { FetchedFolder } from '../workspace';

/** `gitops:manifests:diff`: what a change does to the objects of each environment. */
export function createManifestsDiffAction() {
  return createTemplateAction({
    id: 'gitops:manifests:diff',
    description:
      'Renders every overlay of a folder as it was fetched and as it is, and says which objects are added, changed and removed in each environment: as Markdown for the description of the pull request, and as lists. Of a folder that was not fetched everything is added.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Show in the pull request what would change',
        example: `steps:
  - id: diff
    action: gitops:manifests:diff
    input:
      path: ./service/deploy
  - id: pullRequest
    action: gitops:pull-request:open
    input:
      sourcePath: ./service
      branch: change-orders
      title: Change orders
      difference: \${{ steps.diff.output.markdown }}
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z
            .string()
            .describe(
              'Folder of the workspace, in what gitops:repository:fetch fetched or what another step rendered; without overlays in it, its manifests are compared as they are',
            ),
      },
      output: {
        markdown: z =>
          z.string().describe('The difference for people, of bounded length'),
        different: z => z.boolean().describe('Whether any object changes'),
        changed: z =>
          z
            .array(
              z.object({
                overlay: z
                  .string()
                  .describe('Name of the overlay, else the folder'),
                added: z.array(z.string()).describe('Objects that are new'),
                changed: z
                  .array(z.string())
                  .describe('Objects that are not the same'),
                removed: z
                  .array(z.string())
                  .describe('Objects that are there no more'),
              }),
            )
            .describe(
              'The overlays in which objects change, with "Kind namespace/name" of each',
            ),
      },
    },
    async handler(ctx) {
      const { workspacePath } = ctx;
      const folder = resolveSafeChildPath(workspacePath, ctx.input.path);
      const fetched = await FetchedFolder.containing(
        workspacePath,
        ctx.input.path,
      );
      const isSame = fetched && (await fetched.changes()).length === 0;
      const before =
        fetched &&
        path.join(fetched.untouched, path.relative(fetched.directory, folder));
      const all = isSame
        ? []
        : await compareFolders(before, folder, { signal: ctx.signal });
      const changed = all.map(summary).filter(isDifferent);
      for (const { overlay, ...objects } of changed) {
        ctx.logger.info(`${overlay}: ${inWords(objects)}`);
      }
      if (changed.length === 0) {
        ctx.logger.info('No rendered object changes');
      }
      ctx.output('markdown', renderDifference(all));
      ctx.output('different', changed.length > 0);
      ctx.output('changed', changed);
    },
  });
}

interface ObjectLists {
  added: string[];
  changed: string[];
  removed: string[];
}

function summary({ name, difference }: FolderComparison) {
  const { added, changed, removed } = difference;
  return {
    overlay: name,
    added: added.map(objectTitle),
    changed: changed.map(({ after }) => objectTitle(after)),
    removed: removed.map(objectTitle),
  };
}

function isDifferent({ added, changed, removed }: ObjectLists): boolean {
  return [added, changed, removed].some(list => list.length > 0);
}

function inWords(objects: ObjectLists): string {
  return Object.entries(objects)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => `${what} ${list.join(', ')}`)
    .join('; ');
}
