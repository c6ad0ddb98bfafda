/**
 * Where the manifests of a service live: in the repository of its code, in a repository that
 * its team has for configuration, or in one repository for every team.
 *
 * @public
 */
export const LAYOUTS = [
  'service-repository',
  'team-repository',
  'shared-repository',
] as const;

/** One of {@link LAYOUTS}. @public */
export type Layout = (typeof LAYOUTS)[number];

/**
 * The folder with base and overlays of a service, inside the repository that its layout names.
 *
 * @public
 */
export function layoutFolder(options: {
  layout: Layout;
  team: string;
  name: string;
}): string {
  switch (options.layout) {
    case 'team-repository':
      return `services/${options.name}`;
    case 'shared-repository':
      return `teams/${options.team}/${options.name}`;
    default:
      return 'deploy';
  }
}

/** Why a layout is recommended; the words are those of whoever shows it. @public */
export type LayoutReason =
  | 'one-small-team'
  | 'fits-one-repository'
  | 'too-many-services'
  | 'too-many-people';

/** What {@link recommendLayout} says. @public */
export interface LayoutRecommendation {
  layout: Layout;
  reason: LayoutReason;
}

/** Up to here the people who write the code are those who write the manifests. @public */
export const LAYOUT_SMALL_TEAM = { services: 3, people: 10 };

/** Beyond this, one repository for all is where teams wait for each other. @public */
export const LAYOUT_ONE_REPOSITORY = { services: 20, people: 50 };

/**
 * The layout that suits an organisation of a size.
 *
 * @remarks
 *
 * - **The service's own repository** while there is one small team: the same people write code
 *   and manifests, one review covers both, and there is nothing in common yet that a second
 *   repository would keep in one place. It stops paying when other people deploy than write
 *   the code: every change of a convention is then a pull request for each service, and CI that
 *   writes image tags mixes its commits with those of the code.
 * - **One repository for all** up to about 20 services and 50 people: who reviews deployments
 *   sees every one of them, and a convention changes in one commit.
 * - **One repository for each team** beyond that. In a shared one, pushes of CI race each other,
 *   every engine fetches everybody's history, and the right to merge is a right over all teams.
 *
 * Whichever of the two numbers is exceeded first decides. A number that nobody knows is to be
 * given as 0: it then decides nothing.
 *
 * @public
 */
export function recommendLayout(size: {
  services: number;
  people: number;
}): LayoutRecommendation {
  const { services, people } = size;
  if (services > LAYOUT_ONE_REPOSITORY.services) {
    return { layout: 'team-repository', reason: 'too-many-services' };
  }
  if (people > LAYOUT_ONE_REPOSITORY.people) {
    return { layout: 'team-repository', reason: 'too-many-people' };
  }
  if (
    services <= LAYOUT_SMALL_TEAM.services &&
    people <= LAYOUT_SMALL_TEAM.people
  ) {
    return { layout: 'service-repository', reason: 'one-small-team' };
  }
  return { layout: 'shared-repository', reason: 'fits-one-repository' };
}
