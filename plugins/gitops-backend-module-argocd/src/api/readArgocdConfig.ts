import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/** An Argo CD installation that is watched through its own API. */
export interface ArgocdInstance {
  /** Unique among the instances and the clusters of the portal. */
  name: string;
  /** Where the backend reaches the API, without a slash at the end. */
  apiUrl: string;
  /** Sent as a bearer token. Never part of a message. */
  token: string;
  /** The projects whose applications are expected; absent: all of the installation. */
  projects?: string[];
  /** Certificates of this instance are not checked. */
  dangerouslySkipTLSVerify: boolean;
}

const API_KEYS = ['apiUrl', 'projects', 'dangerouslySkipTLSVerify'];

/** What a header may carry; a token with a line break would be quoted in an error otherwise. */
const TOKEN = /^[\x21-\x7e]+$/;

/** The name of an AppProject, which Kubernetes checks. */
const PROJECT = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function invalid(key: string, problem: string): InputError {
  return new InputError(`Invalid configuration at '${key}': ${problem}`);
}

function readApiUrl(section: Config, key: string): string {
  const name = section.has('apiUrl') ? 'apiUrl' : 'url';
  const text = section.getOptionalString(name);
  if (text === undefined) {
    throw invalid(
      `${key}.apiUrl`,
      'a token needs the URL of the API that it is for; give apiUrl, or url when both are the same',
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw invalid(
      `${key}.${name}`,
      `'${text}' is not an http or https URL, for example https://argocd.example.com`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(
      `${key}.${name}`,
      'it must have no credentials, no query and no fragment; the credential is the token',
    );
  }
  return text.replace(/(\/api(\/v1)?)?\/*$/, '');
}

function readProjects(section: Config, key: string): string[] | undefined {
  const projects = section.getOptionalStringArray('projects');
  if (projects === undefined) {
    return undefined;
  }
  if (projects.length === 0) {
    throw invalid(
      `${key}.projects`,
      'it names no project; leave it out for all projects',
    );
  }
  const bad = projects.find(project => !PROJECT.test(project));
  if (bad !== undefined) {
    throw invalid(
      `${key}.projects`,
      `'${bad}' cannot be the name of a project; use names as 'argocd proj list' prints them, without patterns`,
    );
  }
  return [...new Set(projects)].sort();
}

function readInstance(section: Config, key: string): ArgocdInstance[] {
  const token = section.getOptionalString('token');
  if (token === undefined) {
    const unused = API_KEYS.find(name => section.has(name));
    if (unused) {
      throw invalid(
        `${key}.${unused}`,
        `it is of no use without a token; give ${key}.token, or take it away`,
      );
    }
    return [];
  }
  if (!TOKEN.test(token)) {
    throw invalid(
      `${key}.token`,
      'it has characters that cannot be sent, for example a line break at its end; give the token alone',
    );
  }
  if (section.has('cluster')) {
    throw invalid(
      `${key}.cluster`,
      'an instance with a token is watched through its API, and with a cluster through that cluster; take one of the two away, or its applications would be there twice',
    );
  }
  const projects = readProjects(section, key);
  return [
    {
      name: section.getString('name'),
      apiUrl: readApiUrl(section, key),
      token,
      dangerouslySkipTLSVerify:
        section.getOptionalBoolean('dangerouslySkipTLSVerify') ?? false,
      ...(projects && { projects }),
    },
  ];
}

/**
 * The instances of `gitops.argocd.instances` that are watched through their API: those with a
 * token. All others only give links.
 *
 * @param root - the configuration of the whole portal
 * @throws InputError that names the key and says what is allowed; never with a token in it
 */
export function readArgocdConfig(root: Config): ArgocdInstance[] {
  const path = 'gitops.argocd.instances';
  const sections = root.getOptionalConfigArray(path) ?? [];
  const names = new Set<string>();
  return sections.flatMap((section, index) => {
    const name = section.getString('name');
    if (names.has(name)) {
      throw invalid(
        `${path}[${index}].name`,
        `'${name}' is there twice; names must be unique`,
      );
    }
    names.add(name);
    return readInstance(section, `${path}[${index}]`);
  });
}
