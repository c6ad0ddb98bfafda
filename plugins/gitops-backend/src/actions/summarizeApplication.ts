import type { Application } from '@fairway/plugin-gitops-common';

/** What a model, or the next step of a template, needs of an application. */
export function summarizeApplication(application: Application) {
  return {
    id: application.id,
    name: application.ref.name,
    engine: application.engine,
    cluster: application.ref.cluster,
    namespace: application.ref.namespace,
    entityRef: application.entityRef,
    environment: application.environment,
    sync: application.sync,
    syncMessage: application.syncMessage,
    health: application.health,
    healthMessage: application.healthMessage,
    suspended: application.suspended,
    revision: application.revision,
    desiredRevision: application.desiredRevision,
    version: application.version,
    staleSince: application.staleSince,
    commands: application.commands,
  };
}
