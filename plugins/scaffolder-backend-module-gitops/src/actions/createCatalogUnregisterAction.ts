import {
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ActionDependencies } from './createGitopsActions';

/** `gitops:catalog:unregister`: an entity leaves the catalog. */
export function createCatalogUnregisterAction({ catalog }: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:catalog:unregister',
    description:
      'Removes the location of an entity from the catalog, as the user who started the task, and the entity with it. A location that describes other entities, too, or that the catalog finds by itself, stays, and what to do is said.',
    supportsDryRun: true,
    examples: [
      {
        description: 'The last step of a decommissioning',
        example: `steps:
  - id: unregister
    action: gitops:catalog:unregister
    input:
      entityRef: component:default/orders
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
      },
      output: {
        unregistered: z =>
          z.boolean().describe('Whether it is not in the catalog any more'),
        reason: z =>
          z.string().optional().describe('Why it is, and what to do'),
      },
    },
    async handler(ctx) {
      const { entityRef } = ctx.input;
      const credentials = await ctx.getInitiatorCredentials();
      const end = (reason?: string) => {
        ctx.logger.info(
          reason ?? `${entityRef} is not in the catalog any more`,
        );
        ctx.output('unregistered', reason === undefined);
        ctx.output('reason', reason);
      };
      const entity = await catalog.getEntityByRef(entityRef, { credentials });
      if (!entity) {
        end();
        return;
      }
      const origin = entity.metadata.annotations?.[ANNOTATION_ORIGIN_LOCATION];
      const location =
        origin && (await catalog.getLocationByRef(origin, { credentials }));
      if (!location) {
        end(
          `${entityRef} comes from ${
            origin ?? 'no location'
          }, which was not registered by hand: it leaves the catalog when the file does, or when the source of the catalog leaves archived repositories out`,
        );
        return;
      }
      const { items } = await catalog.getEntities(
        {
          filter: {
            [`metadata.annotations.${ANNOTATION_ORIGIN_LOCATION}`]: origin,
          },
        },
        { credentials },
      );
      const others = items.filter(other => !isSame(other, entity));
      if (others.length > 0) {
        end(
          `${origin} describes ${others
            .map(other => stringifyEntityRef(other))
            .join(', ')}, too; take ${entityRef} out of that file`,
        );
        return;
      }
      if (ctx.isDryRun) {
        ctx.logger.info(`Would remove ${origin} from the catalog`);
        ctx.output('unregistered', false);
        return;
      }
      await catalog.removeLocationById(location.id, { credentials });
      end();
    },
  });
}

/** The location itself is an entity, too. */
function isSame(other: Entity, entity: Entity): boolean {
  return (
    other.kind === 'Location' ||
    stringifyEntityRef(other) === stringifyEntityRef(entity)
  );
}
