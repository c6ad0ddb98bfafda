import {
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { ServiceEntry } from '../dora';

/** A component as the fleet needs it. */
export interface Service extends ServiceEntry {
  title?: string;
  /** Entity refs of all owners; `owner` is the first. */
  owners: string[];
  /** Type of the component, for example `service` or `library`. */
  type?: string;
}

/** Components by entity ref. */
export type Services = ReadonlyMap<string, Service>;

/** The fields of components and systems that {@link toServices} reads. */
export const SERVICE_FIELDS = [
  'kind',
  'metadata.namespace',
  'metadata.name',
  'metadata.title',
  'spec.type',
  'relations',
];

/** The components among entities, with the domains of those of their systems that are there. */
export function toServices(entities: readonly Entity[]): Services {
  const ofKind = (kind: string) =>
    entities.filter(entity => entity.kind.toLowerCase() === kind);
  const domains = new Map(
    ofKind('system').map(system => [
      stringifyEntityRef(system),
      relation(system, RELATION_PART_OF, 'domain'),
    ]),
  );
  return new Map(
    ofKind('component')
      .map(entity => toService(entity, domains))
      .map(service => [service.entityRef, service]),
  );
}

function relation(
  entity: Entity,
  type: string,
  kind: string,
): string | undefined {
  return entity.relations?.find(
    item => item.type === type && parseEntityRef(item.targetRef).kind === kind,
  )?.targetRef;
}

export function toService(
  entity: Entity,
  domains: ReadonlyMap<string, string | undefined>,
): Service {
  const system = relation(entity, RELATION_PART_OF, 'system');
  const type = entity.spec?.type;
  const owners = (entity.relations ?? [])
    .filter(item => item.type === RELATION_OWNED_BY)
    .map(item => item.targetRef);
  return {
    entityRef: stringifyEntityRef(entity),
    name: entity.metadata.name,
    title: entity.metadata.title,
    owners,
    owner: owners[0],
    system,
    domain: system && domains.get(system),
    type: typeof type === 'string' ? type : undefined,
  };
}
