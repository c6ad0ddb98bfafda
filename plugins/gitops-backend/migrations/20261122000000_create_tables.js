// @ts-check

/**
 * Times are ISO 8601 strings in UTC with milliseconds: they sort as text in the same way on
 * SQLite and PostgreSQL, and are what the API answers.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await createApplications(knex);
  await createDeployments(knex);
  await createFacts(knex);
  await createClusters(knex);
};

/** @param {import('knex').Knex} knex */
async function createApplications(knex) {
  await knex.schema.createTable('applications', table => {
    table.comment(
      'Current state: one row per object that an engine reconciles',
    );
    table.text('id').primary().comment('Opaque, stable, URL-safe');
    table.text('cluster').notNullable();
    table.text('resource').notNullable().comment('The watch that saw it');
    table.text('object').notNullable().comment('namespace/name in the cluster');
    table.text('engine').notNullable();
    table.text('name').notNullable().comment("Name of the engine's object");
    table.text('entity_ref').comment('Null while unregistered');
    table.text('environment');
    table.text('destination').comment('Namespace that it deploys to');
    table.text('sync').notNullable();
    table.integer('sync_rank').notNullable().comment('Worst has the most');
    table.text('health').notNullable();
    table.integer('health_rank').notNullable().comment('Worst has the most');
    table.text('search').notNullable().comment('Lower-case text to search in');
    table.text('source_key').comment('Key of the Flux source it refers to');
    table.text('last_deployment_id');
    table.text('last_deployment_at').notNullable().defaultTo('');
    table.text('first_seen_at').notNullable();
    table.text('observed_at').notNullable();
    table.text('backfilled_at').comment('Null until history was read from Git');
    table.integer('backfill_attempts').notNullable().defaultTo(0);
    table.text('backfill_due_at').notNullable().defaultTo('');
    table.text('fingerprint').notNullable().comment('Of the last observation');
    table
      .text('alerted_at')
      .comment('Since when its owner knows that it is degraded');
    table.text('document').notNullable().comment('The application as JSON');
    table.text('observation').notNullable().comment('What was observed, JSON');
    table.index(['cluster', 'resource', 'object'], 'applications_origin_idx');
    table.index(['entity_ref'], 'applications_entity_ref_idx');
    table.index(['name', 'id'], 'applications_name_idx');
    table.index(['health_rank', 'id'], 'applications_health_idx');
    table.index(['sync_rank', 'id'], 'applications_sync_idx');
    table.index(['last_deployment_at', 'id'], 'applications_deployed_idx');
    table.index(['source_key'], 'applications_source_idx');
  });
  await knex.schema.createTable('sources', table => {
    table.comment(
      'Flux sources, joined into the applications that refer to them',
    );
    table.text('key').primary();
    table.text('cluster').notNullable();
    table.text('resource').notNullable();
    table.text('object').notNullable();
    table.text('observation').notNullable().comment('JSON');
    table.index(['cluster', 'resource', 'object'], 'sources_origin_idx');
  });
}

/** @param {import('knex').Knex} knex */
async function createDeployments(knex) {
  await knex.schema.createTable('deployments', table => {
    table.comment(
      'Append-only: every change of what runs, and what looked like one',
    );
    table.text('id').primary();
    table.text('application_id').notNullable();
    table
      .text('key')
      .notNullable()
      .comment('Tells the events of one application apart');
    table.text('application_name').notNullable();
    table.text('entity_ref');
    table.text('environment');
    table.text('tier');
    table.text('engine').notNullable();
    table.text('cluster').notNullable();
    table.text('source').notNullable().comment('observed or git');
    table.text('kind').notNullable();
    table.boolean('rework').notNullable();
    table.boolean('counted').notNullable();
    table.text('not_counted_reason');
    table.text('revision').notNullable();
    table.text('previous_revision');
    table.text('images').notNullable().comment('JSON array');
    table.text('version');
    table.text('previous_version');
    table.text('started_at');
    table.text('finished_at').notNullable();
    table.text('outcome').notNullable();
    table.text('message');
    table.text('author');
    table.text('subject');
    table.text('attribution').notNullable();
    table
      .text('origin')
      .notNullable()
      .comment('Where the manifests came from, JSON');
    table
      .text('attributed_at')
      .comment('Null until its commits were looked for');
    table.integer('attribution_attempts').notNullable().defaultTo(0);
    table.text('attribution_due_at').notNullable().defaultTo('');
    table.unique(['application_id', 'key'], {
      indexName: 'deployments_application_key_uniq',
    });
    table.index(
      ['application_id', 'finished_at'],
      'deployments_application_finished_idx',
    );
    table.index(['tier', 'finished_at'], 'deployments_tier_finished_idx');
    table.index(
      ['entity_ref', 'finished_at'],
      'deployments_entity_finished_idx',
    );
    table.index(['finished_at', 'id'], 'deployments_finished_idx');
    table.index(
      ['attributed_at', 'finished_at'],
      'deployments_to_attribute_idx',
    );
  });
  await knex.schema.createTable('deployment_commits', table => {
    table.comment('The commits that a deployment carried first');
    table
      .text('deployment_id')
      .notNullable()
      .references('deployments.id')
      .onDelete('CASCADE');
    table.integer('position').notNullable().comment('0 is the newest');
    table.text('sha').notNullable();
    table.text('repo_url').notNullable();
    table.text('subject').notNullable();
    table.text('author').notNullable();
    table.text('author_email');
    table.text('authored_at').notNullable();
    table.text('committed_at').notNullable();
    table.text('url');
    table.primary(['deployment_id', 'position']);
    table.index(['sha'], 'deployment_commits_sha_idx');
  });
  await knex.schema.createTable('failures', table => {
    table.comment('Signals that a deployment needed intervention');
    table.text('id').primary();
    table
      .text('deployment_id')
      .notNullable()
      .references('deployments.id')
      .onDelete('CASCADE');
    table.text('application_id').notNullable();
    table.text('signal').notNullable();
    table.text('reason').notNullable();
    table.text('started_at').notNullable();
    table.text('ended_at').comment('Null while it lasts');
    table.index(['deployment_id'], 'failures_deployment_idx');
    table.index(['application_id', 'ended_at'], 'failures_application_idx');
  });
}

/** @param {import('knex').Knex} knex */
async function createFacts(knex) {
  await knex.schema.createTable('facts', table => {
    table.comment('Rollouts, previews and guardrails as last observed');
    table.text('id').primary();
    table.text('cluster').notNullable();
    table.text('resource').notNullable();
    table.text('object').notNullable();
    table.text('kind').notNullable();
    table.text('entity_ref');
    table.text('observed_at').notNullable();
    table.text('document').notNullable().comment('The fact as JSON');
    table.text('observation').notNullable().comment('What was observed, JSON');
    table.index(['cluster', 'resource', 'object'], 'facts_origin_idx');
    table.index(['entity_ref'], 'facts_entity_ref_idx');
  });
}

/** @param {import('knex').Knex} knex */
async function createClusters(knex) {
  await knex.schema.createTable('clusters', table => {
    table.comment('The configured clusters');
    table.text('name').primary();
    table.text('title').notNullable();
  });
  await knex.schema.createTable('cluster_status', table => {
    table.comment('The connection to one resource kind of a cluster');
    table.text('cluster').notNullable();
    table.text('watch').notNullable().comment('resource of what it stores');
    table.text('resource').notNullable().comment('group/version/plural');
    table.text('state').notNullable();
    table.text('since').notNullable();
    table.text('last_seen_at');
    table.text('message');
    table.primary(['cluster', 'watch']);
  });
  await knex.schema.createTable('leases', table => {
    table.comment('Which process does something that one may do at a time');
    table.text('name').primary();
    table.text('holder').notNullable();
    table.bigInteger('expires_at').notNullable().comment('Unix time in ms');
  });
}

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const table of [
    'leases',
    'cluster_status',
    'clusters',
    'facts',
    'failures',
    'deployment_commits',
    'deployments',
    'sources',
    'applications',
  ]) {
    await knex.schema.dropTable(table);
  }
};
