import type { ManifestObject } from '../objects';
import { POLICY_TEXTS, violationMessage } from './policyCatalog';
import type { PolicyOrder, ValidatingName } from './policyInput';
import { regoRule } from './regoRules';

/** The kind of the constraint of a policy: `RequireTeamLabel`. */
export function constraintKind(name: ValidatingName): string {
  return name
    .split('-')
    .map(word => word[0].toUpperCase() + word.slice(1))
    .join('');
}

/** Engines that apply a template and its constraint in one go have to know which comes first. */
const TEMPLATE_ANNOTATIONS = { 'argocd.argoproj.io/sync-wave': '-1' };
const CONSTRAINT_ANNOTATIONS = {
  // The template makes the kind while the sync is on its way.
  'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true',
};

export function constraintTemplate(name: ValidatingName): ManifestObject {
  const kind = constraintKind(name);
  const template = {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: {
      // Gatekeeper wants it to be the kind in lower case.
      name: kind.toLowerCase(),
      annotations: {
        ...TEMPLATE_ANNOTATIONS,
        'metadata.gatekeeper.sh/title': POLICY_TEXTS[name].title,
        description: POLICY_TEXTS[name].description,
      },
    },
    spec: {
      crd: {
        spec: {
          names: { kind },
          validation: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                message: { type: 'string' },
                registries: { type: 'array', items: { type: 'string' } },
              },
            },
          },
        },
      },
      targets: [
        {
          target: 'admission.k8s.gatekeeper.sh',
          rego: regoRule(name, kind.toLowerCase()),
        },
      ],
    },
  };
  return template;
}

function kindsOf(name: ValidatingName) {
  const apps = (...kinds: string[]) => ({ apiGroups: ['apps'], kinds });
  const batch = (...kinds: string[]) => ({ apiGroups: ['batch'], kinds });
  const rollouts = { apiGroups: ['argoproj.io'], kinds: ['Rollout'] };
  switch (name) {
    case 'require-team-label':
      return [
        apps('Deployment', 'StatefulSet', 'DaemonSet'),
        batch('CronJob'),
        rollouts,
      ];
    case 'require-probes':
      return [apps('Deployment', 'StatefulSet', 'DaemonSet'), rollouts];
    default:
      return [
        { apiGroups: [''], kinds: ['Pod'] },
        // Pods alone would be refused when nobody looks any more.
        apps('Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'),
        batch('Job', 'CronJob'),
      ];
  }
}

export function constraint(
  name: ValidatingName,
  order: PolicyOrder,
): ManifestObject {
  const object = {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: constraintKind(name),
    metadata: { name, annotations: CONSTRAINT_ANNOTATIONS },
    spec: {
      enforcementAction: 'dryrun',
      match: {
        kinds: kindsOf(name),
        excludedNamespaces: order.excludedNamespaces,
      },
      parameters: {
        message: violationMessage(name, order.registries),
        ...(name === 'allowed-registries'
          ? { registries: order.registries }
          : {}),
      },
    },
  };
  return object;
}
