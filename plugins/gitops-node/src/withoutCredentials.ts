/**
 * An address without the password that somebody wrote into it, and without the user too where
 * the address does without one (`https`, `oci`).
 *
 * @public
 */
export function withoutCredentials(url: string): string {
  const [, scheme, userinfo, rest] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/]*)@(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) {
    return url;
  }
  const user = userinfo.split(':')[0];
  return /^(git\+)?ssh:/i.test(scheme) && user
    ? `${scheme}${user}@${rest}`
    : `${scheme}${rest}`;
}

/**
 * A text in which no address has a password: engines repeat addresses in what they say of failures.
 *
 * @public
 */
export function redactAddresses(text: string): string {
  return text.includes('://')
    ? text.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"`]+/gi, withoutCredentials)
    : text;
}
