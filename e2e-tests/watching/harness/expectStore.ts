import assert from 'node:assert/strict';
import type {
  Application,
  ClusterStatus,
  Deployment,
  Fact,
} from '@fairway/plugin-gitops-common';
import { keyOf, type ClusterScript } from './ClusterScript';
import { eventually } from './eventually';
import { expectDeployments } from './expectDeployments';
import type { TestBackend } from './TestBackend';

type Asked = Pick<TestBackend, 'api'>;

const PAGE = 500;
/** As many as a URL takes. */
const IDS = 100;

/** Every item of a list that comes in pages. */
async function allOf<T>(
  ask: (cursor?: string) => Promise<{ items: T[]; nextCursor?: string }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

/** Every application of the store. */
export function allApplications({ api }: Asked): Promise<Application[]> {
  return allOf(cursor => api.getApplications({ limit: PAGE, cursor }));
}

/** Every deployment of these applications, in no order. */
export async function allDeployments(
  { api }: Asked,
  applications: readonly Application[],
): Promise<Deployment[]> {
  const items: Deployment[] = [];
  const ids = applications.map(({ id }) => id);
  for (let start = 0; start < ids.length; start += IDS) {
    const applicationId = ids.slice(start, start + IDS);
    items.push(
      ...(await allOf(cursor =>
        api.getDeployments({ applicationId, cursor, limit: PAGE }),
      )),
    );
  }
  return items;
}

/** The name of a component that the stand-in catalog has. */
function nameOf(entityRef?: string): string | undefined {
  return entityRef?.replace('component:default/', '');
}

function describeApplication(application: Application): object {
  const { source } = application;
  return {
    engine: application.engine,
    component: nameOf(application.entityRef),
    environment: application.environment,
    tier: application.tier,
    namespace: application.ref.namespace,
    sync: application.sync,
    health: application.health,
    revision: application.revision,
    desiredRevision: application.desiredRevision,
    images: application.images,
    repoUrl: source.repoUrl,
    path: source.path,
    targetRevision: source.targetRevision,
    destination: application.destination.namespace,
    conditions: application.conditions.map(({ message }) => message),
    staleSince: application.staleSince,
  };
}

function describeFact(fact: Fact): object {
  const { details } = fact;
  return {
    kind: fact.kind,
    component: nameOf(fact.entityRef),
    environment: fact.environment,
    namespace: fact.ref.namespace,
    health: fact.health,
    staleSince: fact.staleSince,
    ...(fact.kind === 'rollout'
      ? {
          phase: details.phase,
          aborted: details.aborted,
          weight: details.weight,
        }
      : {
          reason: details.reason,
          message: fact.message,
          refreshTime: details.refreshTime,
        }),
  };
}

/** Adds the entries to the map, under the name of the cluster. */
function merge(
  into: Map<string, object>,
  cluster: string,
  entries: Iterable<readonly [string, object]>,
): void {
  for (const [key, value] of entries) {
    into.set(`${cluster} ${key}`, value);
  }
}

function byKey<T extends { ref: Application['ref'] }>(
  items: readonly T[],
  describe: (item: T) => object,
): Map<string, object> {
  const found = new Map<string, object>();
  for (const item of items) {
    merge(found, item.ref.cluster, [[keyOf(item.ref), describe(item)]]);
  }
  assert.equal(found.size, items.length, 'something is there twice');
  return found;
}

/** What differs, field by field. */
function differences(
  actual: ReadonlyMap<string, object>,
  expected: ReadonlyMap<string, object>,
): string[] {
  return [...new Set([...actual.keys(), ...expected.keys()])]
    .flatMap(name => {
      const [stored, there] = [actual.get(name), expected.get(name)];
      if (!stored || !there) {
        return `${name}: ${stored ? 'stored' : 'in the cluster'} alone`;
      }
      const [left, right]: Array<Record<string, unknown>> = [
        { ...stored },
        { ...there },
      ];
      return [...new Set([...Object.keys(left), ...Object.keys(right)])]
        .filter(
          field => JSON.stringify(left[field]) !== JSON.stringify(right[field]),
        )
        .map(
          field =>
            `${name}: ${field} is stored as ${JSON.stringify(
              left[field],
            )}, in the cluster ${JSON.stringify(right[field])}`,
        );
    })
    .slice(0, 10);
}

/** What the scripts are about, of what is stored. */
async function storedApplications(
  backend: Asked,
  scripts: readonly ClusterScript[],
): Promise<Application[]> {
  return (await allApplications(backend)).filter(({ ref }) =>
    scripts.some(
      ({ cluster, kinds }) =>
        cluster.name === ref.cluster && kinds.includes(ref.kind),
    ),
  );
}

/** The page of each component shows its applications as the list does, and the facts of the scripts. */
async function expectServicePages(
  { api }: Asked,
  scripts: readonly ClusterScript[],
  stored: readonly Application[],
): Promise<void> {
  const expected = new Map<string, object>();
  const facts: Fact[] = [];
  for (const component of new Set(scripts.map(one => one.component))) {
    if (!component) {
      continue;
    }
    const entityRef = `component:default/${component}`;
    const page = await api.getService(entityRef);
    const shown = [
      ...page.environments.flatMap(({ applications }) => applications),
      ...page.otherApplications,
    ].filter(({ id }) => stored.some(one => one.id === id));
    const listed = stored.filter(one => one.entityRef === entityRef);
    assert.deepEqual(
      differences(
        byKey(shown, describeApplication),
        byKey(listed, describeApplication),
      ),
      [],
      `the page of ${component} shows something else than the list`,
    );
    const factKinds = scripts
      .filter(one => one.component === component)
      .flatMap(one => one.factKinds);
    facts.push(...page.facts.filter(({ ref }) => factKinds.includes(ref.kind)));
  }
  for (const script of scripts) {
    merge(expected, script.cluster.name, script.describeFacts());
  }
  assert.deepEqual(differences(byKey(facts, describeFact), expected), []);
}

/** The fleet shows each of these applications once, as the list does. */
async function expectFleet(
  { api }: Asked,
  stored: readonly Application[],
): Promise<void> {
  const rows = await allOf(async cursor => {
    const page = await api.getFleet({ limit: PAGE, cursor });
    return { items: page.rows, nextCursor: page.nextCursor };
  });
  const ids = new Set(stored.map(({ id }) => id));
  const cells = rows.flatMap(row => row.cells).filter(({ id }) => ids.has(id));
  const glance = (item: (typeof cells)[number] | Application) => ({
    ...{ sync: item.sync, health: item.health, revision: item.revision },
    staleSince: item.staleSince,
    lastDeployment: item.lastDeployment?.id,
  });
  assert.deepEqual(
    differences(byKey(cells, glance), byKey(stored, glance)),
    [],
    'the fleet shows something else than the list',
  );
}

/**
 * The store equals the clusters of the scripts in all that the scripts change: applications with
 * their sources, facts, deployments and failures. Nothing is there twice, nothing is called
 * stale, and every page says the same; at once.
 *
 * @throws AssertionError that names the differences
 */
export async function expectStoreEquals(
  backend: Asked,
  ...scripts: ClusterScript[]
): Promise<void> {
  const expected = new Map<string, object>();
  for (const script of scripts) {
    merge(expected, script.cluster.name, script.describeApplications());
  }
  const stored = await storedApplications(backend, scripts);
  assert.deepEqual(
    differences(byKey(stored, describeApplication), expected),
    [],
  );
  await expectFleet(backend, stored);
  await expectServicePages(backend, scripts, stored);
  expectDeployments(scripts, stored, await allDeployments(backend, stored));
}

/** Waits until {@link expectStoreEquals} holds, and marks what was seen. */
export async function untilStoreEquals(
  backend: Asked,
  scripts: ClusterScript[],
  options: { withinSeconds?: number } = {},
): Promise<void> {
  await eventually(() => expectStoreEquals(backend, ...scripts), options);
  scripts.forEach(script => script.markSeen());
}

/** What `GET /clusters` says of the applications of a cluster. */
export async function watchOf(
  { api }: Asked,
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

/**
 * How many watches are open, by the word of the backend: one for each kind that is there.
 *
 * @throws AssertionError when a kind is not known to be there or not
 */
export function watchesOf({ resources }: ClusterStatus): number {
  const there = resources.filter(({ state }) => state !== 'not-installed');
  assert.ok(there.length > 0);
  assert.deepEqual(
    there.filter(({ state }) => state !== 'connected'),
    [],
  );
  return there.filter(({ resource }) => !resource.endsWith('/*')).length;
}
