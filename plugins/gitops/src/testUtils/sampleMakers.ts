import type {
  Fact,
  GeneratorDetails,
  InputProviderDetails,
  ProjectDetails,
} from '@fairway/plugin-gitops-common';
import { sampleFact } from './sampleFact';
import { hoursAgo } from './sampleFleet';

const ARGOCD = { apiVersion: 'argoproj.io/v1alpha1', namespace: 'argocd' };

/** An ApplicationSet that cannot read what it makes applications of. */
export function sampleGenerator(): Fact {
  const message =
    'error generating params from git: failed to list refs: authentication required';
  const details: GeneratorDetails = {
    engine: 'argocd',
    generators: ['git'],
    reads: ['https://forge.example/acme/platform.git'],
    applications: [
      { name: 'orders-dev', health: 'healthy', sync: 'synced' },
      { name: 'orders-staging' },
    ],
    applicationCount: 2,
    conditions: [
      {
        type: 'ErrorOccurred',
        status: 'True',
        reason: 'ApplicationGenerationFromParamsError',
        message,
        since: hoursAgo(1.5),
      },
    ],
  };
  return sampleFact({
    kind: 'generator',
    ref: { ...ARGOCD, kind: 'ApplicationSet' },
    title: 'ApplicationSet orders: 2 applications',
    health: 'degraded',
    message: `${message}; see that its generators can read what they name, with the credentials that they have`,
    details,
  });
}

/** An ApplicationSet in the second of three steps, with more applications than it tells. */
export function sampleRollingGenerator(): Fact {
  const details: GeneratorDetails = {
    engine: 'argocd',
    generators: ['matrix', 'git', 'list'],
    reads: ['https://forge.example/acme/platform.git', 'acme/orders'],
    applications: [
      { name: 'orders-dev', health: 'healthy', sync: 'synced', step: 1 },
      {
        ...{ name: 'orders-production', step: 2, status: 'Progressing' },
        ...{ health: 'progressing', sync: 'out-of-sync' },
      },
    ],
    applicationCount: 5,
    rolloutSteps: 3,
    conditions: [],
  };
  return sampleFact({
    kind: 'generator',
    ref: { ...ARGOCD, kind: 'ApplicationSet', name: 'orders-steps' },
    title: 'ApplicationSet orders-steps: 5 applications',
    health: 'progressing',
    message: 'step 2 waits until orders-production is healthy',
    details,
  });
}

/** A project that forbids syncs at night, and allows some on working days. */
export function sampleProject(): Fact {
  const lists = { applications: [], namespaces: [], clusters: [] };
  const window = { ...lists, andOperator: false, syncOverrun: false };
  const details: ProjectDetails = {
    engine: 'argocd',
    description: 'Payments team',
    destinations: [
      { server: 'https://kubernetes.default.svc', namespace: 'orders*' },
      { name: 'eu-west', namespace: '!kube-system' },
    ],
    sourceRepos: ['https://forge.example/acme/*'],
    sourceNamespaces: [],
    syncWindows: [
      {
        ...{ ...window, kind: 'deny', schedule: '0 22 * * *' },
        ...{ duration: '8h', timeZone: 'Europe/Paris' },
        applications: ['*-production'],
        manualSync: true,
        description: 'Nightly batch',
      },
      {
        ...{ ...window, kind: 'allow', schedule: '0 8 * * 1-5' },
        ...{ duration: '10h', manualSync: false, andOperator: true },
        namespaces: ['orders'],
        clusters: ['eu-*'],
      },
    ],
    roles: 1,
  };
  return sampleFact({
    kind: 'project',
    ref: { ...ARGOCD, kind: 'AppProject', name: 'payments' },
    title: 'Project payments',
    details,
  });
}

/** The pull requests that previews are made for. */
export function sampleInputs(): Fact {
  const details: InputProviderDetails = {
    engine: 'flux',
    provider: 'GitHubPullRequest',
    url: 'https://forge.example/acme/orders',
    labels: ['preview'],
    inputs: 2,
    pullRequests: [
      { id: '41', title: 'Faster checkout', author: 'ada' },
      { id: '42' },
    ],
  };
  return sampleFact({
    kind: 'preview',
    environment: 'preview',
    ref: {
      ...{ apiVersion: 'fluxcd.controlplane.io/v1', namespace: 'previews' },
      kind: 'ResourceSetInputProvider',
    },
    title: 'Inputs of previews of acme/orders: 2 pull requests',
    details,
  });
}
