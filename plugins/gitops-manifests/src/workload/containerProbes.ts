import type { ServiceModel } from '../model';

// How the workers of the skeletons say that they work: the heartbeat that they write is young.
// An image of others has to bring a command of its own, which the model's rules see to.
const SKELETON_COMMANDS: Record<string, string[] | undefined> = {
  nodejs: ['node', 'src/alive.js'],
  go: ['/service', 'alive'],
  python: ['python', '-m', 'service.alive'],
};

/** Why a workload has no probe, if it has none. */
export function withoutProbes(model: ServiceModel): string | undefined {
  return model.kind === 'background-worker' ? model.probes.none : undefined;
}

/** The probes of the container: over HTTP, by a command, or none for what ends by itself. */
export function containerProbes(model: ServiceModel) {
  if (model.kind === 'web-service') {
    return httpProbes(model);
  }
  const command = model.probes.command ?? SKELETON_COMMANDS[model.runtime];
  return model.kind === 'cron-job' || withoutProbes(model) || !command
    ? {}
    : commandProbes(command);
}

function httpProbes({ probes }: ServiceModel) {
  const alive = {
    httpGet: { path: probes.livenessPath ?? '/healthz', port: 'http' },
  };
  return {
    startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: {
      ...alive,
      periodSeconds: 10,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: probes.readinessPath ?? '/readyz', port: 'http' },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
  };
}

/** Each is a process of its own in the container, so they come less often than over HTTP. */
function commandProbes(command: string[]) {
  const exec = { command };
  return {
    startupProbe: {
      exec,
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 24,
    },
    livenessProbe: {
      exec,
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  };
}
