import { createHmac, randomUUID } from 'node:crypto';
import { InputError, NotFoundError } from '@backstage/errors';
import type { PushEvent } from '../types';
import { pullJson, repositoryJson, userJson } from './api/json';
import type { ForgeCore } from './ForgeCore';
import type { PullRequestEvent } from './PullRequests';
import { readCommits } from './reading';
import type { RepositoryRecord, Webhook } from './types';

const ZERO = '0'.repeat(40);
const TIMEOUT_MS = 5000;
const MAX_COMMITS = 20;

/** Keeps subscriptions and delivers events to them, as Gitea does: once, without a retry. */
export class Webhooks {
  readonly #core: ForgeCore;

  constructor(core: ForgeCore) {
    this.#core = core;
    core.onPush(event => void this.#pushed(event));
  }

  async create(
    record: RepositoryRecord,
    request: Pick<Webhook, 'url' | 'secret' | 'events' | 'active'>,
  ): Promise<Webhook> {
    if (!/^https?:\/\//.test(request.url) || !URL.canParse(request.url)) {
      throw new InputError('A webhook needs config.url, an http or https URL');
    }
    const highest = Math.max(0, ...record.hooks.map(hook => hook.id));
    const createdAt = new Date().toISOString();
    const hook: Webhook = { ...request, id: highest + 1, createdAt };
    record.hooks.push(hook);
    await this.#core.store.save(record);
    return hook;
  }

  /** @throws NotFoundError when the repository has no such webhook. */
  get(record: RepositoryRecord, id: number): Webhook {
    const hook = record.hooks.find(one => one.id === id);
    if (!hook) throw new NotFoundError(`There is no webhook ${id}`);
    return hook;
  }

  async delete(record: RepositoryRecord, hook: Webhook): Promise<void> {
    record.hooks = record.hooks.filter(one => one !== hook);
    await this.#core.store.save(record);
  }

  /** Tells the subscribers of a repository what happened to one of its pull requests. */
  pullRequest(event: PullRequestEvent): void {
    const { record, pull, action, by } = event;
    // Gitea calls both kinds of event the same, and lets a webhook choose between them.
    const type = action.startsWith('label_')
      ? 'pull_request_label'
      : 'pull_request';
    void this.#deliver(record, type, {
      action,
      number: pull.number,
      pull_request: pullJson(this.#core, { record, pull }),
      repository: repositoryJson(this.#core, record),
      sender: userJson(this.#core, by),
    });
  }

  async #pushed(event: PushEvent): Promise<void> {
    const record = this.#core.store.find(event.owner, event.repository);
    if (!record || record.hooks.length === 0) return;
    const sender = userJson(this.#core, this.#core.account.login);
    const repository = repositoryJson(this.#core, record);
    if (event.before === ZERO || event.after === ZERO) {
      await this.#deliver(record, event.before === ZERO ? 'create' : 'delete', {
        ref: event.branch,
        ref_type: 'branch',
        repository,
        sender,
      });
    }
    if (event.after === ZERO) return;
    const range =
      event.before === ZERO
        ? [event.after]
        : [`${event.before}..${event.after}`];
    const directory = this.#core.store.gitDirectory(record);
    const commits = (
      await readCommits(directory, range, { limit: MAX_COMMITS })
    ).map(commit => ({
      id: commit.sha,
      message: `${commit.message}\n`,
      url: `${repository.html_url}/commit/${commit.sha}`,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
      timestamp: commit.committer.date,
    }));
    await this.#deliver(record, 'push', {
      ref: `refs/heads/${event.branch}`,
      before: event.before,
      after: event.after,
      compare_url: `${repository.html_url}/compare/${event.before}...${event.after}`,
      commits,
      total_commits: commits.length,
      head_commit: commits[0] ?? null,
      repository,
      pusher: sender,
      sender,
    });
  }

  async #deliver(
    record: RepositoryRecord,
    type: string,
    payload: object,
  ): Promise<void> {
    const body = JSON.stringify(payload, undefined, 2);
    const wanted = record.hooks.filter(
      hook => hook.active && hook.events.includes(type),
    );
    await Promise.all(wanted.map(hook => send(hook, type, body)));
  }
}

async function send(hook: Webhook, type: string, body: string) {
  const delivery = randomUUID();
  const hmac = (algorithm: string) =>
    createHmac(algorithm, hook.secret ?? '')
      .update(body)
      .digest('hex');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-gitea-delivery': delivery,
    'x-gitea-event': type.replace(/_label$/, ''),
    'x-gitea-event-type': type,
    'x-gitea-hook-id': String(hook.id),
  };
  if (hook.secret) {
    headers['x-gitea-signature'] = hmac('sha256');
    headers['x-hub-signature-256'] = `sha256=${hmac('sha256')}`;
    headers['x-hub-signature'] = `sha1=${hmac('sha1')}`;
  }
  try {
    const response = await fetch(hook.url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch {
    // A receiver that is down misses the event, as with the real forge; it must never
    // hold up a push.
  }
}
