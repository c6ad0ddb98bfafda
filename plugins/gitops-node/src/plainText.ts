/**
 * Controls, tabs and line ends aside, and what turns the direction of a text around.
 *
 * @remarks
 * A message of an engine repeats what tools printed. Databases refuse the first of these
 * characters, terminals and logs obey others, and the last ones make a line read as another.
 */
const NOT_PLAIN =
  // eslint-disable-next-line no-control-regex -- it is what is taken out
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text as it can be stored, logged and shown.
 *
 * @public
 */
export function plainText(text: string): string {
  return text.search(NOT_PLAIN) < 0 ? text : text.replace(NOT_PLAIN, '');
}
