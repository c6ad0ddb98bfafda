/** Characters that show something else than what is there: controls, and changes of direction. */
const DECEIVING = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text that shows what is in it. */
export function asPlainText(text: string): string {
  return text.replace(
    DECEIVING,
    character =>
      `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/** A fence is closed by one that is as long; so none within is. */
export function codeBlock(text: string, language: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}${language}\n${text}${
    text.endsWith('\n') ? '' : '\n'
  }${fence}\n`;
}

/** On one line, whatever the text is. */
export function codeSpan(text: string): string {
  const line = asPlainText(text.replace(/\s+/g, ' ')).trim().slice(0, 300);
  const fence = fenceFor(line, 1);
  const space = /^`|`$/.test(line) ? ' ' : '';
  return `${fence}${space}${line || ' '}${space}${fence}`;
}

export function escapeHtml(text: string): string {
  return asPlainText(text.replace(/\s+/g, ' '))
    .slice(0, 300)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function fenceFor(text: string, shortest: number): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  return '`'.repeat(runs.reduce((a, b) => Math.max(a, b + 1), shortest));
}
