/**
 * What is the same in all URLs of a repository: the name of its host and its path, in lower case,
 * without scheme, user, port, the ending `.git`, and without a page below it.
 *
 * @returns undefined when it is no URL of a repository
 */
export function repositoryKey(url: string): string | undefined {
  const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(url);
  let host: string;
  let path: string;
  if (scp) {
    [, host, path] = scp;
  } else if (URL.canParse(url)) {
    const parsed = new URL(url);
    host = parsed.hostname;
    path = parsed.pathname;
  } else {
    return undefined;
  }
  const trimmed = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return host && trimmed ? `${host}/${trimmed}`.toLowerCase() : undefined;
}
