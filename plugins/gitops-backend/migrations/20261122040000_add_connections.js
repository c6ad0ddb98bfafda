// @ts-check

/**
 * How a cluster is watched and how far its clock is off; objects that could not be read.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('clusters', table => {
    table
      .text('connection')
      .notNullable()
      .defaultTo('kubernetes')
      .comment("Over the Kubernetes API, or over an engine's own");
    table
      .integer('clock_skew_seconds')
      .comment('Ahead of the backend; null while it is not worth a word');
  });
  await knex.schema.alterTable('cluster_status', table => {
    table.text('problems').comment('Objects that could not be read, JSON');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('cluster_status', table => {
    table.dropColumn('problems');
  });
  await knex.schema.alterTable('clusters', table => {
    table.dropColumn('clock_skew_seconds');
    table.dropColumn('connection');
  });
};
