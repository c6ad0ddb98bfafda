import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { git } from './git';
import { isName } from './names';
import type { RepositoryRecord } from './types';

// Nobody may push to refs/pull: those are the forge's own names for pull requests.
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	logallrefupdates = true
[http]
	receivepack = true
[receive]
	hiderefs = refs/pull
[uploadpack]
	allowfilter = true
	allowreachablesha1inwant = true
[gc]
	auto = 0
`;

/**
 * The organisations and repositories on disk: `<directory>/<owner>/<name>.git` and, beside
 * it, `<name>.json` with what Git does not keep.
 */
export class RepositoryStore {
  readonly #directory: string;
  readonly #records = new Map<string, RepositoryRecord>();
  #lastId = 0;
  #writes = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    for (const owner of this.organisations()) {
      for (const file of readdirSync(join(directory, owner))) {
        if (!file.endsWith('.json')) continue;
        const record: RepositoryRecord = JSON.parse(
          readFileSync(join(directory, owner, file), 'utf8'),
        );
        this.#records.set(`${record.owner}/${record.name}`, record);
        this.#lastId = Math.max(this.#lastId, record.id);
      }
    }
  }

  organisations(): string[] {
    return readdirSync(this.#directory, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && isName(entry.name))
      .map(entry => entry.name)
      .sort();
  }

  hasOrganisation(name: string): boolean {
    return isName(name) && existsSync(join(this.#directory, name));
  }

  async createOrganisation(name: string): Promise<void> {
    if (!isName(name)) {
      throw new InputError(
        `"${name}" cannot name an organisation; use letters, digits, dots and dashes`,
      );
    }
    await mkdir(join(this.#directory, name), { recursive: true });
  }

  list(owner?: string): RepositoryRecord[] {
    return [...this.#records.values()]
      .filter(record => !owner || record.owner === owner)
      .sort((a, b) =>
        `${a.owner}/${a.name}`.localeCompare(`${b.owner}/${b.name}`),
      );
  }

  find(owner: string, name: string): RepositoryRecord | undefined {
    return this.#records.get(`${owner}/${name}`);
  }

  /** @throws NotFoundError when there is no such repository. */
  get(owner: string, name: string): RepositoryRecord {
    const record = this.find(owner, name);
    if (!record) {
      throw new NotFoundError(
        `There is no repository ${owner}/${name}; look at the list of repositories`,
      );
    }
    return record;
  }

  /** Where the bare repository of a record is. */
  gitDirectory(record: { owner: string; name: string }): string {
    return join(this.#directory, record.owner, `${record.name}.git`);
  }

  async create(options: {
    owner: string;
    name: string;
    description?: string;
    private?: boolean;
    defaultBranch?: string;
  }): Promise<RepositoryRecord> {
    const { owner, name } = options;
    if (!isName(name)) {
      throw new InputError(
        `"${name}" cannot name a repository; use letters, digits, dots and dashes`,
      );
    }
    if (!this.hasOrganisation(owner)) {
      throw new NotFoundError(
        `There is no organisation "${owner}"; create it first`,
      );
    }
    const taken = this.list(owner).some(
      other => other.name.toLowerCase() === name.toLowerCase(),
    );
    if (taken) {
      throw new ConflictError(
        `The repository ${owner}/${name} already exists; choose another name`,
      );
    }
    const record: RepositoryRecord = {
      id: ++this.#lastId,
      owner,
      name,
      description: options.description ?? '',
      private: options.private ?? false,
      defaultBranch: options.defaultBranch ?? 'main',
      createdAt: new Date().toISOString(),
      nextNumber: 1,
      pulls: [],
      hooks: [],
      statuses: [],
    };
    // The name is taken before the first await, so that two requests cannot both have it.
    this.#records.set(`${owner}/${name}`, record);
    const directory = this.gitDirectory(record);
    await mkdir(directory, { recursive: true });
    await git(directory, ['init', '--quiet', '--bare', '--template=', '.']);
    await writeFile(join(directory, 'config'), CONFIG);
    await git(directory, [
      'symbolic-ref',
      'HEAD',
      `refs/heads/${record.defaultBranch}`,
    ]);
    await this.save(record);
    return record;
  }

  async delete(record: RepositoryRecord): Promise<void> {
    this.#records.delete(`${record.owner}/${record.name}`);
    const directory = this.gitDirectory(record);
    await this.#write(async () => {
      await rm(directory.replace(/\.git$/, '.json'), { force: true });
      await rm(directory, { recursive: true, force: true });
    });
  }

  /** Writes the record; a crash leaves either the old or the new file, never half of one. */
  async save(record: RepositoryRecord): Promise<void> {
    const file = this.gitDirectory(record).replace(/\.git$/, '.json');
    await this.#write(async () => {
      if (this.find(record.owner, record.name) !== record) return;
      await writeFile(
        `${file}.new`,
        `${JSON.stringify(record, undefined, 2)}\n`,
      );
      await rename(`${file}.new`, file);
    });
  }

  async #write(task: () => Promise<void>): Promise<void> {
    const result = this.#writes.then(task);
    this.#writes = result.catch(() => {});
    await result;
  }
}
