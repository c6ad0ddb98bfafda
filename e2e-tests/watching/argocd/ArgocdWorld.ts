import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createArgocdApi,
  type ArgocdAccount,
  type RunningArgocdApi,
} from 'playground/src/argocd-api';
import { createCluster, type RunningCluster } from 'playground/src/cluster';
import type { KubernetesObject } from 'playground/src/types';

export const EVERYTHING = [
  'applications, *, */*, allow',
  'applicationsets, get, */*, allow',
  'projects, get, *, allow',
];

export const ARGO = 'argoproj.io/v1alpha1';

/** An account as an administrator would make one. */
export function account(
  name: string,
  policies: string[] = EVERYTHING,
): ArgocdAccount {
  return { name, token: `token-of-${name}-that-nobody-may-see`, policies };
}

/** A cluster with applications and no controller, and Argo CD's API before it. */
export class ArgocdWorld {
  readonly running: RunningCluster;
  readonly api: RunningArgocdApi;
  readonly #directory: string;

  private constructor(
    running: RunningCluster,
    api: RunningArgocdApi,
    directory: string,
  ) {
    this.running = running;
    this.api = api;
    this.#directory = directory;
  }

  static async start(
    accounts: ArgocdAccount[] = [account('fairway')],
    options: { keepAliveMs?: number } = {},
  ): Promise<ArgocdWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'argocd-api-'));
    const running = createCluster({ port: 0, directory, token: 'unused' });
    await running.start();
    const api = createArgocdApi({
      cluster: running.cluster,
      port: 0,
      accounts,
      keepAliveMs: options.keepAliveMs ?? 40,
    });
    await api.start();
    return new ArgocdWorld(running, api, directory);
  }

  get cluster() {
    return this.running.cluster;
  }

  namespace(name: string): void {
    this.cluster.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }

  application(
    name: string,
    options: {
      project?: string;
      namespace?: string;
      spec?: object;
      status?: object;
      bytes?: number;
    } = {},
  ): KubernetesObject {
    const { project = 'default', namespace = 'argocd', bytes = 0 } = options;
    return this.cluster.create({
      apiVersion: ARGO,
      kind: 'Application',
      metadata: { name, namespace },
      spec: {
        project,
        source: {
          repoURL: 'https://git.example.com/a.git',
          path: name,
          targetRevision: 'main',
        },
        destination: { server: 'https://kubernetes.default.svc' },
        ...options.spec,
      },
      status: {
        sync: { status: 'Synced', revision: 'a'.repeat(40) },
        health: { status: 'Healthy' },
        history: [{ id: 0, revision: 'a'.repeat(40) }],
        conditions: [{ type: 'SyncError', message: 'a { and a "' }],
        ...(bytes && { resources: [{ message: 'x'.repeat(bytes) }] }),
        ...options.status,
      },
    });
  }

  change(name: string, patch: object, namespace = 'argocd'): void {
    this.cluster.patch(this.key(name, namespace), patch);
  }

  remove(name: string, namespace = 'argocd'): void {
    this.cluster.delete(this.key(name, namespace));
  }

  get(name: string, namespace = 'argocd'): KubernetesObject {
    const found = this.cluster.get(this.key(name, namespace));
    if (!found) {
      throw new Error(`There is no application ${namespace}/${name}`);
    }
    return found;
  }

  key(name: string, namespace = 'argocd') {
    return { apiVersion: ARGO, kind: 'Application', namespace, name };
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.running.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
