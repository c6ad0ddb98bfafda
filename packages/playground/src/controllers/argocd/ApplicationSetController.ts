import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { Condition, withCondition } from '../objects/conditions';
import { differs } from '../objects/differs';
import {
  APP_PROJECT,
  APPLICATION,
  APPLICATION_SET,
  groupOf,
  keyOf,
  versionOf,
} from '../objects/kinds';
import { namesRepository } from '../objects/namesRepository';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { RESOURCES_FINALIZER } from './annotations';
import { generate, Generator } from './generators';
import { renderTemplate } from './goTemplate';

const FIELD_MANAGER = 'argocd-applicationset-controller';

/** What went wrong, with the reason that Argo CD gives for it. */
interface Problem {
  reason: string;
  message: string;
}

/**
 * Stands in for Argo CD's ApplicationSet controller: an application for each pull request (of the
 * playground's forge), folder or element; gone when what it was made for is.
 */
export function createApplicationSetController(
  context: ControllerContext,
): Controller {
  const { cluster, forge } = context;
  return new Reconciler({
    ...context,
    name: 'argocd-applicationset-controller',
    kind: APPLICATION_SET,
    watches: [
      {
        kind: APPLICATION,
        keys: ({ object: { metadata } }) =>
          (metadata.ownerReferences ?? [])
            .filter(({ kind }) => kind === APPLICATION_SET.kind)
            .map(({ name }) =>
              queueKey({ namespace: metadata.namespace, name }),
            ),
      },
    ],
    subscribe: enqueue =>
      forge.onPush(push => {
        for (const set of cluster.list(APPLICATION_SET)) {
          const generators: Generator[] = set.spec.generators ?? [];
          if (generators.some(one => namesRepository(one.git?.repoURL, push))) {
            enqueue(queueKey(set.metadata), 0);
          }
        }
      }),
    reconcile: set => reconcile(context, set),
  });
}

async function reconcile(
  context: ControllerContext,
  set: KubernetesObject,
): Promise<number | undefined> {
  if (set.metadata.deletionTimestamp) {
    // Its applications go by their owner reference.
    return undefined;
  }
  const { cluster, timing } = context;
  const problem = await reconcileApplications(context, set);
  const current = cluster.get(keyOf(set));
  if (current && !current.metadata.deletionTimestamp) {
    writeStatus(cluster, current, {
      ...current.status,
      conditions: conditionsOf(current, problem),
      ...resourcesOf(context, current),
    });
  }
  return timing.previewMs;
}

async function reconcileApplications(
  context: ControllerContext,
  set: KubernetesObject,
): Promise<Problem | undefined> {
  let wanted: KubernetesObject[];
  try {
    wanted = await desiredApplications(context, set);
  } catch (error) {
    return {
      reason: 'ApplicationGenerationFromParamsError',
      message: `error generating application from params: ${messageOf(error)}`,
    };
  }
  const problem = wanted
    .map(application => whyInvalid(context, application))
    .find(Boolean);
  if (problem) {
    return problem;
  }
  const { cluster } = context;
  const policy: string = set.spec.syncPolicy?.applicationsSync ?? 'sync';
  for (const application of wanted) {
    const live = cluster.get(keyOf(application));
    const mayUpdate = ['sync', 'create-update'].includes(policy);
    if (!live || (mayUpdate && differs(application, live))) {
      cluster.apply(application, FIELD_MANAGER);
    }
  }
  if (['sync', 'create-delete'].includes(policy)) {
    const names = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const { metadata } of owned(context, set)) {
      if (!names.has(metadata.name) && !metadata.deletionTimestamp) {
        cluster.delete({ ...APPLICATION, ...nameOf(metadata) });
      }
    }
  }
  return undefined;
}

function nameOf({ namespace, name }: KubernetesObject['metadata']) {
  return { namespace, name };
}

async function desiredApplications(
  context: ControllerContext,
  set: KubernetesObject,
): Promise<KubernetesObject[]> {
  const { generators = [], template, syncPolicy } = set.spec;
  const keeps = syncPolicy?.preserveResourcesOnDeletion === true;
  const applications: KubernetesObject[] = [];
  for (const generator of generators as Generator[]) {
    for (const parameters of await generate(context, generator)) {
      const { metadata, spec } = renderTemplate(template, parameters);
      applications.push({
        ...APPLICATION,
        metadata: {
          ...metadata,
          namespace: set.metadata.namespace,
          finalizers:
            metadata.finalizers ?? (keeps ? undefined : [RESOURCES_FINALIZER]),
          ownerReferences: [
            {
              ...APPLICATION_SET,
              name: set.metadata.name,
              uid: set.metadata.uid!,
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec,
      });
    }
  }
  const names = applications.map(({ metadata }) => metadata.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    throw new Error(
      `ApplicationSet ${set.metadata.name} contains applications with duplicate name: ${twice}`,
    );
  }
  return applications;
}

function whyInvalid(
  { cluster }: ControllerContext,
  { metadata, spec }: KubernetesObject,
): Problem | undefined {
  const project: string = spec.project ?? 'default';
  const { namespace } = metadata;
  return project === 'default' ||
    cluster.get({ ...APP_PROJECT, namespace, name: project })
    ? undefined
    : {
        reason: 'ApplicationValidationError',
        message: `application ${metadata.name} references project ${project} which does not exist`,
      };
}

function owned(
  { cluster }: ControllerContext,
  set: KubernetesObject,
): KubernetesObject[] {
  return cluster
    .list(APPLICATION, { namespace: set.metadata.namespace })
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === set.metadata.uid),
    );
}

function conditionsOf(
  { status }: KubernetesObject,
  problem: Problem | undefined,
): Condition[] {
  const done = 'All applications have been generated successfully';
  const isGenerated =
    problem?.reason !== 'ApplicationGenerationFromParamsError';
  const conditions: Condition[] = [
    {
      type: 'ErrorOccurred',
      status: problem ? 'True' : 'False',
      reason: problem?.reason ?? 'ApplicationSetUpToDate',
      message: problem?.message ?? done,
    },
    {
      type: 'ParametersGenerated',
      status: isGenerated ? 'True' : 'False',
      reason: isGenerated ? 'ParametersGenerated' : 'ErrorOccurred',
      message: isGenerated
        ? 'Successfully generated parameters for all Applications'
        : problem!.message,
    },
    {
      type: 'ResourcesUpToDate',
      status: problem ? 'False' : 'True',
      reason: problem?.reason ?? 'ApplicationSetUpToDate',
      message: problem?.message ?? done,
    },
  ];
  return conditions.reduce<Condition[]>(
    (before, condition) => withCondition(before, condition),
    status?.conditions ?? [],
  );
}

/** What it has made, with how each of them is. */
function resourcesOf(
  context: ControllerContext,
  set: KubernetesObject,
): { resources: object[]; resourcesCount: number } {
  const resources = owned(context, set)
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .map(({ metadata, status }) => ({
      group: groupOf(APPLICATION),
      version: versionOf(APPLICATION),
      kind: APPLICATION.kind,
      ...nameOf(metadata),
      ...(status?.sync && { status: status.sync.status }),
      ...(status?.health && { health: { status: status.health.status } }),
    }));
  return { resources, resourcesCount: resources.length };
}
