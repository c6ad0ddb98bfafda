import type { RepositoryRecord } from '../types';
import { escape, html, Html } from './html';
import { layout, pathUrl } from './layout';

/** The form that changes or adds one file, as a commit or as a pull request. */
export function editPage(options: {
  record: RepositoryRecord;
  branch: string;
  /** The commit that was read, so that nobody's newer change is overwritten. */
  commit: string;
  path: string;
  /** Absent for a new file. */
  text?: string;
  problem?: string;
  subject?: string;
  topic: string;
}): string {
  const { record, branch, commit, path, text, problem, topic } = options;
  const { owner, name: repository } = record;
  const fresh = text === undefined;
  // Not a template: a formatter may move line ends, and here they are content. A browser
  // drops the first one.
  const area = new Html(
    `<textarea name="text" rows="22" spellcheck="false">\n${escape(
      text ?? '',
    )}</textarea>`,
  );
  const body = html`<h1>${fresh ? 'New file' : `Edit ${path}`}</h1>
    ${problem &&
    html`<div class="card pad problem" role="alert">${problem}</div>`}
    <form
      method="post"
      action="/${owner}/${repository}/_edit/${branch}/${pathUrl(path)}"
    >
      <input type="hidden" name="commit" value="${commit}" />
      ${fresh
        ? html`<label
            ><span>Path</span
            ><input
              type="text"
              name="path"
              required
              value="${path && `${path}/`}"
          /></label>`
        : html`<input type="hidden" name="path" value="${path}" />`}
      <label><span>Content</span>${area} </label>
      <label
        ><span>What changes and why</span
        ><input
          type="text"
          name="message"
          required
          value="${options.subject ?? (fresh ? '' : `fix: update ${path}`)}"
      /></label>
      <label class="inline"
        ><input type="radio" name="how" value="pull" checked />
        <span>Open a pull request from the branch</span>
        <input type="text" name="topic" value="${topic}" aria-label="Branch"
      /></label>
      <label class="inline"
        ><input type="radio" name="how" value="commit" />
        <span>Commit to <code>${branch}</code></span></label
      >
      <div class="bar"><button class="main">Save the change</button></div>
    </form>`;
  const title = fresh ? 'New file' : `Edit ${path}`;
  return layout({ title, owner, repository, body });
}

/** What could not be done and what to do about it. */
export function problemPage(title: string, message: string): string {
  return layout({
    title,
    body: html`<h1>${title}</h1>
      <p>${message}</p>
      <p><a href="/">All repositories</a></p>`,
  });
}
