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
  return host && trimmed
    ? ofAzure(`${host}/${trimmed}`.toLowerCase())
    : undefined;
}

/** A text that each URL of the repository of a key has in it, in whatever case. */
export function repositoryText(key: string): string {
  const [, name] = key.split('/_git/');
  return name ?? key.slice(key.indexOf('/') + 1);
}

/**
 * Azure DevOps has several hosts for one repository, leaves a project out that has the name of its
 * repository, and has another path for SSH.
 */
function ofAzure(key: string): string {
  const ssh =
    /^(?:ssh\.dev\.azure|vs-ssh\.visualstudio)\.com\/v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(
      key,
    );
  const https =
    /^(?:dev\.azure\.com\/([^/]+)|([^./]+)\.visualstudio\.com(?:\/defaultcollection)?)\/(?:([^/]+)\/)?_git\/([^/]+)$/.exec(
      key,
    );
  if (ssh) {
    const [, organization, project, name] = ssh;
    return `dev.azure.com/${organization}/${project}/_git/${name}`;
  }
  if (https) {
    const [, organization, formerly, project, name] = https;
    return `dev.azure.com/${organization ?? formerly}/${
      project ?? name
    }/_git/${name}`;
  }
  return key;
}
