import { FORGE_URL } from './ports';

const AUTHORIZATION = `Basic ${Buffer.from(
  'fairway:playground-password',
).toString('base64')}`;

/** The forge as a colleague at another machine would use it: through its REST API. */
export class ForgeClient {
  /** Commits one file to a branch; returns the commit. */
  async commitFile(options: {
    repository: string;
    path: string;
    message: string;
    branch?: string;
    newBranch?: string;
    change: (content: string) => string;
  }): Promise<string> {
    const { repository, path, message, branch = 'main', newBranch } = options;
    const current = await this.#request(
      'GET',
      `repos/${repository}/contents/${path}?ref=${branch}`,
    );
    const content = options.change(
      Buffer.from(current.content, 'base64').toString('utf8'),
    );
    const answer = await this.#request(
      'PUT',
      `repos/${repository}/contents/${path}`,
      {
        content: Buffer.from(content).toString('base64'),
        sha: current.sha,
        message,
        branch,
        new_branch: newBranch,
        author: { name: 'Sam Okafor', email: 'sam@playground.example' },
      },
    );
    return answer.commit.sha;
  }

  /** Opens a pull request; returns its number and page. */
  async openPullRequest(options: {
    repository: string;
    head: string;
    title: string;
  }): Promise<{ number: number; url: string }> {
    const pull = await this.#request(
      'POST',
      `repos/${options.repository}/pulls`,
      { title: options.title, head: options.head, base: 'main' },
    );
    return { number: pull.number, url: pull.html_url };
  }

  async #request(method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(`${FORGE_URL}/api/v1/${path}`, {
      method,
      headers: {
        authorization: AUTHORIZATION,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(
        `${method} ${path}: ${response.status} ${await response.text()}`,
      );
    }
    return response.json();
  }
}
