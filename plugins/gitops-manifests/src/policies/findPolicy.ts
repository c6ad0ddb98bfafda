import { InputError } from '@backstage/errors';
import type { ManifestTree } from '../edit';
import { documentsOf } from '../edit/kustomizationFiles';
import { constraintKind } from './gatekeeperPolicies';
import type { PolicyName, PolicyOrder, ValidatingName } from './policyInput';

/** A policy of a repository. */
export interface FoundPolicy {
  file: string;
  where: (value: unknown) => boolean;
}

const KYVERNO_KINDS = [
  'ValidatingPolicy',
  'GeneratingPolicy',
  'DeletingPolicy',
];
const CLUSTER_KINDS = ['ClusterPolicy', 'ClusterCleanupPolicy'];

/** Where a policy is, wherever in the repository somebody put it. */
export function findPolicy(
  tree: ManifestTree,
  name: PolicyName,
  { engine }: PolicyOrder,
): FoundPolicy | undefined {
  const own = kindsOf(engine, name);
  const others =
    engine === 'gatekeeper'
      ? []
      : [...KYVERNO_KINDS, ...CLUSTER_KINDS].filter(
          kind => !own.includes(kind),
        );
  const isNamed = (kinds: readonly string[]) => (value: unknown) => {
    const object = value as {
      kind?: string;
      metadata?: { name?: string };
    } | null;
    return (
      kinds.includes(object?.kind ?? '') &&
      // A kind of Gatekeeper is the policy, whatever its constraint is called.
      (engine === 'gatekeeper' || object?.metadata?.name === name)
    );
  };
  const mark = engine === 'gatekeeper' ? own[0] : name;
  for (const [file, text] of tree) {
    // To read everything would take seconds where thousands of services are registered.
    if (!/\.ya?ml$/.test(file) || !text.includes(mark)) {
      continue;
    }
    const documents = documentsOf(text);
    if (documents.some(isNamed(own))) {
      return { file, where: isNamed(own) };
    }
    if (documents.some(isNamed(others))) {
      throw new InputError(
        `${file} has a policy "${name}" of another kind of Kyverno; both would report. Choose the kind that is there, or move that one first`,
      );
    }
  }
  return undefined;
}

function kindsOf(engine: PolicyOrder['engine'], name: PolicyName): string[] {
  switch (engine) {
    case 'kyverno':
      return KYVERNO_KINDS;
    case 'kyverno-cluster-policy':
      return CLUSTER_KINDS;
    default:
      return [constraintKind(name as ValidatingName)];
  }
}
