import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { invalidFields } from '../model/invalidFields';
import { cloneUrl, dnsLabel, gitRevision } from '../model/rules';

/** Rules on what runs: also checked before anything is proposed. @public */
export const BASELINE_POLICIES = [
  'disallow-privileged-containers',
  'require-requests-and-limits',
  'require-probes',
  'disallow-latest-tag',
  'allowed-registries',
] as const;

/** Every policy that can be added. @public */
export const POLICY_NAMES = [
  'require-team-label',
  ...BASELINE_POLICIES,
  'default-network-policy',
  'preview-clean-up',
] as const;

/** @public */
export type PolicyName = (typeof POLICY_NAMES)[number];

/** Policies that refuse or report an object. @public */
export type ValidatingName = Exclude<
  PolicyName,
  'default-network-policy' | 'preview-clean-up'
>;

/** @public */
export const POLICY_ENGINES = [
  'kyverno',
  'kyverno-cluster-policy',
  'gatekeeper',
] as const;

/**
 * `kyverno` are the kinds of `policies.kyverno.io`, `kyverno-cluster-policy` the older ones of
 * `kyverno.io` that Kyverno 1.20 no longer has.
 *
 * @public
 */
export type PolicyEngine = (typeof POLICY_ENGINES)[number];

/** Namespaces of Kubernetes, of the engines and of the policies' own engine. */
export const SYSTEM_NAMESPACES = [
  'argocd',
  'flux-system',
  'gatekeeper-system',
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'kyverno',
];

/** A registry, or a path in one, as images begin. */
export const registryPrefix = z
  .string()
  .max(255, 'at most 255 characters')
  .regex(
    /^(?:localhost|(?=[^/]*[.:])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?|localhost:[0-9]{1,5})(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
    'a registry, or a path in one, in lower case and without a tag, for example "registry.example.com/payments"',
  );

const policySchema = z
  .strictObject({
    engine: z.enum(POLICY_ENGINES),
    policies: z
      .array(z.enum([...POLICY_NAMES, 'baseline']))
      .min(1, 'at least one policy'),
    /** The second step: what reports refuses from now on. */
    enforce: z.boolean().default(false),
    registries: z
      .array(registryPrefix)
      .max(50, 'at most 50 registries')
      .optional(),
    /** Namespaces beside those of the system for which no policy holds. */
    excludedNamespaces: z
      .array(dnsLabel())
      .max(100, 'at most 100 namespaces')
      .default([]),
    networkPolicy: z
      .enum(['same-namespace', 'deny-all'])
      .default('same-namespace'),
    /** Age at which a preview goes, in hours. */
    timeToLiveHours: z.number().int().min(1).max(8760).default(72),
    /** How the platform repository gets into the cluster. */
    registration: z.strictObject({
      engine: z.enum(['argocd', 'flux']),
      repoUrl: cloneUrl,
      revision: gitRevision.default('main'),
      /** Of the registration. Default `argocd` or `flux-system`. */
      namespace: dnsLabel().optional(),
      /** AppProject. It must allow resources of the cluster. */
      project: dnsLabel(63).default('default'),
      /** GitRepository of Flux that exists; without it one is made. */
      sourceName: dnsLabel(63).optional(),
      /** Secret of Flux with the credentials for a private repository. */
      secretName: dnsLabel(63).optional(),
    }),
  })
  .superRefine((input, context) => {
    const names = namesOf(input.policies);
    if (
      names.includes('allowed-registries') &&
      !input.enforce &&
      !input.registries?.length
    ) {
      context.addIssue({
        code: 'custom',
        path: ['registries'],
        message:
          'the registries from which images may come, at least one, for the policy "allowed-registries"',
      });
    }
  });

/** Policies to add, before defaults. @public */
export type PolicyInput = z.input<typeof policySchema>;

/** Policies to add, with every default in its place. */
export type PolicyOrder = Omit<z.output<typeof policySchema>, 'policies'> & {
  policies: PolicyName[];
};

function namesOf(
  policies: ReadonlyArray<PolicyName | 'baseline'>,
): PolicyName[] {
  const wanted = new Set<string>(
    policies.flatMap(name => (name === 'baseline' ? BASELINE_POLICIES : name)),
  );
  return POLICY_NAMES.filter(name => wanted.has(name));
}

export function parsePolicyInput(input: PolicyInput): PolicyOrder {
  const result = policySchema.safeParse(input, { reportInput: true });
  if (!result.success) {
    throw invalidFields('The policies cannot be added', result.error);
  }
  const { data } = result;
  const order = {
    ...data,
    policies: namesOf(data.policies),
    registries: [...new Set(data.registries)].sort(),
    excludedNamespaces: [
      ...new Set([...SYSTEM_NAMESPACES, ...data.excludedNamespaces]),
    ].sort(),
  };
  refuseWhatGatekeeperCannot(order);
  return order;
}

function refuseWhatGatekeeperCannot(order: PolicyOrder): void {
  if (order.engine !== 'gatekeeper') {
    return;
  }
  if (order.policies.includes('default-network-policy')) {
    throw new InputError(
      'policies: Gatekeeper makes no objects, so it cannot give new namespaces a NetworkPolicy; use Kyverno for "default-network-policy", or let the team template write it',
    );
  }
  if (order.policies.includes('preview-clean-up')) {
    throw new InputError(
      'policies: Gatekeeper deletes no objects, so it cannot clean up previews; use Kyverno for "preview-clean-up", or the time to live of the previews themselves',
    );
  }
}
