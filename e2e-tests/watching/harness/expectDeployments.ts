import assert from 'node:assert/strict';
import type { Application, Deployment } from '@fairway/plugin-gitops-common';
import type { ClusterScript, ScriptedApplication } from './ClusterScript';

/**
 * No deployment of the scripted applications is missing, or there twice, and their failures are
 * those that happened.
 *
 * @throws AssertionError that names the application
 */
export function expectDeployments(
  scripts: readonly ClusterScript[],
  stored: readonly Application[],
  deployments: readonly Deployment[],
): void {
  const byApplication = new Map<string, Deployment[]>();
  for (const deployment of deployments) {
    const others = byApplication.get(deployment.applicationId) ?? [];
    byApplication.set(deployment.applicationId, [...others, deployment]);
  }
  const byName = new Map(
    stored.map(one => [
      `${one.ref.cluster} ${one.ref.kind} ${one.ref.name}`,
      one,
    ]),
  );
  for (const { cluster, applications } of scripts) {
    for (const scripted of applications) {
      const { kind, name } = scripted;
      const application = byName.get(`${cluster.name} ${kind} ${name}`)!;
      const recorded = byApplication.get(application.id) ?? [];
      expectSucceeded(scripted, recorded);
      expectFailures(scripted, recorded);
      expectLast(application, recorded);
    }
  }
}

/** The deployments that succeeded are the last ones of the revisions, each of them once. */
function expectSucceeded(
  { name, revisions, seen }: ScriptedApplication,
  recorded: readonly Deployment[],
): void {
  const succeeded = recorded
    .filter(({ outcome }) => outcome === 'succeeded')
    .map(({ revision }) => revision);
  assert.deepEqual(
    [...succeeded].sort(),
    revisions.slice(-succeeded.length).sort(),
    `the deployments of ${name} are not the last ones: ${succeeded.length} of ${revisions.length}`,
  );
  const atLeast = seen > 0 ? revisions.length - seen + 1 : 1;
  assert.ok(
    succeeded.length >= atLeast,
    `${name} was deployed ${revisions.length} times, ${seen} before it was seen, and ${succeeded.length} are recorded`,
  );
}

/**
 * What failed and was seen is recorded, nothing else is, each once; and a failure lasts exactly
 * while the application shows it.
 */
function expectFailures(
  { name, failures }: ScriptedApplication,
  recorded: readonly Deployment[],
): void {
  const attempts = recorded.filter(({ outcome }) => outcome === 'failed');
  const revisionsOf = (those: readonly Deployment[]) =>
    those.map(({ revision }) => revision);
  const failed = recorded.filter(one => one.failures.length > 0);
  for (const revision of revisionsOf([...failed, ...attempts])) {
    assert.ok(
      failures.possible.has(revision),
      `${name} never failed with ${revision}`,
    );
  }
  assert.equal(
    new Set(revisionsOf(attempts)).size,
    attempts.length,
    `a failed deployment of ${name} is there twice`,
  );
  for (const revision of failures.certain) {
    assert.ok(
      revisionsOf(failed).includes(revision),
      `that ${name} failed with ${revision} is not recorded`,
    );
  }
  for (const deployment of failed) {
    const signals = deployment.failures.map(({ signal }) => signal);
    assert.equal(
      new Set(signals).size,
      signals.length,
      `a failure of ${name} is there twice: ${signals}`,
    );
  }
  const lasting = failed.filter(one =>
    one.failures.some(({ endedAt }) => !endedAt),
  );
  if (failures.over) {
    assert.deepEqual(
      revisionsOf(lasting),
      [],
      `${name} is well, and a failure of it lasts`,
    );
  } else if (failures.shown) {
    assert.ok(
      revisionsOf(lasting).includes(failures.shown),
      `${name} fails with ${failures.shown}, and no failure of it lasts`,
    );
  }
}

/** The application names its last deployment. */
function expectLast(
  { ref, lastDeployment }: Application,
  recorded: readonly Deployment[],
): void {
  const times = recorded.map(({ finishedAt }) => finishedAt).sort();
  assert.equal(
    lastDeployment?.finishedAt,
    times[times.length - 1],
    `${ref.name} names another deployment than its last`,
  );
}
