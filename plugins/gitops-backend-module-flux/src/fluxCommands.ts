import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Application, ObjectRef } from '@fairway/plugin-gitops-common';
import type { CommandContext, CommandPatch } from '@fairway/plugin-gitops-node';
import { pluralOf } from './fluxKinds';

/**
 * The patches that carry out a command on a `Kustomization` or a `HelmRelease`.
 *
 * @throws InputError when Flux has no such command, or cannot take it now.
 */
export function fluxCommands(
  application: Application,
  context: CommandContext,
): CommandPatch[] {
  const { ref, source, suspended } = application;
  const { command, request, now } = context;
  const requested: JsonObject = {
    metadata: {
      annotations: { 'reconcile.fluxcd.io/requestedAt': now.toISOString() },
    },
  };
  const ofSource =
    source.ref && pluralOf(source.ref.kind)
      ? [patchOf(source.ref, requested)]
      : [];
  switch (command) {
    case 'sync':
      if (suspended) {
        throw new InputError(
          `${ref.kind} ${ref.name} is suspended and would not reconcile; resume it first`,
        );
      }
      if (request.revision || request.dryRun) {
        throw new InputError(
          'Flux reconciles what its source has: it takes no revision and no dry run; change the revision in Git',
        );
      }
      if (request.prune && !application.policy.prune) {
        throw new InputError(
          `${ref.kind} ${ref.name} does not prune; set spec.prune in Git`,
        );
      }
      // The source first: the object would apply the revision that is fetched already.
      return [...ofSource, patchOf(ref, requested)];
    case 'refresh':
      return ofSource.length > 0 ? ofSource : [patchOf(ref, requested)];
    case 'suspend':
      return [patchOf(ref, { spec: { suspend: true } })];
    case 'resume':
      return [patchOf(ref, { spec: { suspend: false } })];
    case 'terminate':
      throw new InputError(
        'Flux cannot stop a reconciliation; suspend the application to prevent the next one',
      );
    default:
      throw new InputError(`Flux has no command ${command}`);
  }
}

function patchOf(ref: ObjectRef, patch: JsonObject): CommandPatch {
  const plural = pluralOf(ref.kind);
  if (!plural) {
    throw new InputError(
      `Fairway does not know objects of kind ${ref.kind}; use the flux command line`,
    );
  }
  return { ref, plural, type: 'application/merge-patch+json', patch };
}
