import {
  ConnectionError,
  connectionErrorReason,
} from '@fairway/plugin-gitops-node';
import type { ArgocdClient } from './ArgocdClient';

/** Resources of Argo CD's own access control. */
export type RbacResource = 'applications' | 'applicationsets' | 'projects';

/** Asked at a time; Argo CD answers from memory. */
const AT_A_TIME = 8;

/**
 * What the token may see. Argo CD leaves out of a list what the token may not see, without a
 * word: an empty list may mean that everything was deleted, or that the token has no rights.
 *
 * @remarks
 * Who may see everything is asked about each project all the same. Argo CD holds the object of
 * the question, a text, against the patterns of all policies; the denial of `payments/*` does not
 * match the text `*`, so the answer to that says nothing of what is denied in one project.
 */
export class Permissions {
  readonly #client: ArgocdClient;

  constructor(client: ArgocdClient) {
    this.#client = client;
  }

  /**
   * @throws ConnectionError `forbidden` when the token is not accepted; also where anonymous
   * access is on, which would answer with what anybody may see
   */
  async assertSignedIn(signal?: AbortSignal): Promise<void> {
    const { loggedIn } = await this.#client.json<{ loggedIn?: boolean }>({
      path: ['session', 'userinfo'],
      what: 'say whose token it is',
      signal,
    });
    if (!loggedIn) {
      throw new ConnectionError(
        'forbidden',
        `${
          this.#client.where
        } does not accept the portal's token: it was revoked or has expired; make a new one with 'argocd account generate-token' and put it at 'gitops.argocd.instances' of the configuration`,
      );
    }
  }

  /** Whether the token may get all of a project, or with `*` everything. */
  async maySee(
    resource: RbacResource,
    project: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const subject = resource === 'projects' ? [project] : [project, '*'];
    try {
      const { value } = await this.#client.json<{ value?: string }>({
        path: ['account', 'can-i', resource, 'get', ...subject],
        what: 'say what the token may do',
        signal,
      });
      return value === 'yes';
    } catch (error) {
      // A version that does not know the resource refuses the question.
      if ((error as Error).name === 'InputError') {
        return true;
      }
      throw connectionErrorReason(error) === 'not-installed'
        ? new ConnectionError('unreachable', (error as Error).message, error)
        : error;
    }
  }

  /** Those of the projects that the token may not see, in their order. */
  async hidden(
    resource: RbacResource,
    projects: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]> {
    const verdicts: boolean[] = [];
    for (let start = 0; start < projects.length; start += AT_A_TIME) {
      const some = projects.slice(start, start + AT_A_TIME);
      verdicts.push(
        ...(await Promise.all(
          some.map(project => this.maySee(resource, project, signal)),
        )),
      );
    }
    return projects.filter((_, index) => !verdicts[index]);
  }

  /** What to say when projects, or with `*` anything, may be hidden; undefined when nothing is. */
  partial(
    resource: RbacResource,
    hidden: readonly string[],
  ): { message: string } | undefined {
    if (hidden.length === 0) {
      return undefined;
    }
    const named = hidden.filter(project => project !== '*');
    const subject = named[0] ?? '*';
    const [which, needs] =
      resource === 'projects'
        ? [`projects ${named.join(', ')}`, subject]
        : [`the ${resource} of ${named.join(', ')}`, `${subject}/*`];
    const what = named.length > 0 ? which : `all ${resource}`;
    return {
      message: `The token of ${
        this.#client.where
      } may not see ${what}; what it saw of them before is shown as it was. Grant it 'p, <role>, ${resource}, get, ${needs}, allow' in argocd-rbac-cm, or name the projects that it is for at 'projects' of its configuration`,
    };
  }
}
