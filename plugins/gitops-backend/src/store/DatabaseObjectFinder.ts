import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Application } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ObservedOrigin } from './GitopsStore';
import { TABLES } from './tables';

/** Finds what a webhook is about; see `WebhookReceiver`. */
export class DatabaseObjectFinder {
  readonly #db: Knex;

  private constructor(db: Knex) {
    this.#db = db;
  }

  /** On the tables of `DatabaseGitopsStore`, which must have been created. */
  static async create(options: {
    database: DatabaseService;
  }): Promise<DatabaseObjectFinder> {
    return new DatabaseObjectFinder(await options.database.getClient());
  }

  /** The clusters in which something is stored of an object of that name, whatever its kind. */
  async clustersOf(object: {
    namespace?: string;
    name: string;
  }): Promise<string[]> {
    const { namespace, name } = object;
    const key = namespace ? `${namespace}/${name}` : name;
    const tables = [TABLES.applications, TABLES.sources, TABLES.facts];
    const found = await Promise.all(
      tables.map(table =>
        this.#db(table).where({ object: key }).distinct('cluster'),
      ),
    );
    return [...new Set(found.flat().map(row => String(row.cluster)))];
  }

  /** Whether the watch is said not to reach its cluster. */
  async isUnreachable(
    watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
  ): Promise<boolean> {
    const row = await this.#db(TABLES.clusterStatus)
      .where({ cluster: watch.cluster, watch: watch.resource })
      .first('state');
    return row?.state === 'unreachable';
  }

  /** The applications whose document has the text in it, whatever the case. */
  async applicationsMentioning(text: string): Promise<Application[]> {
    const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const rows: Array<{ document: string }> = await this.#db(
      TABLES.applications,
    )
      .select('document')
      .whereRaw(`lower(document) like ? escape '\\'`, [pattern]);
    return rows.map(({ document }) => JSON.parse(document));
  }
}
