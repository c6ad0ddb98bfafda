import { LABEL_TEAM } from '@fairway/plugin-gitops-common';
import type { PolicyOrder, ValidatingName } from './policyInput';

/** Text as a string of CEL: nothing in it can end the string. */
export function celString(text: string): string {
  // What JSON escapes CEL escapes the same way, but for halves of characters, which are no text.
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** A list of texts in CEL. */
export function celList(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`;
}

/** A rule in CEL: what must be true of `object`. */
export interface CelRule {
  variables: Array<{ name: string; expression: string }>;
  expression: string;
}

const listOf = (field: string) =>
  `(has(object.spec.${field}) ? object.spec.${field} : [])`;

const CONTAINERS = {
  name: 'containers',
  expression: `object.spec.containers + ${listOf('initContainers')}`,
};

const ALL_CONTAINERS = {
  name: 'allContainers',
  expression: `object.spec.containers + ${listOf('initContainers')} + ${listOf(
    'ephemeralContainers',
  )}`,
};

/**
 * The rule of a policy. `has` and no optional types: older versions of Kyverno know only that.
 * Rules of pods say `object.spec`, which Kyverno rewrites for what has pods in it.
 */
export function celRule(name: ValidatingName, order: PolicyOrder): CelRule {
  switch (name) {
    case 'require-team-label':
      return {
        variables: [],
        expression: `has(object.metadata.labels) && ${celString(
          LABEL_TEAM,
        )} in object.metadata.labels && object.metadata.labels[${celString(
          LABEL_TEAM,
        )}] != ""`,
      };
    case 'disallow-privileged-containers':
      return {
        variables: [ALL_CONTAINERS],
        expression:
          'variables.allContainers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)',
      };
    case 'require-requests-and-limits':
      return {
        variables: [CONTAINERS],
        expression:
          'variables.containers.all(c, has(c.resources) && has(c.resources.requests) && "cpu" in c.resources.requests && "memory" in c.resources.requests && has(c.resources.limits) && "memory" in c.resources.limits)',
      };
    case 'require-probes':
      return {
        variables: [],
        expression:
          'object.spec.template.spec.containers.all(c, has(c.livenessProbe) && has(c.readinessProbe))',
      };
    case 'disallow-latest-tag':
      return {
        variables: [ALL_CONTAINERS],
        expression:
          'variables.allContainers.all(c, has(c.image) && (c.image.contains("@") || (c.image.matches(":[^/:]+$") && !c.image.endsWith(":latest"))))',
      };
    default:
      return {
        variables: [
          ALL_CONTAINERS,
          {
            name: 'images',
            expression:
              'variables.allContainers.map(c, !has(c.image) ? "" : (c.image.matches("^[^/]*[.:][^/]*/") || c.image.startsWith("localhost/")) ? c.image : c.image.contains("/") ? "docker.io/" + c.image : "docker.io/library/" + c.image)',
          },
          {
            name: 'registries',
            expression: celList(order.registries ?? []),
          },
        ],
        expression:
          'variables.images.all(i, variables.registries.exists(r, i.startsWith(r + "/")))',
      };
  }
}
