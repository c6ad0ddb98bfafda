import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { canonicalJson, sha256 } from '../objects/digest';
import { INPUT_PROVIDER } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, Reconciler } from '../Reconciler';
import { setConditions } from './fluxConditions';
import { requestedAt } from './fluxObjects';
import { Inputs } from './resourceSetTemplate';

const DEFAULT_LIMIT = 100;

/**
 * Stands in for the Flux Operator's providers of inputs: open pull requests of the playground's
 * forge, and fixed values.
 */
export function createInputProviderController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'flux-operator-input-provider',
    kind: INPUT_PROVIDER,
    reconcile: provider => reconcile(context, provider),
  });
}

/** Whether somebody told the operator to leave an object alone. */
export function isDisabled({ metadata }: KubernetesObject): boolean {
  const value = metadata.annotations?.['fluxcd.controlplane.io/reconcile'];
  return value === 'disabled';
}

function reconcile(
  context: ControllerContext,
  provider: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  const { metadata, status } = provider;
  if (metadata.deletionTimestamp || isDisabled(provider)) {
    return undefined;
  }
  const { generation } = metadata;
  const handled = {
    ...status,
    lastHandledReconcileAt: requestedAt(provider),
  };
  try {
    const inputs = readInputs(context, provider);
    const revision = `sha256:${sha256(canonicalJson(inputs))}`;
    writeStatus(cluster, provider, {
      ...handled,
      exportedInputs: inputs,
      lastExportedRevision: revision,
      conditions: setConditions(status?.conditions, {
        generation,
        remove: ['Reconciling', 'Stalled'],
        set: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'ReconciliationSucceeded',
            message: 'Reconciliation finished in 1s',
          },
        ],
      }),
    });
  } catch (error) {
    writeStatus(cluster, provider, {
      ...handled,
      conditions: setConditions(status?.conditions, {
        generation,
        set: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ReconciliationFailed',
            message: `failed to call Git provider: ${messageOf(error)}`,
          },
        ],
      }),
    });
  }
  return timing.previewMs;
}

function readInputs(
  { forge }: ControllerContext,
  { metadata, spec }: KubernetesObject,
): Inputs[] {
  const { type, url, filter = {}, skip = {}, defaultValues = {} } = spec;
  if (type === 'Static') {
    return [{ ...defaultValues, id: metadata.uid }];
  }
  if (type !== 'GiteaPullRequest') {
    throw new Error(
      `the playground has providers of the types Static and GiteaPullRequest, not ${type}`,
    );
  }
  const pulls = forge.openPulls(url);
  if (!pulls) {
    throw new Error(
      `could not list pull requests: user or repository ${url} does not exist`,
    );
  }
  const wanted: string[] = filter.labels ?? [];
  const skipped: string[] = skip.labels ?? [];
  const isSkipped = (labels: string[]) =>
    skipped.some(label =>
      label.startsWith('!')
        ? !labels.includes(label.slice(1))
        : labels.includes(label),
    );
  return pulls
    .filter(({ labels }) => wanted.every(label => labels.includes(label)))
    .filter(
      ({ branch }) =>
        (!filter.includeBranch ||
          new RegExp(filter.includeBranch).test(branch)) &&
        !(
          filter.excludeBranch && new RegExp(filter.excludeBranch).test(branch)
        ),
    )
    .filter(({ labels }) => !isSkipped(labels))
    .slice(0, filter.limit ?? DEFAULT_LIMIT)
    .map(({ number, headSha, branch, author, title }) => ({
      ...defaultValues,
      ...{ id: String(number), sha: headSha, branch, author, title },
    }));
}
