/** The configuration of the backend that readers read from, with its database. */
export function readersConfig({ port, database }) {
  const isSqlite = database.client === 'better-sqlite3';
  return {
    app: { title: 'Readers', baseUrl: `http://127.0.0.1:${port}` },
    organization: { name: 'Readers' },
    backend: {
      baseUrl: `http://127.0.0.1:${port}`,
      listen: { host: '127.0.0.1', port },
      database: {
        ...database,
        // Thousands of entities are processed before anything is measured: not on the disk.
        ...(isSqlite && {
          plugin: { catalog: { connection: ':memory:' } },
        }),
      },
      auth: { keyStore: { provider: 'database' } },
    },
    permission: { enabled: true },
    auth: { providers: { header: {} } },
    // Each entity is processed once: the catalog's own work is no part of the figures.
    catalog: {
      rules: [{ allow: ['Component', 'System', 'User', 'Group'] }],
      processingInterval: { hours: 24 },
      stitchingStrategy: { mode: 'immediate' },
    },
    gitops: {
      environments: [
        { name: 'dev', title: 'Development', tier: 'development' },
        { name: 'staging', title: 'Staging', tier: 'staging' },
        { name: 'production', title: 'Production', tier: 'production' },
      ],
    },
  };
}
