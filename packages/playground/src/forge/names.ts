import { InputError } from '@backstage/errors';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
// The rules of git check-ref-format that matter here, plus: no leading dash, so that a
// name can never be read as an option.
const BAD_REF =
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  /^[-./]|\.\.|[\x00-\x20\x7f~^:?*[\\]|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$/;

/** Whether the text can name an organisation or a repository. */
export function isName(text: string): boolean {
  return (
    NAME.test(text) && !text.includes('..') && !/\.(git|json)$/i.test(text)
  );
}

/** Whether the text can be a branch, a tag or a commit. */
export function isRef(text: string): boolean {
  return text.length > 0 && text.length < 250 && !BAD_REF.test(text);
}

/**
 * A path inside a repository without leading or trailing slashes; the root is ''.
 *
 * @throws InputError when the path points out of the repository or into `.git`.
 */
export function cleanPath(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, '');
  const parts = path === '' ? [] : path.split('/');
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const control = /[\x00-\x1f\x7f]/;
  const hostile = parts.some(
    part =>
      part === '' ||
      part === '.' ||
      part === '..' ||
      part.toLowerCase() === '.git' ||
      control.test(part),
  );
  if (hostile) {
    throw new InputError(
      'The path is not one inside a repository; use names separated by single slashes',
    );
  }
  return path;
}
