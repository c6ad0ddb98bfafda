import { InputError } from '@backstage/errors';
import type { ManifestChange, ManifestTree } from '../edit';
import { addResource, kustomizationOf } from '../edit/kustomizationFiles';
import { TreeDraft } from '../edit/TreeDraft';
import { manifestFile, plainFile, type ManifestFile } from '../objects';
import { clusterPolicy } from './clusterPolicies';
import { enforcePolicy } from './enforcePolicy';
import { findPolicy, type FoundPolicy } from './findPolicy';
import { constraint, constraintTemplate } from './gatekeeperPolicies';
import { kyvernoPolicy, policyRole } from './kyvernoPolicies';
import { LABEL_TRIAL } from './policyCatalog';
import {
  parsePolicyInput,
  type PolicyInput,
  type PolicyName,
  type PolicyOrder,
  type ValidatingName,
} from './policyInput';
import { policyRegistration } from './policyRegistration';
import { gatorTests, kyvernoTests } from './policyTests';

/** What becomes of the policies of a platform repository. @public */
export interface AddedPolicies {
  changes: ManifestChange[];
  /** Policies that are new; they report and refuse nothing. */
  added: PolicyName[];
  /** Policies that are there, and stay as they are. */
  kept: PolicyName[];
  /** Policies that refuse from now on. */
  enforced: PolicyName[];
  /** Command that runs the test cases, in the root of the repository; empty without any. */
  testCommand: string;
  /** What a reviewer has to know, in sentences. */
  notes: string[];
}

/**
 * Adds policies to a platform repository, each with its test cases, and registers their folder
 * with the engine that reads the repository. A new policy reports; with `enforce`, policies that
 * are there refuse from now on.
 *
 * @param tree - the whole platform repository
 * @throws InputError when something of the input or of the tree forbids it; nothing is changed then
 *
 * @public
 */
export function addPolicy(
  tree: ManifestTree,
  input: PolicyInput,
): AddedPolicies {
  const order = parsePolicyInput(input);
  const draft = new TreeDraft(tree);
  const found = new Map(
    order.policies.map(name => [name, findPolicy(tree, name, order)]),
  );
  const result = order.enforce
    ? enforceAll(draft, found)
    : addAll(draft, found, order);
  return {
    changes: draft.changes(),
    ...result,
    testCommand: testCommand(draft.tree, order),
    notes: notesOf(result, order),
  };
}

/** Where the policies of an engine are in the repository. */
const folderOf = ({ engine }: PolicyOrder) =>
  engine === 'gatekeeper' ? 'policies/gatekeeper' : 'policies/kyverno';

type Outcome = Pick<AddedPolicies, 'added' | 'kept' | 'enforced'>;

type Found = Map<PolicyName, FoundPolicy | undefined>;

function enforceAll(draft: TreeDraft, found: Found): Outcome {
  const enforced: PolicyName[] = [];
  const kept: PolicyName[] = [];
  for (const [name, policy] of found) {
    if (!policy) {
      throw new InputError(
        `The policy "${name}" is not in the repository yet. Add it first without "enforce": it then reports, for every service, what it would refuse`,
      );
    }
    const before = draft.get(policy.file)!;
    const after = enforcePolicy(before, policy);
    draft.set(policy.file, after);
    (before === after ? kept : enforced).push(name);
  }
  return { added: [], kept, enforced };
}

function addAll(draft: TreeDraft, found: Found, order: PolicyOrder): Outcome {
  const added: PolicyName[] = [];
  const kept: PolicyName[] = [];
  for (const [name, policy] of found) {
    if (policy) {
      kept.push(name);
    } else if (order.engine === 'gatekeeper') {
      addToGatekeeper(draft, name as ValidatingName, order);
      added.push(name);
    } else {
      addToKyverno(draft, name, order);
      added.push(name);
    }
  }
  if (added.length > 0) {
    const folder = folderOf(order);
    for (const file of policyRegistration(draft.tree, folder, order)) {
      write(draft, file);
    }
  }
  return { added, kept, enforced: [] };
}

/** What is there was written by somebody; it is never written over. */
function write(draft: TreeDraft, file: ManifestFile): void {
  const before = draft.get(file.path);
  if (before !== undefined && before !== file.content) {
    throw new InputError(
      `${file.path} is there already, and says something else; move it, or change it by hand`,
    );
  }
  draft.set(file.path, file.content);
}

function addToKyverno(
  draft: TreeDraft,
  name: PolicyName,
  order: PolicyOrder,
): void {
  const root = folderOf(order);
  const folder = `${root}/${name}`;
  const policy =
    order.engine === 'kyverno'
      ? kyvernoPolicy(name, order)
      : clusterPolicy(name, order);
  const role = policyRole(name);
  const manifests = [
    manifestFile(`${folder}/policy.yaml`, policy),
    ...(role ? [manifestFile(`${folder}/rbac.yaml`, role)] : []),
  ];
  // Only what the kustomization names is applied; the cases of the tests are not.
  addManifests(draft, root, manifests);
  for (const file of kyvernoTests(name, order, folder)) {
    write(draft, file);
  }
}

function addToGatekeeper(
  draft: TreeDraft,
  name: ValidatingName,
  order: PolicyOrder,
): void {
  const root = folderOf(order);
  addManifests(draft, `${root}/templates`, [
    manifestFile(`${root}/templates/${name}.yaml`, constraintTemplate(name)),
  ]);
  addManifests(draft, `${root}/constraints`, [
    manifestFile(`${root}/constraints/${name}.yaml`, constraint(name, order)),
  ]);
  for (const part of ['templates', 'constraints']) {
    nameResource(draft, `${root}/${part}`, root);
  }
  for (const file of gatorTests(name, order, root)) {
    write(draft, file);
  }
}

function addManifests(
  draft: TreeDraft,
  root: string,
  files: ManifestFile[],
): void {
  for (const file of files) {
    write(draft, file);
    nameResource(draft, file.path, root);
  }
}

/** Names a file or a folder in a kustomization, which is made where there is none. */
function nameResource(draft: TreeDraft, file: string, folder: string): void {
  if (kustomizationOf(draft.tree, folder)) {
    addResource(draft, file, folder);
    return;
  }
  write(
    draft,
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [file.slice(folder.length + 1)],
    }),
  );
}

function testCommand(tree: ManifestTree, order: PolicyOrder): string {
  const folder = folderOf(order);
  const hasTests = [...tree.keys()].some(file =>
    /\/(kyverno-test|suite)\.yaml$/.test(
      file.startsWith(`${folder}/`) ? file : '',
    ),
  );
  if (!hasTests) {
    return '';
  }
  return order.engine === 'gatekeeper'
    ? `gator verify ./${folder}/...`
    : `kyverno test ./${folder}`;
}

function notesOf(outcome: Outcome, order: PolicyOrder): string[] {
  const notes: string[] = [];
  const withoutAudit = outcome.added.filter(
    name => name === 'default-network-policy' || name === 'preview-clean-up',
  );
  if (outcome.added.length > withoutAudit.length) {
    notes.push(
      'The policies report and refuse nothing. What they would refuse is on the page of each service; run this template again with "enforce" when that is little enough.',
    );
  }
  if (withoutAudit.length > 0) {
    notes.push(
      `${withoutAudit.join(
        ' and ',
      )} cannot only report, and so act on trial: on namespaces with the label "${LABEL_TRIAL}: true". With "enforce" they act on all.`,
    );
  }
  if (outcome.kept.length > 0) {
    notes.push(
      order.enforce
        ? `Enforced already: ${outcome.kept.join(', ')}.`
        : `In the repository already, and left as they are: ${outcome.kept.join(
            ', ',
          )}.`,
    );
  }
  if (outcome.enforced.length > 0) {
    notes.push(
      'From the merge on, what breaks these policies is refused when it is created or changed. What runs goes on running, until a pod of it has to start anew.',
    );
  }
  return notes;
}
