import { InputError } from '@backstage/errors';
import type { Application } from '@fairway/plugin-gitops-common';
import type { CommandContext } from '@fairway/plugin-gitops-node';
import { checkedName, type ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';
import { syncRequest } from './syncRequest';

/** Carries out commands by Argo CD's API, which checks sync windows and projects once more. */
export class ArgocdCommands {
  readonly #client: ArgocdClient;
  readonly #times: ArgocdTimes;

  constructor(options: { client: ArgocdClient; times: ArgocdTimes }) {
    this.#client = options.client;
    this.#times = options.times;
  }

  /** @throws InputError, ConflictError, NotFoundError or ConnectionError, as Argo CD answers */
  async execute(
    application: Application,
    context: CommandContext,
  ): Promise<void> {
    switch (context.command) {
      case 'sync':
        await this.#client.json({
          ...this.#request(application, 'sync'),
          path: [...this.#path(application), 'sync'],
          query: {},
          method: 'POST',
          body: syncRequest(application, context),
        });
        return;
      case 'refresh':
        await this.#refresh(application, context.request.hard === true);
        return;
      case 'terminate':
        await this.#client.json({
          ...this.#request(application, 'sync'),
          what: `terminate the operation of ${titleOf(application)}`,
          path: [...this.#path(application), 'operation'],
          method: 'DELETE',
        });
        return;
      default:
        throw new InputError(
          `Argo CD cannot ${context.command} an application; change its syncPolicy.automated in Git instead`,
        );
    }
  }

  /**
   * Argo CD answers when the refresh is done, which may take minutes. It writes the request down
   * first, so after a few seconds it is enough that it still answers.
   */
  async #refresh(application: Application, hard: boolean): Promise<void> {
    const request = {
      ...this.#request(application, 'get'),
      what: `refresh ${titleOf(application)}`,
      path: this.#path(application),
    };
    const enough = AbortSignal.timeout(this.#times.refresh);
    try {
      await this.#client.json({
        ...request,
        query: { ...request.query, refresh: hard ? 'hard' : 'normal' },
        signal: enough,
      });
    } catch (error) {
      if (!enough.aborted) {
        throw error;
      }
      await this.#client.json(request);
    }
  }

  #path({ ref }: Application): string[] {
    return ['applications', checkedName(ref.name)];
  }

  #request(application: Application, verb: 'get' | 'sync') {
    const { ref, project } = application;
    return {
      query: { appNamespace: ref.namespace, project },
      what: `${verb} ${titleOf(application)}`,
      needs: `p, <role>, applications, ${verb}, ${project ?? '*'}/*`,
      isObject: true,
    };
  }
}

function titleOf({ ref }: Application): string {
  return `application ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
}
