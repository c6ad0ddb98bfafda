import type { Application, FleetCell } from '@fairway/plugin-gitops-common';

/** What the fleet keeps of an application: enough to find, sort and show it in a cell. */
export interface FleetApplication {
  /** Without `staleSince`, which follows from the state of its cluster. */
  cell: FleetCell;
  entityRef?: string;
  /** ISO time of an observation; later ones that saw no change are not known here. */
  observedAt: string;
  /** Lower-case text to search in. */
  search: string;
}

/** One copy of each text that thousands of applications share. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  of<T extends string | undefined>(text: T): T {
    if (text === undefined) {
      return text;
    }
    const known = this.#texts.get(text);
    if (known === undefined) {
      this.#texts.set(text, text);
    }
    return (known ?? text) as T;
  }
}

function searchText(application: Application): string {
  const { ref, entityRef, environment, version, pullRequest } = application;
  return [
    ref.name,
    ref.namespace,
    ref.cluster,
    entityRef,
    environment,
    version,
    pullRequest && `#${pullRequest}`,
  ]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
}

/** What the fleet keeps of a stored application. */
export function toFleetApplication(
  application: Application,
  texts: SharedTexts,
): FleetApplication {
  const { ref } = application;
  return {
    entityRef: texts.of(application.entityRef),
    observedAt: texts.of(application.observedAt),
    search: searchText(application),
    cell: {
      id: application.id,
      engine: application.engine,
      ref: {
        cluster: texts.of(ref.cluster),
        apiVersion: texts.of(ref.apiVersion),
        kind: texts.of(ref.kind),
        namespace: texts.of(ref.namespace),
        name: ref.name,
      },
      environment: texts.of(application.environment),
      sync: application.sync,
      syncMessage: texts.of(application.syncMessage),
      health: application.health,
      healthMessage: application.healthMessage,
      healthSince: application.healthSince,
      phase: application.phase,
      suspended: application.suspended,
      revision: application.revision,
      version: application.version,
      lastDeployment: application.lastDeployment,
      pullRequest: application.pullRequest,
    },
  };
}
