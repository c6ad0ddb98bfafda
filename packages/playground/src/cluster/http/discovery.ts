import { apiVersionOf, ResourceDefinition } from '../resources';

/** The version that the stand-in says it is: that of the API it follows. */
const VERSION = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0+playground',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'playground',
};

/**
 * The documents by which clients find out what a cluster serves.
 *
 * @param served - every kind that it serves
 * @returns undefined when the path is none of them
 */
export function discoveryDocument(
  served: readonly ResourceDefinition[],
  path: string,
): object | undefined {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  const [root, first, second, ...more] = segments;
  if (path === '/version') {
    return VERSION;
  }
  if (more.length > 0) {
    return undefined;
  }
  if (root === 'api' && second === undefined) {
    return first === undefined
      ? { kind: 'APIVersions', versions: ['v1'] }
      : resourceList(served, { group: '', version: first });
  }
  if (root !== 'apis') {
    return undefined;
  }
  if (first === undefined) {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(served) };
  }
  if (second === undefined) {
    const group = groups(served).find(({ name }) => name === first);
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...group };
  }
  return resourceList(served, { group: first, version: second });
}

function groups(served: readonly ResourceDefinition[]) {
  const versions = new Map<string, Set<string>>();
  for (const { group, version } of served) {
    if (group) {
      versions.set(group, (versions.get(group) ?? new Set()).add(version));
    }
  }
  return [...versions].map(([name, names]) => {
    const list = [...names].map(version => ({
      groupVersion: `${name}/${version}`,
      version,
    }));
    return { name, versions: list, preferredVersion: list[0] };
  });
}

function resourceList(
  served: readonly ResourceDefinition[],
  wanted: { group: string; version: string },
): object | undefined {
  const resources = served.filter(
    ({ group, version }) =>
      group === wanted.group && version === wanted.version,
  );
  return resources.length === 0
    ? undefined
    : {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: apiVersionOf(wanted),
        resources: resources.flatMap(describe),
      };
}

function describe(resource: ResourceDefinition): object[] {
  const { plural, singular, namespaced, kind, verbs } = resource;
  const sub = (name: string, subVerbs: string[]) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs: subVerbs,
  });
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(resource.shortNames.length > 0 && {
        shortNames: resource.shortNames,
      }),
      ...(resource.categories.length > 0 && {
        categories: resource.categories,
      }),
    },
    ...(resource.status ? [sub('status', ['get', 'patch', 'update'])] : []),
    ...(hasLog(resource) ? [sub('log', ['get'])] : []),
  ];
}

/** Only pods have logs. */
export function hasLog(resource: ResourceDefinition): boolean {
  return resource.group === '' && resource.kind === 'Pod';
}
