import assert from 'node:assert/strict';
import type { Application, Deployment } from '@fairway/plugin-gitops-common';
import type { ArgocdScript } from './ArgocdScript';
import { eventually } from './eventually';
import type { TestBackend } from './TestBackend';

const PAGE = 500;
/** As many as a URL takes. */
const IDS = 100;

/** Every application of the store. */
export async function allApplications({
  api,
}: Pick<TestBackend, 'api'>): Promise<Application[]> {
  const items: Application[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.getApplications({ limit: PAGE, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

/** Every deployment of these applications, in no order. */
export async function allDeployments(
  { api }: Pick<TestBackend, 'api'>,
  applications: readonly Application[],
): Promise<Deployment[]> {
  const items: Deployment[] = [];
  const ids = applications.map(({ id }) => id);
  for (let start = 0; start < ids.length; start += IDS) {
    const applicationId = ids.slice(start, start + IDS);
    let cursor: string | undefined;
    do {
      const page = await api.getDeployments({
        ...{ applicationId, cursor },
        limit: PAGE,
      });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
  }
  return items;
}

/** The applications of a cluster in the words of the store, by id. */
function expectedApplications(script: ArgocdScript): Map<string, object> {
  const { cluster } = script;
  const sync: Record<string, string> = {
    Synced: 'synced',
    OutOfSync: 'out-of-sync',
  };
  return new Map(
    cluster.objects
      .list({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' })
      .map(({ metadata, status }) => [
        `${cluster.name} ${metadata.name}`,
        {
          sync: sync[status.sync.status],
          health: status.health.status.toLowerCase(),
          revision: status.history[status.history.length - 1].revision,
          desiredRevision: status.sync.revision,
          staleSince: undefined,
        },
      ]),
  );
}

/**
 * The store equals the clusters of the scripts, nothing in it is called stale, and no deployment is missing or
 * there twice; at once.
 *
 * @throws AssertionError that names the differences
 */
export async function expectStoreEquals(
  backend: Pick<TestBackend, 'api'>,
  ...scripts: ArgocdScript[]
): Promise<void> {
  const expected = new Map(
    scripts.flatMap(script => [...expectedApplications(script)]),
  );
  const clusters = new Set(scripts.map(({ cluster }) => cluster.name));
  const stored = (await allApplications(backend)).filter(
    ({ ref }) => clusters.has(ref.cluster) && ref.kind === 'Application',
  );
  const actual = new Map(
    stored.map(application => [
      `${application.ref.cluster} ${application.ref.name}`,
      {
        sync: application.sync,
        health: application.health,
        revision: application.revision,
        desiredRevision: application.desiredRevision,
        staleSince: application.staleSince,
      },
    ]),
  );
  assert.equal(actual.size, stored.length, 'an application is there twice');
  assert.deepEqual(differences(actual, expected), []);

  const revisions = new Map<string, string[]>();
  const deployments = await allDeployments(backend, stored);
  for (const { applicationId, revision } of deployments) {
    const others = revisions.get(applicationId) ?? [];
    revisions.set(applicationId, [...others, revision]);
  }
  const ids = new Map(
    stored.map(({ id, ref }) => [`${ref.cluster} ${ref.name}`, id]),
  );
  for (const { cluster, applications } of scripts) {
    for (const application of applications) {
      const id = ids.get(`${cluster.name} ${application.name}`)!;
      const recorded = revisions.get(id) ?? [];
      assert.deepEqual(
        [...recorded].sort(),
        application.revisions.slice(-recorded.length).sort(),
        `the deployments of ${application.name} are not the last ones: ${recorded.length} of ${application.revisions.length}`,
      );
      const atLeast = application.revisions.length - application.seen + 1;
      assert.ok(
        recorded.length >= (application.seen > 0 ? atLeast : 1),
        `${application.name} was deployed ${application.revisions.length} times, ${application.seen} before it was seen, and ${recorded.length} are recorded`,
      );
    }
  }
}

function differences(
  actual: ReadonlyMap<string, object>,
  expected: ReadonlyMap<string, object>,
): string[] {
  const names = [...new Set([...actual.keys(), ...expected.keys()])];
  return names
    .filter(
      name =>
        JSON.stringify(actual.get(name)) !== JSON.stringify(expected.get(name)),
    )
    .slice(0, 10)
    .map(
      name =>
        `${name}: stored ${JSON.stringify(
          actual.get(name),
        )}, in the cluster ${JSON.stringify(expected.get(name))}`,
    );
}

/** Waits until {@link expectStoreEquals} holds, and marks what was seen. */
export async function untilStoreEquals(
  backend: Pick<TestBackend, 'api'>,
  scripts: ArgocdScript[],
  options: { withinSeconds?: number } = {},
): Promise<void> {
  await eventually(() => expectStoreEquals(backend, ...scripts), options);
  scripts.forEach(script => script.markSeen());
}

/** What `GET /clusters` says of the applications of a cluster. */
export async function watchOf(
  { api }: Pick<TestBackend, 'api'>,
  cluster: string,
  resource = 'argoproj.io/v1alpha1/applications',
) {
  const { items } = await api.getClusters();
  const found = items.find(({ name }) => name === cluster);
  return {
    cluster: found,
    watch: found?.resources.find(one => one.resource === resource),
  };
}
