import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import {
  Condition,
  preciseTimestamp,
  withCondition,
} from '../objects/conditions';
import { numberFrom } from '../objects/digest';
import { keyOf, POD } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import {
  Container,
  ContainerStatus,
  crashed,
  creating,
  Fate,
  fateOf,
  pullBackOff,
  running,
} from './containers';

/** Of the time that a pod needs to be ready, this share is pulling and creating. */
const PULLING_SHARE = 0.6;
const NODES = 2;
const FIRST_CRASH_BACKOFF_MS = 1_000;
const MOST_CRASH_RESTARTS = 8;

/**
 * Stands in for the scheduler and the kubelet: places pods, "pulls", starts, and reports.
 * Nothing runs; the image's tag decides what would have become of it.
 */
export function createPodController(context: ControllerContext): Controller {
  return new Reconciler({
    ...context,
    name: 'kubelet',
    kind: POD,
    reconcile: pod => reconcile(context, pod),
  });
}

function reconcile(
  context: ControllerContext,
  pod: KubernetesObject,
): number | undefined {
  if (pod.metadata.deletionTimestamp || isFinished(pod)) {
    return undefined;
  }
  if (!pod.spec.nodeName || !pod.status?.startTime) {
    return schedule(context, pod);
  }
  const [least, most] = context.timing.podReadyMs;
  const readyMs = least + numberFrom(pod.metadata.uid!, most - least + 1);
  const age = Date.now() - Date.parse(pod.status.startTime);
  const pullingMs = readyMs * PULLING_SHARE;
  if (age < pullingMs) {
    return pullingMs - age;
  }
  const fate = worstFate(containersOf(pod));
  if (fate === 'cannot-be-pulled') {
    return failToPull(context, pod);
  }
  if (fate === 'crashes') {
    return crash(context, pod, age - pullingMs);
  }
  return run(context, pod, { age, readyMs });
}

function isFinished(pod: KubernetesObject): boolean {
  return ['Succeeded', 'Failed'].includes(pod.status?.phase);
}

function containersOf(pod: KubernetesObject): Container[] {
  return pod.spec.containers ?? [];
}

function worstFate(containers: Container[]): Fate {
  const fates = containers.map(container => fateOf(container.image));
  return (
    fates.find(fate => fate === 'cannot-be-pulled') ??
    fates.find(fate => fate === 'crashes') ??
    'runs'
  );
}

function condition(type: string, met: boolean, reason?: string): Condition {
  return {
    type,
    status: met ? 'True' : 'False',
    ...(!met && reason && { reason }),
  };
}

function write(
  context: ControllerContext,
  pod: KubernetesObject,
  change: {
    phase: string;
    ready: boolean;
    containers: ContainerStatus[];
    startTime?: string;
  },
): boolean {
  const { ready } = change;
  let conditions: Condition[] | undefined = pod.status?.conditions;
  for (const item of [
    condition('PodScheduled', true),
    condition('Initialized', true),
    condition('ContainersReady', ready, 'ContainersNotReady'),
    condition('Ready', ready, 'ContainersNotReady'),
  ]) {
    conditions = withCondition(conditions, item);
  }
  const number = numberFrom(pod.metadata.uid!, 250 * 250);
  return writeStatus(context.cluster, pod, {
    ...pod.status,
    phase: change.phase,
    conditions,
    hostIP: `172.18.0.${2 + (number % NODES)}`,
    podIP: `10.244.${Math.floor(number / 250)}.${1 + (number % 250)}`,
    startTime: change.startTime ?? pod.status?.startTime,
    qosClass: 'Burstable',
    containerStatuses: change.containers,
  });
}

function schedule(
  context: ControllerContext,
  pod: KubernetesObject,
): undefined {
  const { name, namespace, uid } = pod.metadata;
  const nodeName = `playground-node-${1 + numberFrom(uid!, NODES)}`;
  const placed = context.cluster.patch(keyOf(pod), { spec: { nodeName } });
  context.events.record(pod, {
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    component: 'default-scheduler',
  });
  write(context, placed, {
    phase: 'Pending',
    ready: false,
    containers: containersOf(pod).map(creating),
    startTime: preciseTimestamp(),
  });
  report(context, pod, image => [
    { reason: 'Pulling', message: `Pulling image "${image}"` },
  ]);
}

interface Report {
  type?: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

function report(
  { events }: ControllerContext,
  pod: KubernetesObject,
  reports: (image: string, name: string) => Report[],
): void {
  for (const { image, name } of containersOf(pod)) {
    for (const event of reports(image, name)) {
      events.record(pod, { ...event, component: 'kubelet' });
    }
  }
}

function failToPull(
  context: ControllerContext,
  pod: KubernetesObject,
): undefined {
  const containers = containersOf(pod).map(container =>
    fateOf(container.image) === 'cannot-be-pulled'
      ? pullBackOff(container)
      : creating(container),
  );
  if (write(context, pod, { phase: 'Pending', ready: false, containers })) {
    report(context, pod, image =>
      fateOf(image) === 'cannot-be-pulled'
        ? [
            {
              type: 'Warning',
              reason: 'Failed',
              message: `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`,
            },
            {
              reason: 'BackOff',
              message: `Back-off pulling image "${image}"`,
            },
          ]
        : [],
    );
  }
}

/** Restarts at growing intervals, derived from the pod's age alone; gives up counting. */
function crash(
  context: ControllerContext,
  pod: KubernetesObject,
  sinceStartMs: number,
): number | undefined {
  const restartCount = Math.min(
    Math.floor(Math.log2(sinceStartMs / FIRST_CRASH_BACKOFF_MS + 1)),
    MOST_CRASH_RESTARTS,
  );
  const before: ContainerStatus[] = pod.status?.containerStatuses ?? [];
  const isKnown = before.some(
    status => status.lastState && status.restartCount === restartCount,
  );
  const uid = pod.metadata.uid!;
  if (!isKnown) {
    const at = preciseTimestamp();
    const containers = containersOf(pod).map(container =>
      fateOf(container.image) === 'crashes'
        ? crashed(container, {
            uid,
            name: pod.metadata.name,
            at,
            restartCount,
          })
        : running(container, { uid, startedAt: at, ready: true }),
    );
    write(context, pod, { phase: 'Running', ready: false, containers });
    log(context, pod, `starting ${pod.metadata.name}`);
    log(context, pod, 'fatal: the configuration is broken, exiting with 1');
    report(context, pod, (_, name) => [
      {
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${name} in pod ${pod.metadata.name}`,
      },
    ]);
  }
  return restartCount === MOST_CRASH_RESTARTS
    ? undefined
    : FIRST_CRASH_BACKOFF_MS * (2 ** (restartCount + 1) - 1) - sinceStartMs;
}

function run(
  context: ControllerContext,
  pod: KubernetesObject,
  options: { age: number; readyMs: number },
): number | undefined {
  const ready = options.age >= options.readyMs;
  const uid = pod.metadata.uid!;
  const before: ContainerStatus[] = pod.status!.containerStatuses ?? [];
  const containers = containersOf(pod).map(container => {
    const startedAt = before.find(status => status.name === container.name)
      ?.state.running?.startedAt;
    return running(container, {
      uid,
      ready,
      startedAt: startedAt ?? preciseTimestamp(),
    });
  });
  const started = pod.status!.phase !== 'Running';
  write(context, pod, { phase: 'Running', ready, containers });
  if (started) {
    report(context, pod, (image, name) => [
      { reason: 'Pulled', message: `Successfully pulled image "${image}"` },
      { reason: 'Created', message: `Created container ${name}` },
      { reason: 'Started', message: `Started container ${name}` },
    ]);
    for (const { image, ports } of containersOf(pod)) {
      log(context, pod, `starting ${image}`);
      log(context, pod, `listening on :${ports?.[0]?.containerPort ?? 8080}`);
    }
  }
  return ready ? undefined : options.readyMs - options.age;
}

function log(
  { cluster }: ControllerContext,
  pod: KubernetesObject,
  line: string,
): void {
  cluster.appendLog(keyOf(pod), `${preciseTimestamp()} ${line}`);
}
