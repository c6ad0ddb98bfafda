import { plainText } from './plainText';
import { withoutCredentials } from './withoutCredentials';

/**
 * An address that a page may link to, as a browser writes it: so it leads where it says. Without
 * credentials; undefined for everything that is not of the web.
 *
 * @param text - an address as somebody wrote it into an object
 * @public
 */
export function readWebUrl(text: string): string | undefined {
  const plain = withoutCredentials(plainText(text));
  if (!URL.canParse(plain)) {
    return undefined;
  }
  const { protocol, href } = new URL(plain);
  if (protocol !== 'http:' && protocol !== 'https:') {
    return undefined;
  }
  return plain.endsWith('/') ? href : href.replace(/\/$/, '');
}
