import type {
  Application,
  ApplicationResource,
} from '@fairway/plugin-gitops-common';

/** Enough for every page that shows them; an object of a cluster can name ten times as many. */
const MAX_RESOURCES = 1000;

function isInTrouble({ sync, health, message }: ApplicationResource): boolean {
  return (
    message !== undefined ||
    (sync !== undefined && sync !== 'synced') ||
    (health !== undefined && health !== 'healthy')
  );
}

/**
 * The resources that an observation bears, at most 1,000 in the order of the engine: those that
 * say that something is wrong, and the first of the others. The count tells when some are left out.
 *
 * @public
 */
export function limitResources(
  resources: ApplicationResource[],
): Pick<Application, 'resources' | 'resourceCount'> {
  if (resources.length <= MAX_RESOURCES) {
    return { resources };
  }
  const troubled = new Set(
    resources.filter(isInTrouble).slice(0, MAX_RESOURCES),
  );
  let others = MAX_RESOURCES - troubled.size;
  return {
    resources: resources.filter(resource => {
      if (troubled.has(resource)) {
        return true;
      }
      others -= 1;
      return others >= 0 && !isInTrouble(resource);
    }),
    resourceCount: resources.length,
  };
}
