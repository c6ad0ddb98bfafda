import { html, Html } from './html';

const KINDS: Record<string, string> = { '+': 'add', '-': 'del', '@': 'at' };
const MAX_LINES = 3000;

/** The output of `git diff` as one coloured card per file. */
export function diffView(diff: string): Html {
  const files = diff.split(/^(?=diff --git )/m).filter(Boolean);
  if (files.length === 0) return html`<p class="quiet">No files changed.</p>`;
  return html`${files.map(fileView)}`;
}

function fileView(text: string): Html {
  const lines = text.replace(/\n$/, '').split('\n');
  const start = lines.findIndex(line => line.startsWith('@@'));
  const head = start < 0 ? lines : lines.slice(0, start);
  const body = start < 0 ? [] : lines.slice(start, start + MAX_LINES);
  const name = /^diff --git a\/(.*) b\/(.*)$/.exec(lines[0])?.[2] ?? lines[0];
  const state = head.some(line => line.startsWith('new file'))
    ? 'new'
    : head.some(line => line.startsWith('deleted file')) && 'deleted';
  const count = (sign: string) =>
    body.filter(line => line.startsWith(sign)).length;
  return html`<div class="card diff">
    <div class="row">
      <span class="grow mono">${name}</span>
      <span class="small"
        >${state}
        <span class="plus">+${count('+')}</span>
        <span class="minus">−${count('-')}</span></span
      >
    </div>
    <pre>
${body.map(
        line =>
          html`<span class="${KINDS[line[0]] ?? ''}">${line || ' '}</span>`,
      )}</pre
    >
  </div>`;
}
