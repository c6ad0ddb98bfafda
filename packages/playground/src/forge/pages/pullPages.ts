import { labelsIn } from '../labels';
import type { CommitInfo } from '../reading';
import type { PullRequest, RepositoryRecord } from '../types';
import { diffView } from './diffView';
import { html, type Html } from './html';
import { layout, time } from './layout';
import { commitRows } from './repositoryPages';

function stateOf(pull: PullRequest): string {
  return pull.merged ? 'merged' : pull.state;
}

/** The pull requests of a repository, open ones first. */
export function pullsPage(record: RepositoryRecord): string {
  const { owner, name: repository } = record;
  const sorted = [...record.pulls].sort(
    (a, b) =>
      Number(b.state === 'open') - Number(a.state === 'open') ||
      b.number - a.number,
  );
  const body = html`<h1>Pull requests</h1>
    <div class="card">
      ${sorted.map(
        pull => html`<div class="row">
          <span class="tag ${stateOf(pull)}">${stateOf(pull)}</span>
          <a class="grow" href="/${owner}/${repository}/pulls/${pull.number}"
            >${pull.title}</a
          >
          ${(pull.labels ?? []).map(
            label => html`<span class="tag">${label}</span>`,
          )}
          <span class="quiet small">#${pull.number} by ${pull.user}</span>
          ${time(pull.updatedAt)}
        </div>`,
      )}
      ${sorted.length === 0 &&
      html`<div class="row quiet">
        No pull requests yet. Edit a file to open one.
      </div>`}
    </div>`;
  return layout({ title: 'Pull requests', owner, repository, body });
}

/** One pull request: what it says, what it changes, and the button that merges it. */
export function pullPage(options: {
  record: RepositoryRecord;
  pull: PullRequest;
  commits: CommitInfo[];
  diff: string;
  /** Files that stand in the way of merging; absent when it is not open. */
  conflicts?: string[];
  problem?: string;
}): string {
  const { record, pull, commits, diff, problem } = options;
  const { owner, name: repository } = record;
  const page = `/${owner}/${repository}`;
  const body = html`<h1>
      ${pull.title} <span class="quiet">#${pull.number}</span>
    </h1>
    <div class="bar">
      <span class="tag ${stateOf(pull)}">${stateOf(pull)}</span>
      <span
        >${pull.user} wants <code>${pull.head}</code> in
        <code>${pull.base}</code></span
      >
      ${time(pull.createdAt)}
    </div>
    ${problem &&
    html`<div class="card pad problem" role="alert">${problem}</div>`}
    ${pull.body.trim() &&
    html`<div class="card"><pre class="wrap">${pull.body}</pre></div>`}
    ${actions(options)} ${labels(record, pull)} ${comments(pull)}
    <h2>${commits.length} ${commits.length === 1 ? 'commit' : 'commits'}</h2>
    ${commitRows(page, commits)}
    <h2>Changes</h2>
    ${diffView(diff)}`;
  const title = `${pull.title} #${pull.number}`;
  return layout({ title, owner, repository, body });
}

function actions(options: {
  record: RepositoryRecord;
  pull: PullRequest;
  conflicts?: string[];
}): Html {
  const { record, pull, conflicts } = options;
  const page = `/${record.owner}/${record.name}`;
  if (pull.merged) {
    return html`<p>
      Merged by ${pull.merged.by} as
      <a class="mono" href="${page}/commit/${pull.merged.commit}"
        >${pull.merged.commit.slice(0, 7)}</a
      >
      ${time(pull.merged.at)}
    </p>`;
  }
  if (!conflicts) return html`<p>Closed without merging.</p>`;
  const clean = conflicts.length === 0;
  return html`${!clean &&
    html`<div class="card pad problem">
      Conflicts with ${pull.base} in ${conflicts.join(', ')}. Merge ${pull.base}
      into ${pull.head}, resolve it and push.
    </div>`}
    <div class="bar">
      ${clean &&
      html`<form method="post" action="${page}/pulls/${pull.number}/merge">
        <input type="hidden" name="head" value="${pull.headSha}" />
        <button class="main">Merge</button>
      </form>`}
      <form method="post" action="${page}/pulls/${pull.number}/close">
        <button>Close</button>
      </form>
    </div>`;
}

/** Each label with the button that puts it on or takes it off; no buttons once it is closed. */
function labels(record: RepositoryRecord, pull: PullRequest): Html {
  const action = `/${record.owner}/${record.name}/pulls/${pull.number}/labels`;
  const has = (name: string) => pull.labels?.includes(name) === true;
  return html`<div class="bar" aria-label="Labels" role="group">
    ${labelsIn(record)
      .filter(({ name }) => has(name) || pull.state === 'open')
      .map(
        ({ name, description }) => html`<form method="post" action="${action}">
          ${has(name) && html`<span class="tag open">${name}</span>`}
          <input type="hidden" name="label" value="${name}" />
          ${has(name) && html`<input type="hidden" name="remove" value="1" />`}
          ${pull.state === 'open' &&
          html`<button title="${description}">
            ${has(name) ? 'Remove label' : 'Add label'} ${name}
          </button>`}
        </form>`,
      )}
  </div>`;
}

function comments(pull: PullRequest): Html {
  return html`${pull.comments.map(
    comment => html`<div class="card" id="comment-${comment.id}">
      <div class="row">
        <b class="grow">${comment.user}</b> ${time(comment.createdAt)}
      </div>
      <pre class="wrap">${comment.body}</pre>
    </div>`,
  )}`;
}

/** The form that opens a pull request for a branch that was pushed. */
export function comparePage(options: {
  record: RepositoryRecord;
  base: string;
  head: string;
  commits: CommitInfo[];
  diff: string;
}): string {
  const { record, base, head, commits, diff } = options;
  const { owner, name: repository } = record;
  const body = html`<h1>Open a pull request</h1>
    <p><code>${head}</code> into <code>${base}</code></p>
    ${commits.length === 0
      ? html`<p>${base} already has every commit of ${head}.</p>`
      : html`<form method="post" action="/${owner}/${repository}/pulls">
          <input type="hidden" name="base" value="${base}" />
          <input type="hidden" name="head" value="${head}" />
          <label
            ><span>Title</span
            ><input
              type="text"
              name="title"
              required
              value="${commits[0].subject}"
          /></label>
          <label
            ><span>Description</span><textarea name="body" rows="4"></textarea>
          </label>
          <button class="main">Open pull request</button>
        </form>`}
    ${diffView(diff)}`;
  return layout({ title: 'Open a pull request', owner, repository, body });
}
