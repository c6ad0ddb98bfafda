// @ts-check

/**
 * Since when no backend has a cluster in its configuration or watches it, so that it is forgotten only after
 * some time, whichever backend looks.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('clusters', table => {
    table
      .text('missing_since')
      .comment(
        'Null while a backend has it in its configuration, or watches it',
      );
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('clusters', table => {
    table.dropColumn('missing_since');
  });
};
