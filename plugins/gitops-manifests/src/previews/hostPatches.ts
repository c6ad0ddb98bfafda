import type { PreviewModel } from './PreviewModel';

/** Object of a preview that holds its host name. @public */
export interface PreviewRoute {
  kind: 'Ingress' | 'HTTPRoute';
  name: string;
  /** Whether an Ingress asks for a certificate for its host. */
  tls?: boolean;
}

/**
 * Patches that give a preview its own host name.
 *
 * @param number - the pull request as the generator's template names it
 */
export function hostPatches(
  model: PreviewModel,
  route: PreviewRoute | undefined,
  number: string,
): Array<{ target: { kind: string; name: string }; patch: string }> {
  if (!model.domain || !route) {
    return [];
  }
  const host = `${model.name}-pr-${number}.${model.domain}`;
  const places =
    route.kind === 'HTTPRoute'
      ? ['/spec/hostnames/0']
      : ['/spec/rules/0/host', ...(route.tls ? ['/spec/tls/0/hosts/0'] : [])];
  return [
    {
      target: { kind: route.kind, name: route.name },
      patch: places
        .map(place => `- op: replace\n  path: ${place}\n  value: ${host}\n`)
        .join(''),
    },
  ];
}
