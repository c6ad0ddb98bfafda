import type { SyncPolicy } from '@fairway/plugin-gitops-common';
import { z } from 'zod';
import type { ManifestChange, ManifestTree, YamlText } from '../edit';
import { textChange } from '../edit/textChange';
import { SYNC_POLICY_NAMES } from '../model';
import { syncPolicyByName } from '../model/syncPolicyByName';
import { parseInput } from '../model/parseInput';
import {
  findRegistered,
  openRegistered,
  registrationRef,
  type RegisteredObject,
  type RegistrationKind,
} from '../registered/findRegistered';

const changeSchema = z.strictObject({
  registration: registrationRef,
  policy: z.enum(SYNC_POLICY_NAMES),
});

/** Which registration gets which sync policy. @public */
export type SyncPolicyInput = z.input<typeof changeSchema>;

/** @public */
export interface SyncPolicyChange {
  /** File of the registration. */
  path: string;
  before: SyncPolicy;
  after: SyncPolicy;
  changes: ManifestChange[];
}

const WRITERS: Record<
  RegistrationKind,
  (yaml: YamlText, policy: SyncPolicy) => void
> = {
  Application: writeApplication,
  Kustomization: writeKustomization,
  HelmRelease: writeHelmRelease,
};

/**
 * Changes what an engine does by itself in an environment.
 *
 * @remarks
 * - Argo CD `Application`: `spec.syncPolicy.automated`, which is absent for "manual".
 * - Flux `Kustomization`: "manual" is `suspend: true`, and then nothing is pruned; a Kustomization
 *   that is not suspended always reverts drift, so the last two policies are the same.
 * - Flux `HelmRelease`: Helm always deletes what a release no longer names; self-healing is
 *   `driftDetection`, which tells of drift and leaves it when self-healing is taken away.
 *
 * @returns no changes when the registration says so already.
 * @throws InputError for input that breaks a rule, and a registration that is not in the tree.
 *
 * @public
 */
export function setSyncPolicy(
  tree: ManifestTree,
  input: SyncPolicyInput,
): SyncPolicyChange {
  const { registration, policy } = parseInput(
    changeSchema,
    input,
    'The sync policy cannot be changed',
  );
  const found = findRegistered(tree, registration);
  const yaml = openRegistered(tree, found);
  const before = readSyncPolicy(found.object);
  WRITERS[registration.kind](yaml, syncPolicyByName(policy));
  return {
    path: found.path,
    before,
    after: readSyncPolicy(yaml.value as RegisteredObject),
    changes: textChange(tree, found.path, yaml.toString()),
  };
}

/** What the engine of a registration does by itself. */
export function readSyncPolicy(object: RegisteredObject): SyncPolicy {
  const spec = object.spec ?? {};
  const isSuspended = spec.suspend === true;
  if (object.kind === 'Kustomization') {
    const prune = spec.prune === true;
    return { automated: !isSuspended, prune, selfHeal: true };
  }
  if (object.kind === 'HelmRelease') {
    const selfHeal = spec.driftDetection?.mode === 'enabled';
    return { automated: !isSuspended, prune: true, selfHeal };
  }
  const automated = spec.syncPolicy?.automated;
  return {
    // `automated: {}` means yes, nothing behind the key and `enabled: false` mean no.
    automated:
      typeof automated === 'object' &&
      automated !== null &&
      automated.enabled !== false,
    prune: automated?.prune === true,
    selfHeal: automated?.selfHeal === true,
  };
}

const AUTOMATED = ['spec', 'syncPolicy', 'automated'];
const OPTIONS = ['spec', 'syncPolicy', 'syncOptions'];

function writeApplication(yaml: YamlText, policy: SyncPolicy): void {
  if (!policy.automated) {
    yaml.delete(AUTOMATED);
    return;
  }
  const { prune, selfHeal } = policy;
  const current = yaml.get(AUTOMATED);
  if (typeof current !== 'object' || current === null) {
    // A folder that was emptied by mistake must not delete a whole environment.
    yaml.set(AUTOMATED, { prune, selfHeal, allowEmpty: false });
  } else {
    yaml.set([...AUTOMATED, 'prune'], prune);
    yaml.set([...AUTOMATED, 'selfHeal'], selfHeal);
    if ((current as { enabled?: unknown }).enabled === false) {
      yaml.set([...AUTOMATED, 'enabled'], true);
    }
  }
  const options = yaml.get(OPTIONS) ?? [];
  const hasOption =
    Array.isArray(options) &&
    options.some(option => String(option).startsWith('PruneLast='));
  if (prune && Array.isArray(options) && !hasOption) {
    // What replaces something is there before that is deleted.
    yaml.set([...OPTIONS, options.length], 'PruneLast=true');
  }
}

function writeKustomization(yaml: YamlText, policy: SyncPolicy): void {
  if (yaml.get(['spec', 'suspend']) !== undefined || !policy.automated) {
    yaml.set(['spec', 'suspend'], !policy.automated);
  }
  yaml.set(['spec', 'prune'], policy.automated && policy.prune);
}

const DRIFT_MODE = ['spec', 'driftDetection', 'mode'];

function writeHelmRelease(yaml: YamlText, policy: SyncPolicy): void {
  if (yaml.get(['spec', 'suspend']) !== undefined || !policy.automated) {
    yaml.set(['spec', 'suspend'], !policy.automated);
  }
  if (policy.selfHeal) {
    yaml.set(DRIFT_MODE, 'enabled');
  } else if (yaml.get(DRIFT_MODE) === 'enabled') {
    yaml.set(DRIFT_MODE, 'warn');
  }
}
