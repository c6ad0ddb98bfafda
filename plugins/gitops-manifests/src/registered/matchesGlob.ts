/** Whether a text matches a pattern of Argo CD in which `*` stands for anything. */
export function matchesGlob(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map(piece => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(text);
}
