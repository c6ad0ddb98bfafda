import {
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import {
  ANNOTATION_ARGOCD_APP_NAME,
  ANNOTATION_ARGOCD_APP_SELECTOR,
  ANNOTATION_KUBERNETES_ID,
  ANNOTATION_KUBERNETES_LABEL_SELECTOR,
  LABEL_COMPONENT,
  type Engine,
  type ObjectRef,
} from '@fairway/plugin-gitops-common';
import { fingerprintOf } from './fingerprint';
import { parseLabelSelector, type LabelPredicate } from './labelSelector';

const INDEXED_ANNOTATIONS = [
  ANNOTATION_KUBERNETES_ID,
  ANNOTATION_ARGOCD_APP_NAME,
  ANNOTATION_ARGOCD_APP_SELECTOR,
  ANNOTATION_KUBERNETES_LABEL_SELECTOR,
];

/** The fields of an entity that the index reads; what to ask the catalog for. */
export const INDEXED_FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'metadata.annotations',
  'spec.owner',
];

/** A component, as far as applications are concerned. */
export interface IndexedEntity {
  entityRef: string;
  name: string;
  title?: string;
  /** Entity ref of its owner. */
  owner?: string;
}

/** An object that may belong to a component. */
export interface OwnedObject {
  engine?: Engine;
  ref: ObjectRef;
  labels: Record<string, string>;
}

interface Selector {
  matches: LabelPredicate;
  entity: IndexedEntity;
  argocdOnly: boolean;
}

function toIndexed(entity: Entity): IndexedEntity {
  const owner = entity.spec?.owner;
  let ownerRef: string | undefined;
  try {
    ownerRef =
      typeof owner === 'string'
        ? stringifyEntityRef(
            parseEntityRef(owner, {
              defaultKind: 'Group',
              defaultNamespace: entity.metadata.namespace,
            }),
          )
        : undefined;
  } catch {
    ownerRef = undefined;
  }
  return {
    entityRef: stringifyEntityRef(entity),
    name: entity.metadata.name,
    ...(entity.metadata.title ? { title: entity.metadata.title } : {}),
    ...(ownerRef ? { owner: ownerRef } : {}),
  };
}

/**
 * Which component an object belongs to.
 *
 * @remarks
 * In this order: the object's label `backstage.io/kubernetes-id` (the value of the annotation of
 * that name, else the name of a component), then the components' annotations `argocd/app-name`,
 * `argocd/app-selector` and `backstage.io/kubernetes-label-selector`. Where several components
 * claim an object, the first by entity ref has it.
 */
export class EntityIndex {
  /** Equal for indexes that decide equally. */
  readonly fingerprint: string;
  readonly #byRef = new Map<string, IndexedEntity>();
  readonly #byId = new Map<string, IndexedEntity>();
  readonly #byName = new Map<string, IndexedEntity>();
  readonly #byArgocdName = new Map<string, IndexedEntity>();
  readonly #selectors: Selector[] = [];

  constructor(entities: readonly Entity[]) {
    const ordered = entities
      .filter(({ kind }) => kind.toLowerCase() === 'component')
      .map(entity => ({ entity, indexed: toIndexed(entity) }))
      .sort((a, b) => (a.indexed.entityRef < b.indexed.entityRef ? -1 : 1));
    for (const { entity, indexed } of ordered) {
      this.#add(entity, indexed);
    }
    this.#selectors.sort((a, b) => Number(b.argocdOnly) - Number(a.argocdOnly));
    this.fingerprint = fingerprintOf(
      ordered.map(({ entity, indexed }) => [
        indexed,
        INDEXED_ANNOTATIONS.map(
          annotation => entity.metadata.annotations?.[annotation] ?? null,
        ),
      ]),
    );
  }

  /** The component with this ref. */
  get(entityRef: string): IndexedEntity | undefined {
    return this.#byRef.get(entityRef);
  }

  /** The component that the object belongs to. */
  resolve(object: OwnedObject): IndexedEntity | undefined {
    const id = object.labels[LABEL_COMPONENT];
    const labelled =
      id === undefined ? undefined : this.#byId.get(id) ?? this.#byName.get(id);
    if (labelled) {
      return labelled;
    }
    const isArgocd = object.engine === 'argocd';
    const { namespace, name } = object.ref;
    const named = isArgocd
      ? this.#byArgocdName.get(`${namespace}/${name}`) ??
        this.#byArgocdName.get(name)
      : undefined;
    return (
      named ??
      this.#selectors.find(
        selector =>
          (isArgocd || !selector.argocdOnly) && selector.matches(object.labels),
      )?.entity
    );
  }

  #add(entity: Entity, indexed: IndexedEntity): void {
    const annotations = entity.metadata.annotations ?? {};
    const setFirst = (map: Map<string, IndexedEntity>, key?: string) => {
      if (key && !map.has(key)) {
        map.set(key, indexed);
      }
    };
    this.#byRef.set(indexed.entityRef, indexed);
    setFirst(this.#byId, annotations[ANNOTATION_KUBERNETES_ID]);
    if ((entity.metadata.namespace ?? 'default') === 'default') {
      this.#byName.set(indexed.name, indexed);
    } else {
      setFirst(this.#byName, indexed.name);
    }
    for (const name of (annotations[ANNOTATION_ARGOCD_APP_NAME] ?? '').split(
      ',',
    )) {
      setFirst(this.#byArgocdName, name.trim());
    }
    for (const annotation of [
      ANNOTATION_ARGOCD_APP_SELECTOR,
      ANNOTATION_KUBERNETES_LABEL_SELECTOR,
    ]) {
      const matches = parseLabelSelector(annotations[annotation] ?? '');
      if (matches) {
        this.#selectors.push({
          matches,
          entity: indexed,
          argocdOnly: annotation === ANNOTATION_ARGOCD_APP_SELECTOR,
        });
      }
    }
  }
}
