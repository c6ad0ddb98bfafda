import type {
  Application,
  Deployment,
  Fact,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import { factId, objectId } from '../ids';
import type {
  NewDeployment,
  StoredApplication,
  StoredFact,
} from '../GitopsStore';

type ApplicationFields = Partial<Omit<Application, 'id' | 'ref'>> & {
  name: string;
  cluster?: string;
};

/** A stored application with sensible values for what a test does not care about. */
export function storedApplication(
  fields: ApplicationFields,
): StoredApplication {
  const { name, cluster = 'local', ...rest } = fields;
  const ref = {
    cluster,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: 'argocd',
    name,
  };
  const application: Application = {
    id: objectId(ref),
    engine: 'argocd',
    ref,
    sync: 'synced',
    syncSince: '2026-01-01T00:00:00.000Z',
    health: 'healthy',
    healthSince: '2026-01-01T00:00:00.000Z',
    policy: { automated: true, prune: true, selfHeal: true },
    phase: 4,
    suspended: false,
    source: { repoUrl: 'https://git.example.com/a/b.git', path: 'deploy' },
    destination: { namespace: name },
    images: [],
    resources: [],
    conditions: [],
    externalUrls: [],
    commands: [],
    observedAt: '2026-01-01T00:00:00.000Z',
    ...rest,
  };
  return {
    application,
    observation: {
      ...{ type: 'application', engine: application.engine, ref },
      ...{ sync: application.sync, health: application.health },
      policy: application.policy,
      suspended: false,
      source: application.source,
      destination: application.destination,
      ...{ images: [], resources: [], conditions: [] },
      ...{ externalUrls: [], commands: [], labels: {} },
    },
    fingerprint: 'f1',
    origin: {
      cluster,
      resource: 'argocd:argoproj.io/applications',
      object: `argocd/${name}`,
    },
    firstSeenAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A deployment of an application, to insert. */
export function newDeployment(
  { application }: StoredApplication,
  fields: Partial<NewDeployment> & Pick<Deployment, 'finishedAt'>,
): NewDeployment {
  return {
    key: `history/${fields.finishedAt}`,
    applicationId: application.id,
    applicationName: application.ref.name,
    entityRef: application.entityRef,
    environment: application.environment,
    tier: application.tier,
    engine: application.engine,
    cluster: application.ref.cluster,
    source: 'observed',
    kind: 'release',
    rework: false,
    counted: true,
    revision: 'a'.repeat(40),
    images: ['registry.example.com/orders:1'],
    outcome: 'succeeded',
    from: application.source,
    ...fields,
  };
}

/** A stored fact of an object, shared unless a component owns it. */
export function storedFact(
  fields: Pick<Fact, 'kind' | 'details'> &
    Partial<Omit<Fact, 'ref'>> & { ref: Partial<ObjectRef> & { kind: string } },
): StoredFact {
  const { ref: named, kind, details, ...rest } = fields;
  const ref: ObjectRef = {
    ...{ cluster: 'local', apiVersion: 'v1', name: 'a' },
    ...named,
  };
  const observed = {
    ...{ kind, ref, details },
    ...{ title: `${ref.kind} ${ref.name}`, health: 'healthy' as const },
  };
  return {
    fact: {
      ...{ ...observed, id: factId({ kind, ref }) },
      observedAt: '2026-01-01T00:00:00.000Z',
      ...rest,
    },
    observation: {
      ...{ type: 'fact', ...observed, labels: {} },
      shared: !rest.entityRef,
    },
    origin: {
      cluster: ref.cluster,
      resource: `guardrails:${ref.kind.toLowerCase()}s`,
      object: [ref.namespace, ref.name].filter(Boolean).join('/'),
    },
  };
}
