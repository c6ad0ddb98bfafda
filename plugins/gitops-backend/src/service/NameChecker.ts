import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type {
  NameCheckQuery,
  NameCheckResponse,
} from '@fairway/plugin-gitops-common';
import type { GitopsReader } from '../store';
import type { ForgeLookup } from './ForgeLookup';
import type { ServiceDirectory } from './ServiceDirectory';

type Check = NameCheckResponse['checks'][number];

/** Names of namespaces and services are made of it, with room for an environment behind. */
const MAX_LENGTH = 40;
/** A label of RFC 1123 that begins with a letter, as names of Kubernetes services must. */
const FORMAT = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Finds out whether a new service could have a name. */
export class NameChecker {
  readonly #directory: ServiceDirectory;
  readonly #store: Pick<GitopsReader, 'listApplications'>;
  readonly #forge: ForgeLookup;
  readonly #platformRepository?: string;

  constructor(options: {
    directory: ServiceDirectory;
    store: Pick<GitopsReader, 'listApplications'>;
    forge: ForgeLookup;
    /** `gitops.platformRepository`: its forge is where new services go, unless a form says else. */
    platformRepository?: string;
  }) {
    this.#directory = options.directory;
    this.#store = options.store;
    this.#forge = options.forge;
    this.#platformRepository = options.platformRepository;
  }

  /** A name that is malformed is looked for nowhere. */
  async check(
    query: NameCheckQuery,
    credentials: BackstageCredentials,
  ): Promise<NameCheckResponse> {
    const format = checkFormat(query.name);
    if (format.state === 'invalid') {
      return { valid: false, checks: [format] };
    }
    const repoUrl = query.repoUrl ?? this.#defaultRepoUrl(query);
    const checks = await Promise.all([
      this.#checkCatalog(query.name, credentials),
      this.#checkClusters(query.name),
      ...(repoUrl ? [this.#checkForge(query.name, repoUrl)] : []),
    ]);
    return {
      valid: checks.every(
        ({ state }) => state === 'free' || state === 'unknown',
      ),
      checks: [format, ...checks],
    };
  }

  async #checkCatalog(
    name: string,
    credentials: BackstageCredentials,
  ): Promise<Check> {
    const ref = stringifyEntityRef({
      kind: 'Component',
      namespace: 'default',
      name,
    });
    return (await this.#directory.exists(ref, credentials))
      ? {
          where: 'catalog',
          state: 'taken',
          message: `The catalog has a component ${name}; choose another name`,
        }
      : { where: 'catalog', state: 'free' };
  }

  /** Applications of golden paths are named after the service, mostly with an environment. */
  async #checkClusters(name: string): Promise<Check> {
    const { items } = await this.#store.listApplications({ search: name });
    const taken = items.find(
      ({ ref, environment }) =>
        ref.name === name ||
        (environment !== undefined && ref.name === `${name}-${environment}`),
    );
    return taken
      ? {
          where: 'cluster',
          state: 'taken',
          message: `Cluster ${taken.ref.cluster} has a ${taken.ref.kind} ${taken.ref.name}; choose another name, or remove it`,
        }
      : { where: 'cluster', state: 'free' };
  }

  /** Where a golden path would put the service of this owner. */
  #defaultRepoUrl({ name, owner }: NameCheckQuery): string | undefined {
    const host = this.#platformRepository?.split('?')[0];
    const organisation = owner?.replace(/^.*[:/]/, '');
    return host && organisation
      ? `${host}?${new URLSearchParams({ owner: organisation, repo: name })}`
      : undefined;
  }

  async #checkForge(name: string, repoUrl: string): Promise<Check> {
    return {
      where: 'forge',
      ...(await this.#forge.look(repoUrl, name)),
    };
  }
}

function checkFormat(name: string): Check {
  return FORMAT.test(name) && name.length <= MAX_LENGTH
    ? { where: 'format', state: 'free' }
    : {
        where: 'format',
        state: 'invalid',
        message: `Use at most ${MAX_LENGTH} lower-case letters, digits and dashes, beginning with a letter and not ending with a dash`,
      };
}
