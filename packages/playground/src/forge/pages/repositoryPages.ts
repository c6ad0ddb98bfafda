import type { CommitInfo, TreeEntry } from '../reading';
import type { RepositoryRecord } from '../types';
import { diffView } from './diffView';
import { html, type Html } from './html';
import { layout, pathUrl, time } from './layout';

/** The list of repositories, of everybody or of one organisation. */
export function repositoriesPage(options: {
  owner?: string;
  repositories: RepositoryRecord[];
}): string {
  const { owner, repositories } = options;
  const owners = [...new Set(repositories.map(one => one.owner))];
  const body = html`<h1>${owner ?? 'Repositories'}</h1>
    ${owners.map(
      name => html`<h2><a href="/${name}">${name}</a></h2>
        <div class="card">
          ${repositories.filter(one => one.owner === name).map(repositoryRow)}
        </div>`,
    )}
    ${repositories.length === 0 &&
    html`<p class="quiet">There are no repositories yet.</p>`}`;
  return layout({ title: owner ?? 'Repositories', body });
}

function repositoryRow(record: RepositoryRecord): Html {
  const open = record.pulls.filter(pull => pull.state === 'open').length;
  const page = `/${record.owner}/${record.name}`;
  return html`<div class="row">
    <a href="${page}"><b>${record.name}</b></a>
    <span class="grow quiet">${record.description}</span>
    <a class="small" href="${page}/pulls">${open > 0 && `${open} open`}</a>
  </div>`;
}

/** Rows of commits, newest first. */
export function commitRows(page: string, commits: CommitInfo[]): Html {
  return html`<div class="card">
    ${commits.map(
      commit => html`<div class="row">
        <a class="mono" href="${page}/commit/${commit.sha}"
          >${commit.sha.slice(0, 7)}</a
        >
        <span class="grow">${commit.subject}</span>
        <span class="quiet small">${commit.author.name}</span>
        ${time(commit.committer.date)}
      </div>`,
    )}
    ${commits.length === 0 &&
    html`<div class="row quiet">No commits yet.</div>`}
  </div>`;
}

interface Shown {
  record: RepositoryRecord;
  branch: string;
  branches: string[];
  path: string;
}

/** A folder of a branch: its files, and at the root the last commits and the README. */
export function folderPage(
  options: Shown & {
    entries: TreeEntry[];
    commits: CommitInfo[];
    readme?: string;
    cloneUrl: string;
  },
): string {
  const { record, branch, path, entries, commits, readme } = options;
  const page = `/${record.owner}/${record.name}`;
  const sorted = [...entries].sort(
    (a, b) =>
      Number(b.type === 'dir') - Number(a.type === 'dir') ||
      a.name.localeCompare(b.name),
  );
  const body = html`<h1>${path || record.name}</h1>
    <p class="quiet">${!path && record.description}</p>
    <div class="bar">
      ${branchLinks(options)}
      <a class="button" href="${page}/_new/${branch}/${pathUrl(path)}"
        >New file</a
      >
      <code class="quiet">git clone ${options.cloneUrl}</code>
    </div>
    ${crumbs(options)}
    <div class="card">
      ${sorted.map(
        entry => html`<div class="row">
          <a
            class="grow"
            href="${page}/src/branch/${branch}/${pathUrl(entry.path)}"
            >${entry.name}${entry.type === 'dir' && '/'}</a
          ><span class="quiet small"
            >${entry.type === 'file' && `${entry.size} bytes`}</span
          >
        </div>`,
      )}
      ${sorted.length === 0 &&
      html`<div class="row quiet">Nothing has been pushed here yet.</div>`}
    </div>
    ${readme !== undefined &&
    html`<h2>README.md</h2>
      <div class="card"><pre class="wrap">${readme}</pre></div>`}
    ${!path &&
    html`<h2>Last commits</h2>
      ${commitRows(page, commits)}`}`;
  return layout({
    title: `${record.owner}/${record.name}`,
    owner: record.owner,
    repository: record.name,
    body,
  });
}

/** One file of a branch. */
export function filePage(
  options: Shown & { text: string | undefined; commits: CommitInfo[] },
): string {
  const { record, branch, path, text, commits } = options;
  const page = `/${record.owner}/${record.name}`;
  const body = html`<h1>${path}</h1>
    <div class="bar">
      ${branchLinks(options)}
      ${text !== undefined &&
      html`<a class="button" href="${page}/_edit/${branch}/${pathUrl(path)}"
        >Edit</a
      >`}
      <a href="${page}/raw/branch/${branch}/${pathUrl(path)}">Raw</a>
    </div>
    ${crumbs(options)}
    <div class="card">
      ${text === undefined
        ? html`<div class="pad quiet">This file is not text.</div>`
        : html`<pre>${text}</pre>`}
    </div>
    <h2>Last commits of this file</h2>
    ${commitRows(page, commits)}`;
  return layout({
    title: path,
    owner: record.owner,
    repository: record.name,
    body,
  });
}

function branchLinks({ record, branch, branches, path }: Shown): Html {
  const page = `/${record.owner}/${record.name}`;
  const others = branches.filter(name => name !== branch).slice(0, 8);
  return html`<span class="tag">${branch}</span>${others.map(
      name =>
        html`<a class="small" href="${page}/src/branch/${name}/${pathUrl(path)}"
          >${name}</a
        >`,
    )}${branch !== record.defaultBranch &&
    branches.includes(branch) &&
    html`<a
      class="button"
      href="${page}/compare/${record.defaultBranch}...${branch}"
      >Open a pull request</a
    >`}`;
}

function crumbs({ record, branch, path }: Shown): Html | undefined {
  if (!path) return undefined;
  const page = `/${record.owner}/${record.name}/src/branch/${branch}`;
  const parts = path.split('/');
  return html`<p class="small">
    <a href="${page}">${record.name}</a>${parts.map(
      (part, index) =>
        html` /
          <a href="${page}/${pathUrl(parts.slice(0, index + 1).join('/'))}"
            >${part}</a
          >`,
    )}
  </p>`;
}

/** The history of a branch. */
export function commitsPage(options: {
  record: RepositoryRecord;
  branch: string;
  commits: CommitInfo[];
  page: number;
  more: boolean;
}): string {
  const { record, branch, commits, page, more } = options;
  const base = `/${record.owner}/${record.name}`;
  const body = html`<h1>Commits of ${branch}</h1>
    ${commitRows(base, commits)}
    <div class="bar">
      ${page > 1 && html`<a href="?page=${page - 1}">Newer</a>`}
      ${more && html`<a href="?page=${page + 1}">Older</a>`}
    </div>`;
  const { owner, name: repository } = record;
  return layout({ title: `Commits of ${branch}`, owner, repository, body });
}

/** One commit with its change. */
export function commitPage(options: {
  record: RepositoryRecord;
  commit: CommitInfo;
  diff: string;
}): string {
  const { record, commit, diff } = options;
  const { owner, name: repository } = record;
  const body = html`<h1>${commit.subject}</h1>
    <p class="quiet">
      ${commit.author.name} · <span class="mono">${commit.sha}</span> ·
      ${time(commit.committer.date)}
    </p>
    ${commit.message.includes('\n') &&
    html`<div class="card"><pre class="wrap">${commit.message}</pre></div>`}
    ${diffView(diff)}`;
  return layout({ title: commit.subject, owner, repository, body });
}
