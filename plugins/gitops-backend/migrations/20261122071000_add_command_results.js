// @ts-check

/**
 * What became of each object of a command.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('command_runs', table => {
    table.text('results').comment('What became of each object, JSON');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('command_runs', table => {
    table.dropColumn('results');
  });
};
