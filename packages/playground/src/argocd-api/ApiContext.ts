import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cluster, KubernetesObject } from '../types';
import type { Accounts, Claims } from './Accounts';
import type { ApplicationCache } from './ApplicationCache';
import type { ArgocdFaults } from './ArgocdFaults';

/** What the handlers of all requests share. */
export interface ApiContext {
  cluster: Cluster;
  applications: ApplicationCache;
  accounts: Accounts;
  faults: ArgocdFaults;
  /** Argo CD's own namespace. */
  namespace: string;
  /** Milliseconds between the signs of life of a stream. */
  keepAliveMs: number;
}

/** One request of a known account, or of a visitor where those are let in. */
export interface ApiCall {
  context: ApiContext;
  claims: Claims;
  /** Below `/api/v1`, decoded. */
  path: string[];
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
}

const ARGO = 'argoproj.io/v1alpha1';

/** The kinds that the API serves. */
export const KINDS = {
  application: { apiVersion: ARGO, kind: 'Application' },
  applicationSet: { apiVersion: ARGO, kind: 'ApplicationSet' },
  project: { apiVersion: ARGO, kind: 'AppProject' },
};

/** The project of an application; without one it is in `default`. */
export function projectOf(application: KubernetesObject): string {
  return application.spec?.project || 'default';
}

/** How access control names an application, or a set of them by its project. */
export function rbacName(
  context: ApiContext,
  project: string,
  object: { namespace?: string; name: string },
): string {
  const { namespace, name } = object;
  return namespace && namespace !== context.namespace
    ? `${project}/${namespace}/${name}`
    : `${project}/${name}`;
}

/** As it travels: without its kind, which each endpoint implies. */
export function toWire(object: KubernetesObject): object {
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest;
}

/** The version of a list: the newest of its objects, whoever may see them. */
export function versionOf(objects: readonly KubernetesObject[]): string {
  const versions = objects.map(object =>
    Number(object.metadata.resourceVersion),
  );
  return String(versions.reduce((a, b) => Math.max(a, b), 0));
}

/** In the order of names, which is all the order that Argo CD's lists have. */
export function byName(a: KubernetesObject, b: KubernetesObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Answers with a JSON document. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
