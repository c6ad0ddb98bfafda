/** The documents of a file, each with the line that separates it from the one before. */
export function splitDocuments(text: string): string[] {
  const [first, second, ...rest] = text.split(/^(?=---(?:\s|$))/m);
  // What stands before the first separator is a document only when it says something.
  const isEmpty = /^(?:\s*(?:#[^\n]*)?(?:\n|$))*$/.test(first);
  return isEmpty && second !== undefined
    ? [first + second, ...rest]
    : [first, second, ...rest].filter(piece => piece !== undefined);
}
