import { stringify } from 'yaml';
import type { Files } from './deployFiles';
import { samplePeople, sampleTeams } from './people';
import { sampleServices } from './sampleServices';

const API_VERSION = 'backstage.io/v1alpha1';

/** The organisation and the list of services, as the portal's catalog reads them. */
export function catalogFiles(url: string): Files {
  return {
    'README.md':
      '# The catalog\n\n`catalog-info.yaml` lists what the portal shows; `org.yaml` says who works here.\n',
    'org.yaml': organisation(),
    'catalog-info.yaml': stringify({
      apiVersion: API_VERSION,
      kind: 'Location',
      metadata: { name: 'catalog', description: 'Everything in the catalog' },
      spec: {
        targets: [
          './org.yaml',
          ...sampleServices.map(
            ({ team, name }) =>
              `${url}/${team}/${name}/src/branch/main/catalog-info.yaml`,
          ),
        ],
      },
    }),
  };
}

function organisation(): string {
  const domain = {
    apiVersion: API_VERSION,
    kind: 'Domain',
    metadata: {
      name: 'commerce',
      title: 'Commerce',
      description: 'Selling things to people',
    },
    spec: { owner: 'group:default/platform' },
  };
  const company = {
    apiVersion: API_VERSION,
    kind: 'Group',
    metadata: { name: 'company', title: 'Company' },
    spec: { type: 'organization', children: sampleTeams.map(one => one.name) },
  };
  const teams = sampleTeams.map(team => ({
    apiVersion: API_VERSION,
    kind: 'Group',
    metadata: {
      name: team.name,
      title: team.title,
      description: team.description,
    },
    spec: {
      type: 'team',
      parent: 'company',
      children: [],
      profile: { displayName: team.title },
    },
  }));
  const systems = sampleTeams.map(team => ({
    apiVersion: API_VERSION,
    kind: 'System',
    metadata: {
      name: team.system,
      title: team.systemTitle,
      description: team.description,
    },
    spec: { owner: `group:default/${team.name}`, domain: 'commerce' },
  }));
  const people = samplePeople.map(person => ({
    apiVersion: API_VERSION,
    kind: 'User',
    metadata: { name: person.login },
    spec: {
      profile: { displayName: person.name, email: person.email },
      memberOf: [person.team],
    },
  }));
  return [domain, company, ...teams, ...systems, ...people]
    .map(entity => stringify(entity))
    .join('---\n');
}
