import {
  migrationPhase,
  type MigrationPhase,
  type SyncPolicy,
} from '@fairway/plugin-gitops-common';
import { SYNC_POLICY_NAMES, type SyncPolicyName } from '../model';
import type { RegistrationKind } from '../registered/findRegistered';

/**
 * The phases that a registration goes through. Flux reverts drift in everything that it is not
 * suspended for, and Helm always deletes what a release no longer names: those have fewer.
 */
const PHASES: Record<RegistrationKind, MigrationPhase[]> = {
  Application: [1, 2, 3, 4],
  Kustomization: [1, 2, 4],
  HelmRelease: [1, 3, 4],
};

/** A step of the way to full GitOps. @public */
export interface MigrationStep {
  current: MigrationPhase;
  /** Absent when there is none left. */
  next?: { phase: MigrationPhase; policy: SyncPolicyName };
}

/** Which phase a registration is in, and which one is next. @public */
export function nextMigrationStep(
  kind: RegistrationKind,
  policy: SyncPolicy,
): MigrationStep {
  const current = migrationPhase(policy);
  const phase = PHASES[kind].find(one => one > current);
  return phase
    ? { current, next: { phase, policy: SYNC_POLICY_NAMES[phase - 1] } }
    : { current };
}
