import { html, Html } from './html';
import { style } from './style';

const SECOND = 1000;
const UNITS: Array<[string, number]> = [
  ['d', 86_400 * SECOND],
  ['h', 3_600 * SECOND],
  ['min', 60 * SECOND],
];

/** A whole page; it always says that this is a stand-in. */
export function layout(options: {
  title: string;
  owner?: string;
  repository?: string;
  body: Html;
}): string {
  const { title, owner, repository, body } = options;
  const base = owner && repository && `/${owner}/${repository}`;
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · playground forge</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <div class="note">
          The playground's stand-in for a forge: real Git, a small page around
          it
        </div>
        <header>
          <a href="/"><b>Playground forge</b></a>
          ${base &&
          html`<span
              ><a href="/${owner}">${owner}</a> /
              <a href="${base}"><b>${repository}</b></a></span
            >
            <nav>
              <a href="${base}">Code</a>
              <a href="${base}/commits">Commits</a>
              <a href="${base}/pulls">Pull requests</a>
            </nav>`}
        </header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

/** A time as its distance from now, the exact one on hover. */
export function time(iso: string): Html {
  const age = Date.now() - new Date(iso).getTime();
  const [unit, size] = UNITS.find(one => age >= one[1]) ?? ['', 0];
  const text = size ? `${Math.floor(age / size)} ${unit} ago` : 'just now';
  return html`<time class="quiet small" datetime="${iso}" title="${iso}"
    >${text}</time
  >`;
}

/** A path for an address, its slashes kept. */
export function pathUrl(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
