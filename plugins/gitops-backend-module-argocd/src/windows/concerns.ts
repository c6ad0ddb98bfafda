import {
  matchesGlob,
  type Application,
  type SyncWindow,
} from '@fairway/plugin-gitops-common';

/**
 * Whether a sync window concerns an application: one of its lists names it, or with the AND
 * operator all lists that are given; a window without lists concerns none.
 *
 * @remarks
 * The source of the rule is `SyncWindows.Matches` of Argo CD.
 */
export function concerns(
  window: SyncWindow,
  application: Pick<Application, 'ref' | 'destination'>,
): boolean {
  const { namespace = '', server } = application.destination;
  const given = [
    { patterns: window.applications, text: application.ref.name },
    // A destination names its cluster by URL or by name, and patterns may mean either.
    { patterns: window.clusters, text: server },
    { patterns: window.namespaces, text: namespace },
  ].filter(({ patterns }) => patterns.length > 0);
  const isNamed = ({ patterns, text }: (typeof given)[number]) =>
    text !== undefined && patterns.some(pattern => matchesGlob(pattern, text));
  return window.andOperator
    ? given.length > 0 && given.every(isNamed)
    : given.some(isNamed);
}
