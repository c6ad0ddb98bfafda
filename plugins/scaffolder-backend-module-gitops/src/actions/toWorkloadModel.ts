import type { ServiceModelInput } from '@fairway/gitops-manifests';

type Options = Pick<
  ServiceModelInput,
  | 'imageTag'
  | 'port'
  | 'command'
  | 'args'
  | 'user'
  | 'temporaryFolder'
  | 'probes'
  | 'resources'
  | 'schedule'
  | 'externalSecrets'
  | 'layout'
>;

type Switch<T> = { enabled?: boolean } & T;

/** The values of the inputs of a workload. */
export interface WorkloadInput extends Options {
  scaling?: Switch<NonNullable<ServiceModelInput['scaling']>>;
  networkPolicy?: Switch<NonNullable<ServiceModelInput['networkPolicy']>>;
  monitoring?: Switch<NonNullable<ServiceModelInput['monitoring']>>;
  route?: {
    type: 'none' | 'ingress' | 'gateway';
    className?: string;
    tlsSecretName?: string;
    clusterIssuer?: string;
    gateway?: string;
    sectionName?: string;
  };
}

/**
 * The part of the model that these inputs describe. What a form still carries of a choice that
 * was taken back is left out.
 */
export function toWorkloadModel(input: WorkloadInput) {
  return {
    imageTag: input.imageTag,
    port: input.port,
    command: input.command,
    args: input.args,
    user: input.user,
    temporaryFolder: input.temporaryFolder,
    probes: input.probes,
    resources: input.resources,
    schedule: input.schedule,
    externalSecrets: input.externalSecrets,
    layout: input.layout,
    scaling: unlessOff(input.scaling),
    networkPolicy: unlessOff(input.networkPolicy),
    monitoring: unlessOff(input.monitoring),
    route: routeOf(input.route),
  };
}

function unlessOff<T extends { enabled?: boolean }>(
  option: T | undefined,
): Omit<T, 'enabled'> | undefined {
  if (option === undefined || option.enabled === false) {
    return undefined;
  }
  const { enabled: _, ...rest } = option;
  return rest;
}

function routeOf(route: WorkloadInput['route']): ServiceModelInput['route'] {
  switch (route?.type) {
    case 'ingress': {
      const { className, clusterIssuer, tlsSecretName } = route;
      return { type: 'ingress', className, clusterIssuer, tlsSecretName };
    }
    case 'gateway': {
      const gateway = route.gateway ?? '';
      const slash = gateway.indexOf('/');
      const namespace = gateway.slice(0, Math.max(slash, 0));
      const name = gateway.slice(slash + 1);
      const { sectionName } = route;
      return {
        type: 'gateway',
        parentRefs: [{ namespace, name, sectionName }],
      };
    }
    default:
      return undefined;
  }
}
