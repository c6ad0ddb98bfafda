import type {
  InputProviderDetails,
  PreviewedPullRequest,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  withoutCredentials,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readOperatorHealth } from './readOperatorHealth';
import { readRef } from './readRefs';

const MAX_PULL_REQUESTS = 100;
const MAX_LABELS = 50;
const MAX_TEXT_LENGTH = 300;

/** `GitHubPullRequest`, `GitLabMergeRequest`, `GiteaPullRequest` and so on. */
const CHANGE_REQUEST = /(Pull|Merge)Request$/;

/**
 * A `ResourceSetInputProvider` of the Flux Operator. Of its inputs only those fields of pull
 * requests are told that the forge shows; the others may hold whatever somebody exports.
 */
export function observeInputProvider(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const provider = spec.string('type') ?? 'Unknown';
  const url = spec.string('url');
  const inputs = fields.object('status').list('exportedInputs');
  const isPreview = CHANGE_REQUEST.test(provider);
  const details: InputProviderDetails = {
    engine: 'flux',
    provider,
    url: url && withoutCredentials(url),
    labels: readLabels(spec.object('filter')),
    skipLabels: readLabels(spec.object('skip')),
    inputs: inputs.length,
    ...(isPreview && {
      pullRequests: inputs.slice(0, MAX_PULL_REQUESTS).flatMap(readPullRequest),
    }),
    nextRunAt: fields.object('status').object('nextSchedule').time('when'),
  };
  return {
    type: 'fact',
    kind: isPreview ? 'preview' : 'generator',
    ref: readRef(object, context),
    labels: fields.object('metadata').record('labels'),
    title: titleOf(details, isPreview),
    ...readOperatorHealth(fields),
    details: { ...details },
  };
}

function titleOf(details: InputProviderDetails, isPreview: boolean): string {
  const { inputs, url, provider } = details;
  const noun = isPreview ? 'open pull request' : 'input';
  return `${inputs} ${noun}${inputs === 1 ? '' : 's'} from ${url ?? provider}`;
}

function readLabels(fields: ObjectFields): string[] | undefined {
  const labels = fields.strings('labels').slice(0, MAX_LABELS);
  return labels.length > 0 ? labels : undefined;
}

function readPullRequest(input: ObjectFields): PreviewedPullRequest[] {
  const id = input.string('id') ?? input.number('id')?.toString();
  const text = (name: string) => input.string(name)?.slice(0, MAX_TEXT_LENGTH);
  return id
    ? [
        {
          id: id.slice(0, MAX_TEXT_LENGTH),
          title: text('title'),
          author: text('author'),
          branch: text('branch'),
          sha: text('sha'),
        },
      ]
    : [];
}
