import { sha256 } from '../objects/digest';

/** A container of a pod's spec, as far as the kubelet's stand-in reads it. */
export interface Container {
  name: string;
  image: string;
  ports?: Array<{ containerPort: number }>;
}

/** One entry of `status.containerStatuses`. */
export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  containerID?: string;
  state: {
    waiting?: { reason: string; message?: string };
    running?: { startedAt: string };
    terminated?: { exitCode: number; reason: string; finishedAt: string };
  };
  lastState?: ContainerStatus['state'];
}

/** What becomes of an image: everything runs except what says that it is broken. */
export type Fate = 'runs' | 'cannot-be-pulled' | 'crashes';

/**
 * The playground's way to try failures: a tag that ends in `-broken` cannot be pulled, one
 * that ends in `-crash-broken` starts and dies.
 */
export function fateOf(image: string): Fate {
  if (image.endsWith('-crash-broken')) {
    return 'crashes';
  }
  return image.endsWith('-broken') ? 'cannot-be-pulled' : 'runs';
}

function statusOf(
  container: Container,
  rest: Pick<ContainerStatus, 'state'> & Partial<ContainerStatus>,
): ContainerStatus {
  return {
    name: container.name,
    image: container.image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    ...rest,
  };
}

export function creating(container: Container): ContainerStatus {
  return statusOf(container, {
    state: { waiting: { reason: 'ContainerCreating' } },
  });
}

export function pullBackOff(container: Container): ContainerStatus {
  return statusOf(container, {
    state: {
      waiting: {
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "${container.image}"`,
      },
    },
  });
}

export function running(
  container: Container,
  options: { uid: string; startedAt: string; ready: boolean },
): ContainerStatus {
  return statusOf(container, {
    ...identity(container, options.uid),
    ready: options.ready,
    started: true,
    state: { running: { startedAt: options.startedAt } },
  });
}

export function crashed(
  container: Container,
  options: { uid: string; name: string; at: string; restartCount: number },
): ContainerStatus {
  return statusOf(container, {
    ...identity(container, options.uid),
    restartCount: options.restartCount,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off restarting failed container=${container.name} pod=${options.name}`,
      },
    },
    lastState: {
      terminated: { exitCode: 1, reason: 'Error', finishedAt: options.at },
    },
  });
}

function identity(
  { image, name }: Container,
  uid: string,
): Pick<ContainerStatus, 'imageID' | 'containerID'> {
  const [repository] = image.split('@')[0].split(/:(?!.*\/)/);
  return {
    imageID: `${repository}@sha256:${sha256(image)}`,
    containerID: `containerd://${sha256(`${uid} ${name}`)}`,
  };
}
