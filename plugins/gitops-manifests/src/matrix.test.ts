import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_TEAM,
} from '@fairway/plugin-gitops-common';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  applied,
  AXES,
  base,
  CASES,
  type Case,
} from './__testUtils__/matrixCases';
import { writeFiles } from './__testUtils__/writeFiles';
import { buildKustomization, type RenderedObject } from './kustomize';
import {
  parseServiceModel,
  WORKLOAD_KINDS,
  type ServiceModelInput,
} from './model';
import { assertValidObject, plainFile, type ManifestFile } from './objects';
import { renderRegistration } from './registration';
import { renderWorkload } from './workload';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(600_000);

const render = (input: ServiceModelInput) => {
  const model = parseServiceModel(input);
  return {
    model,
    files: [...renderWorkload(model), ...renderRegistration(model)],
  };
};

/**
 * Every overlay of every case, by one process for each kind: starting it takes longer than what
 * it has to do, and each case has a name, hence namespaces, of its own.
 */
async function buildAll(cases: Case[]): Promise<Map<string, RenderedObject[]>> {
  const folders = cases.map(({ input }) => {
    const { files, model } = render(input);
    return {
      overlays: [...model.environments, { name: 'preview' }].map(
        ({ name }) => `${model.name}/${model.path}/overlays/${name}`,
      ),
      files: files.map(file => ({
        ...file,
        path: `${model.name}/${file.path}`,
      })),
    };
  });
  const root = await writeFiles([
    ...folders.flatMap(({ files }) => files),
    plainFile('kustomization.yaml', {
      resources: folders.flatMap(({ overlays }) => overlays),
    }),
  ]);
  try {
    const built = await buildKustomization(root, { timeoutMs: 300_000 });
    built.forEach(assertValidObject);
    const byNamespace = new Map<string, RenderedObject[]>();
    for (const object of built) {
      const { kind, metadata } = object;
      const name = kind === 'Namespace' ? metadata?.name : metadata?.namespace;
      const others = byNamespace.get(String(name)) ?? [];
      byNamespace.set(String(name), [...others, object]);
    }
    return byNamespace;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What holds for whatever was asked for. */
function assertObject(object: any, service: string, environment: string) {
  const labels = {
    [LABEL_COMPONENT]: service,
    [LABEL_ENVIRONMENT]: environment,
    [LABEL_TEAM]: 'payments',
  };
  expect(object.metadata.labels).toMatchObject(labels);
  const job = object.spec?.jobTemplate;
  const pod = job?.spec.template ?? object.spec?.template;
  if (!pod) {
    return;
  }
  expect(pod.metadata.labels).toMatchObject(labels);
  expect(pod.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  const [container] = pod.spec.containers;
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(container.image).toMatch(/orders(:[\w.]+)?(@sha256:\w+)?$/);
  expect(container.image).not.toMatch(/orders$/);
  expect(container.resources).toMatchObject({
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  });
  expect(
    job ||
      container.livenessProbe ||
      pod.metadata.annotations?.['fairway.dev/without-probes'],
  ).toBeTruthy();
}

/** The kinds that a description asks for, in an environment. */
function kindsOf(input: ServiceModelInput, environment: string): string[] {
  const preview = environment === 'preview';
  const runs = input.kind !== 'cron-job';
  const web = input.kind === 'web-service';
  return [
    'Namespace',
    'ServiceAccount',
    ...(runs ? ['Deployment', 'PodDisruptionBudget'] : ['CronJob']),
    ...(web ? ['Service'] : []),
    ...(input.scaling && !preview ? ['HorizontalPodAutoscaler'] : []),
    ...(input.route && !preview
      ? [input.route.type === 'ingress' ? 'Ingress' : 'HTTPRoute']
      : []),
    ...(input.networkPolicy ? ['NetworkPolicy'] : []),
    ...(input.monitoring ? [web ? 'ServiceMonitor' : 'PodMonitor'] : []),
    ...(input.externalSecrets ? ['ExternalSecret'] : []),
  ].sort();
}

describe.each(WORKLOAD_KINDS)('the matrix of a %s', kind => {
  const cases = CASES.filter(({ input }) => input.kind === kind);
  let built: Map<string, RenderedObject[]>;
  beforeAll(async () => {
    built = await buildAll(cases);
  });

  it.each(cases)('$name', ({ input }) => {
    for (const environment of ['dev', 'staging', 'production', 'preview']) {
      const objects = built.get(`${input.name}-${environment}`) ?? [];
      expect(objects.map(object => object.kind).sort()).toEqual(
        kindsOf(input, environment),
      );
      objects.forEach(object => assertObject(object, input.name, environment));
      const deployment: any = objects.find(o => o.kind === 'Deployment');
      expect(deployment?.spec.replicas === undefined).toBe(
        kind === 'cron-job' ||
          (input.scaling !== undefined && environment !== 'preview'),
      );
    }
  });
});

const TREES = path.join(__dirname, '__trees__');

/** Whole trees that were read by people; `UPDATE_TREES=1 yarn test matrix` writes them anew. */
const REPRESENTATIVE: Record<string, ServiceModelInput> = {
  'web-service-argocd': applied(
    base('web-service', 'argocd', 'service-repository'),
    [AXES.scaling[1], AXES.route[1], AXES.network[1], AXES.monitoring[1]],
  ),
  'web-service-flux-gateway': applied(
    base('web-service', 'flux', 'shared-repository'),
    [AXES.route[2], AXES.network[2], AXES.secrets[1]],
  ),
  'background-worker-argocd': applied(
    base('background-worker', 'argocd', 'team-repository'),
    [AXES.monitoring[1], AXES.network[1]],
  ),
  'cron-job-flux-image': applied(base('cron-job', 'flux', 'team-repository'), [
    AXES.runtime[2],
    AXES.secrets[1],
  ]),
};

describe('whole trees', () => {
  it.each(Object.keys(REPRESENTATIVE))('%s', name => {
    const { files } = render(REPRESENTATIVE[name]);
    const root = path.join(TREES, name);
    if (process.env.UPDATE_TREES) {
      rmSync(root, { recursive: true, force: true });
      files.forEach(file => writeTreeFile(root, file));
    }
    for (const file of files) {
      expect({
        path: file.path,
        content: file.content,
      }).toEqual({
        path: file.path,
        content: readFileSync(path.join(root, file.path), 'utf8'),
      });
    }
  });
});

function writeTreeFile(root: string, file: ManifestFile) {
  const target = path.join(root, file.path);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, file.content);
}
