// @ts-check

/**
 * What facts mean for deployments, until it is recorded, and which may concern several services.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('facts', table => {
    table
      .boolean('shared')
      .notNullable()
      .defaultTo(false)
      .comment('May concern services that do not own it');
    table.text('failures').comment('What it means for deployments, JSON');
    table.index(['shared', 'cluster'], 'facts_shared_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('facts', table => {
    table.dropIndex(['shared', 'cluster'], 'facts_shared_idx');
    table.dropColumn('failures');
    table.dropColumn('shared');
  });
};
