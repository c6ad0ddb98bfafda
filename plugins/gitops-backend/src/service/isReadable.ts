import type { AuthorizedCaller } from './GitopsAnswers';
import type { Service } from '../catalog';

/** Whether a caller may read what belongs to a component, or to none. */
export function isReadable(
  entityRef: string | undefined,
  services: ReadonlyMap<string, Service>,
  caller: AuthorizedCaller,
): boolean {
  if (!entityRef) {
    return caller.mayRead([]);
  }
  const service = services.get(entityRef);
  return service !== undefined && caller.mayRead(service.owners);
}
