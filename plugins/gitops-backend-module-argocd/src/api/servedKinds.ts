import { checkedName, type ArgocdRequest } from './ArgocdClient';
import type { RbacResource } from './Permissions';

/** A kind that Argo CD's API serves. */
export interface ServedKind {
  kind: string;
  /** As an observer names it. */
  plural: string;
  /** Of the endpoint. */
  path: string;
  rbac: RbacResource;
  /** The list takes projects. */
  isFiltered: boolean;
  /** What asks for one object. */
  request(object: { namespace?: string; name: string }): ArgocdRequest;
}

const described = (kind: string, name: string, namespace?: string) =>
  `see ${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** All of them; each is watched when the observer wants it. */
export const SERVED_KINDS: readonly ServedKind[] = [
  {
    kind: 'Application',
    plural: 'applications',
    path: 'applications',
    rbac: 'applications',
    isFiltered: true,
    request: ({ name, namespace }) => ({
      path: ['applications', checkedName(name)],
      query: { appNamespace: namespace },
      what: described('application', name, namespace),
      needs: 'p, <role>, applications, get, */*',
      isObject: true,
    }),
  },
  {
    kind: 'ApplicationSet',
    plural: 'applicationsets',
    path: 'applicationsets',
    rbac: 'applicationsets',
    isFiltered: true,
    request: ({ name, namespace }) => ({
      path: ['applicationsets', checkedName(name)],
      query: { appsetNamespace: namespace },
      what: described('application set', name, namespace),
      needs: 'p, <role>, applicationsets, get, */*',
      isObject: true,
    }),
  },
  {
    kind: 'AppProject',
    plural: 'appprojects',
    path: 'projects',
    rbac: 'projects',
    isFiltered: false,
    request: ({ name }) => ({
      path: ['projects', checkedName(name)],
      what: described('project', name),
      needs: 'p, <role>, projects, get, *',
      isObject: true,
    }),
  },
];
