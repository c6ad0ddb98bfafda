// @ts-check

/**
 * Alerts of health that were recorded and not yet sent, so that one whose process ends in between
 * is sent by another. Times are ISO 8601 strings in UTC with milliseconds.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('alerts', table => {
    table.comment('Owners who are to be told of the health of an application');
    table.text('application_id').primary();
    table.text('owner').notNullable().comment('Entity ref');
    table.text('recorded_at').notNullable();
    table.text('due_at').notNullable().comment('Who sends it moves this on');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('alerts');
};
