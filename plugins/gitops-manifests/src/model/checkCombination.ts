import { namespaceName } from './namespaceName';
import { dnsLabel } from './rules';
import type { ServiceFields } from './ServiceModel';

/** A rule about more than one field that is broken. */
export interface CombinationProblem {
  path: Array<string | number>;
  message: string;
}

const problem = (
  broken: boolean,
  path: CombinationProblem['path'],
  message: string,
): CombinationProblem[] => (broken ? [{ path, message }] : []);

/** Which fields do not go together, and why. */
export function checkCombination(model: ServiceFields): CombinationProblem[] {
  const checks = [
    checkNamespaces,
    checkImage,
    checkSchedule,
    checkProbes,
    checkScaling,
    checkRoute,
    checkMonitoring,
    checkResources,
    checkSecrets,
  ];
  return checks.flatMap(check => check(model));
}

function checkNamespaces(model: ServiceFields): CombinationProblem[] {
  return [...model.environments, { name: 'preview' }].flatMap(environment => {
    const namespace = namespaceName(model, environment.name);
    const result = dnsLabel().safeParse(namespace);
    return result.success
      ? []
      : problem(
          true,
          ['namespacePattern'],
          `the namespace "${namespace}" must have ${result.error.issues[0].message}`,
        );
  });
}

function checkImage(model: ServiceFields): CombinationProblem[] {
  return [
    ...problem(
      model.runtime === 'image' && !model.imageTag && !model.imageDigest,
      ['image'],
      'an image with a tag or a digest, for example "ghcr.io/payments/orders:1.4.2": nothing builds one for this service',
    ),
    ...problem(
      model.imageTag === 'latest',
      ['imageTag'],
      'a tag other than "latest", which names another image tomorrow',
    ),
  ];
}

function checkSchedule(model: ServiceFields): CombinationProblem[] {
  return model.kind === 'cron-job'
    ? problem(!model.schedule, ['schedule'], 'a schedule: a cron job needs one')
    : problem(
        model.schedule !== undefined,
        ['schedule'],
        'no schedule: only a cron job has one',
      );
}

function checkProbes({ kind, probes, runtime }: ServiceFields) {
  const { command, livenessPath, none, readinessPath } = probes;
  const paths = livenessPath !== undefined || readinessPath !== undefined;
  if (kind === 'web-service') {
    return problem(
      command !== undefined || none !== undefined,
      ['probes'],
      'paths only: a web service is asked over HTTP',
    );
  }
  if (kind === 'cron-job') {
    return problem(
      paths || command !== undefined || none !== undefined,
      ['probes'],
      'none: a job ends by itself, and its schedule has a deadline for it',
    );
  }
  return [
    ...problem(
      paths,
      ['probes'],
      'a command, or a reason: a worker has no port',
    ),
    ...problem(
      command !== undefined && none !== undefined,
      ['probes'],
      'either a command or the reason why there is none',
    ),
    ...problem(
      runtime === 'image' && command === undefined && none === undefined,
      ['probes'],
      'a command that exits with 0 while the worker works, or in "none" the reason why there is none',
    ),
  ];
}

function checkScaling(model: ServiceFields): CombinationProblem[] {
  return [
    ...problem(
      model.kind === 'cron-job' && model.scaling !== undefined,
      ['scaling'],
      'no scaling: a cron job runs one pod at a time',
    ),
    ...model.environments.flatMap(({ replicas, scaling }, index) => [
      ...problem(
        scaling !== undefined && model.scaling === undefined,
        ['environments', index, 'scaling'],
        'no limits without "scaling"',
      ),
      ...problem(
        scaling !== undefined && scaling.min > scaling.max,
        ['environments', index, 'scaling'],
        'a "min" that is not above "max"',
      ),
      ...problem(
        replicas !== undefined && model.scaling !== undefined,
        ['environments', index, 'replicas'],
        'no number of pods beside "scaling", which would take turns with it',
      ),
      ...problem(
        replicas !== undefined && model.kind === 'cron-job',
        ['environments', index, 'replicas'],
        'no number of pods: a cron job runs one at a time',
      ),
    ]),
  ];
}

function checkRoute(model: ServiceFields): CombinationProblem[] {
  const hosts = model.environments.flatMap(({ host }) => host ?? []);
  return [
    ...problem(
      model.route !== undefined && model.kind !== 'web-service',
      ['route'],
      'no route: only a web service can be called',
    ),
    ...problem(
      model.route !== undefined && hosts.length === 0,
      ['route'],
      'a host in at least one environment',
    ),
    ...problem(
      model.route === undefined && hosts.length > 0,
      ['route'],
      'an Ingress or a gateway for the hosts of the environments',
    ),
    ...problem(
      new Set(hosts).size < hosts.length,
      ['environments'],
      'a host of its own for each environment',
    ),
    ...problem(
      model.route?.type === 'ingress' &&
        model.route.clusterIssuer !== undefined &&
        model.route.tlsSecretName === undefined,
      ['route', 'tlsSecretName'],
      'the name of the Secret that the issuer shall write the certificate to',
    ),
  ];
}

function checkMonitoring(model: ServiceFields): CombinationProblem[] {
  const { kind, monitoring } = model;
  return [
    ...problem(
      kind === 'cron-job' && monitoring !== undefined,
      ['monitoring'],
      'no monitoring: the pods of a cron job are gone before they are asked',
    ),
    ...problem(
      kind === 'background-worker' &&
        monitoring !== undefined &&
        monitoring.port === undefined,
      ['monitoring', 'port'],
      'the port of the metrics: a worker has no other',
    ),
  ];
}

const UNITS = ['Ki', 'Mi', 'Gi', 'Ti'];

function bytes(quantity: string): number {
  return (
    Number(quantity.slice(0, -2)) *
    1024 ** (UNITS.indexOf(quantity.slice(-2)) + 1)
  );
}

function cores(quantity: string): number {
  return quantity.endsWith('m')
    ? parseInt(quantity, 10) / 1000
    : Number(quantity);
}

function checkResources({ resources }: ServiceFields): CombinationProblem[] {
  const { cpu, cpuLimit, memory, memoryLimit } = resources;
  return [
    ...problem(
      (memory === undefined) !== (memoryLimit === undefined),
      ['resources'],
      '"memory" and "memoryLimit" together: one without the other may contradict the default',
    ),
    ...problem(
      memory !== undefined &&
        memoryLimit !== undefined &&
        bytes(memory) > bytes(memoryLimit),
      ['resources', 'memoryLimit'],
      'a limit that is not below the request',
    ),
    ...problem(
      cpuLimit !== undefined &&
        (cpu === undefined || cores(cpu) > cores(cpuLimit)),
      ['resources', 'cpuLimit'],
      'a limit with a request "cpu" that is not above it',
    ),
  ];
}

function checkSecrets({
  externalSecrets,
}: ServiceFields): CombinationProblem[] {
  const names = externalSecrets.map(({ name }) => name);
  const keys = externalSecrets.flatMap(secret =>
    secret.keys.map(({ key }) => key),
  );
  return [
    ...problem(
      new Set(names).size < names.length,
      ['externalSecrets'],
      'every secret once',
    ),
    ...problem(
      new Set(keys).size < keys.length,
      ['externalSecrets'],
      'every key once, because each becomes a variable',
    ),
  ];
}
