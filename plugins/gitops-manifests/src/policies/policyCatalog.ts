import { LABEL_PULL_REQUEST, LABEL_TEAM } from '@fairway/plugin-gitops-common';
import type { PolicyName, ValidatingName } from './policyInput';

/** Namespaces with it are the first for which a policy acts that has no audit. */
export const LABEL_TRIAL = 'fairway.dev/policy-trial';

/** What people read of a policy. */
export interface PolicyText {
  title: string;
  category: string;
  severity: 'low' | 'medium' | 'high';
  subject: string;
  description: string;
}

export const POLICY_TEXTS: Record<PolicyName, PolicyText> = {
  'require-team-label': {
    title: 'Require the team label',
    category: 'Ownership',
    severity: 'low',
    subject: 'Deployment, StatefulSet, DaemonSet, CronJob',
    description: `Every workload names the team that operates it by the label "${LABEL_TEAM}".`,
  },
  'disallow-privileged-containers': {
    title: 'Disallow privileged containers',
    category: 'Security',
    severity: 'high',
    subject: 'Pod',
    description:
      'A privileged container can do on its node whatever the node can do.',
  },
  'require-requests-and-limits': {
    title: 'Require requests and limits',
    category: 'Reliability',
    severity: 'medium',
    subject: 'Pod',
    description:
      'Containers request CPU and memory, so that they are placed where there is room, and limit memory, so that one that leaks ends before its neighbours do. CPU is not limited: that would throttle where nobody is in need.',
  },
  'require-probes': {
    title: 'Require probes',
    category: 'Reliability',
    severity: 'medium',
    subject: 'Deployment, StatefulSet, DaemonSet',
    description:
      'Containers that run for long have a readiness and a liveness probe: without them traffic reaches what cannot answer, and what hangs is not restarted.',
  },
  'disallow-latest-tag': {
    title: 'Disallow the latest tag',
    category: 'Reliability',
    severity: 'medium',
    subject: 'Pod',
    description:
      'An image has a tag other than "latest", or a digest; else nobody can say what runs, or go back to it.',
  },
  'allowed-registries': {
    title: 'Allow known registries only',
    category: 'Security',
    severity: 'high',
    subject: 'Pod',
    description:
      'Images come from registries that are scanned and that are there tomorrow.',
  },
  'default-network-policy': {
    title: 'Default network policy',
    category: 'Security',
    severity: 'medium',
    subject: 'Namespace',
    description:
      'A new namespace gets a NetworkPolicy; what is to reach its pods beside that needs a NetworkPolicy of its own.',
  },
  'preview-clean-up': {
    title: 'Clean up previews',
    category: 'Cost',
    severity: 'low',
    subject: 'Namespace',
    description: `Namespaces of pull requests (label "${LABEL_PULL_REQUEST}") are deleted when their time to live is over.`,
  },
};

/** What is said to those who violate a rule. */
export function violationMessage(
  name: ValidatingName,
  registries: readonly string[] = [],
): string {
  switch (name) {
    case 'require-team-label':
      return `The label "${LABEL_TEAM}" must name the team that operates it.`;
    case 'disallow-privileged-containers':
      return 'Privileged containers are not allowed: leave out securityContext.privileged.';
    case 'require-requests-and-limits':
      return 'Every container needs requests of CPU and memory, and a limit of memory.';
    case 'require-probes':
      return 'Every container needs a livenessProbe and a readinessProbe.';
    case 'disallow-latest-tag':
      return 'Every image needs a tag other than "latest", or a digest.';
    default:
      return `Images must come from ${registries.join(', ')}.`;
  }
}
