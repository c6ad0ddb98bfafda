import type { ValidatingName } from './policyInput';

/** Rego has one package for each template, and knows no rule of another. */
const CONTAINERS = `
pod_spec := object.get(input.review.object, "spec", {}) {
  input.review.kind.kind == "Pod"
}

pod_spec := input.review.object.spec.jobTemplate.spec.template.spec {
  input.review.kind.kind == "CronJob"
}

pod_spec := input.review.object.spec.template.spec {
  not input.review.kind.kind == "Pod"
  not input.review.kind.kind == "CronJob"
}

containers[container] {
  container := pod_spec.containers[_]
}

containers[container] {
  container := pod_spec.initContainers[_]
}
`;

const ALL_CONTAINERS = `${CONTAINERS}
all_containers[container] {
  containers[container]
}

all_containers[container] {
  container := pod_spec.ephemeralContainers[_]
}
`;

const MESSAGE = 'msg := input.parameters.message';

const VIOLATIONS: Record<ValidatingName, string> = {
  'require-team-label': `
violation[{"msg": msg}] {
  labels := object.get(input.review.object.metadata, "labels", {})
  object.get(labels, "team", "") == ""
  ${MESSAGE}
}
`,
  'disallow-privileged-containers': `
violation[{"msg": msg}] {
  all_containers[container]
  container.securityContext.privileged == true
  ${MESSAGE}
}
${ALL_CONTAINERS}`,
  'require-requests-and-limits': `
violation[{"msg": msg}] {
  containers[container]
  not has_resources(container)
  ${MESSAGE}
}

has_resources(container) {
  container.resources.requests.cpu
  container.resources.requests.memory
  container.resources.limits.memory
}
${CONTAINERS}`,
  'require-probes': `
violation[{"msg": msg}] {
  container := input.review.object.spec.template.spec.containers[_]
  not has_probes(container)
  ${MESSAGE}
}

has_probes(container) {
  container.livenessProbe
  container.readinessProbe
}
`,
  'disallow-latest-tag': `
violation[{"msg": msg}] {
  all_containers[container]
  not is_pinned(object.get(container, "image", ""))
  ${MESSAGE}
}

is_pinned(image) {
  contains(image, "@")
}

is_pinned(image) {
  regex.match(":[^/:]+$", image)
  not endswith(image, ":latest")
}
${ALL_CONTAINERS}`,
  'allowed-registries': `
violation[{"msg": msg}] {
  all_containers[container]
  not is_known(qualified(object.get(container, "image", "")))
  ${MESSAGE}
}

is_known(image) {
  registry := input.parameters.registries[_]
  startswith(image, concat("", [registry, "/"]))
}

names_registry(image) {
  regex.match("^[^/]*[.:][^/]*/", image)
}

names_registry(image) {
  startswith(image, "localhost/")
}

qualified(image) = image {
  names_registry(image)
}

qualified(image) = name {
  not names_registry(image)
  contains(image, "/")
  name := concat("", ["docker.io/", image])
}

qualified(image) = name {
  not names_registry(image)
  not contains(image, "/")
  name := concat("", ["docker.io/library/", image])
}
${ALL_CONTAINERS}`,
};

/** The rule of a policy in Rego, in the form that every version of Gatekeeper reads. */
export function regoRule(name: ValidatingName, packageName: string): string {
  return `package ${packageName}\n${VIOLATIONS[name]}`;
}
