import { z } from 'zod';
import { changedTree, type ManifestChange, type ManifestTree } from '../edit';
import { textChange } from '../edit/textChange';
import { serviceName } from '../model/rules';
import { parseInput } from '../model/parseInput';
import {
  findRegistered,
  isOfKind,
  objectsOf,
  openRegistered,
  registrationRef,
  type Registered,
  type RegistrationRef,
} from './findRegistered';
import { differences, goesWith, isOwn } from './ownership';

/** With it, Argo CD deletes what an Application deployed before the Application itself goes. */
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

const removalSchema = z.strictObject({
  service: serviceName,
  registrations: z.array(registrationRef).min(1).max(100),
});

/** The registrations of a service that goes. @public */
export type RemovalInput = z.input<typeof removalSchema>;

/** @public */
export interface RemovalPreparation {
  changes: ManifestChange[];
  /** Why each change is needed. */
  reasons: string[];
}

/**
 * Makes sure that the engine deletes what it deployed when a registration is removed. To be merged
 * and applied before `removeRegistration`, because what counts then is what the cluster has.
 *
 * @remarks
 * - Argo CD leaves everything running that an Application without its finalizer deployed. A project
 *   with the same finalizer waits for its applications.
 * - Flux leaves everything running that a Kustomization deployed that does not prune or is
 *   suspended. A HelmRelease that is suspended is not uninstalled.
 *
 * @returns no changes when a removal would leave nothing running, and when all are removed already.
 * @throws InputError for input that breaks a rule, and a registration that is not in the tree while
 * others are.
 *
 * @public
 */
export function prepareRemoval(
  tree: ManifestTree,
  input: RemovalInput,
): RemovalPreparation {
  const { registrations, service } = parseRemoval(input);
  const reasons: string[] = [];
  let current = tree;
  const all = [...objectsOf(tree)];
  if (!all.some(one => registrations.some(ref => isMeant(one, ref)))) {
    return { changes: [], reasons };
  }
  const found = registrations.map(ref => findRegistered(tree, ref));
  const own = all.filter(
    one =>
      isOfKind(one.object, 'AppProject') &&
      isOwn(one, service) &&
      goesWith(all, one, found),
  );
  for (const one of [...found, ...own]) {
    const yaml = openRegistered(current, one);
    const { kind, metadata } = one.object;
    if (kind === 'Application' || kind === 'AppProject') {
      const finalizers = metadata.finalizers ?? [];
      if (!finalizers.some(name => name.startsWith(FINALIZER))) {
        yaml.set(['metadata', 'finalizers', finalizers.length], FINALIZER);
        reasons.push(
          kind === 'Application'
            ? `Without its finalizer, what ${metadata.name} deployed would go on running`
            : `With its finalizer, the project ${metadata.name} waits until its applications are gone`,
        );
      }
    } else {
      reasons.push(...prepareFlux(one, yaml));
    }
    const changes = textChange(current, one.path, yaml.toString());
    current = changedTree(current, changes);
  }
  return { reasons, changes: differences(tree, current) };
}

/** Whether an object is what a registration names. */
export function isMeant(
  { object }: Registered,
  { kind, name }: RegistrationRef,
): boolean {
  return isOfKind(object, kind) && object.metadata.name === name;
}

function prepareFlux(
  { object }: Registered,
  yaml: ReturnType<typeof openRegistered>,
): string[] {
  const reasons: string[] = [];
  const { name } = object.metadata;
  const spec = object.spec ?? {};
  if (spec.suspend === true) {
    yaml.set(['spec', 'suspend'], false);
    reasons.push(
      `While ${name} is suspended, Flux would leave what it deployed running; resumed, it applies what Git says once more`,
    );
  }
  if (object.kind === 'Kustomization') {
    const policy = spec.deletionPolicy ?? 'MirrorPrune';
    if (policy === 'Orphan') {
      yaml.set(['spec', 'deletionPolicy'], 'Delete');
      reasons.push(`The deletion policy of ${name} would orphan everything`);
    } else if (policy === 'MirrorPrune' && spec.prune !== true) {
      yaml.set(['spec', 'prune'], true);
      reasons.push(
        `Without pruning, Flux would leave what ${name} deployed running`,
      );
    }
  }
  return reasons;
}

export function parseRemoval(input: RemovalInput) {
  return parseInput(removalSchema, input, 'The registration cannot be removed');
}
