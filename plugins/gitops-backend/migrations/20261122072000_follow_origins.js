// @ts-check

/**
 * What things come from: the commit of an artifact that was deployed, the repository of a chart;
 * and since when the health of an application has its value, whose engine forgets it.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('deployments', table => {
    table
      .text('origin_revision')
      .comment('Commit that the revision was built from, where it is none');
    table
      .boolean('changed')
      .comment('True when the engine knows that something else runs by it');
  });
  await knex.schema.alterTable('sources', table => {
    table.text('made_from').comment('Key of the source that it is made from');
    table.index(['made_from'], 'sources_made_from_idx');
  });
  await knex.schema.alterTable('applications', table => {
    table
      .text('settled')
      .comment('Last health that is not in between, and since when, JSON');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('applications', table => {
    table.dropColumn('settled');
  });
  await knex.schema.alterTable('sources', table => {
    table.dropIndex(['made_from'], 'sources_made_from_idx');
    table.dropColumn('made_from');
  });
  await knex.schema.alterTable('deployments', table => {
    table.dropColumn('origin_revision');
    table.dropColumn('changed');
  });
};
