// @ts-check

/**
 * Numbers what changes, for readers that keep what they read; and remembers which version of an
 * object was recorded, so that an older one that comes late is told apart.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('change_counter', table => {
    table.comment('One row; who updates it numbers a change until it commits');
    table.integer('id').primary();
    table.bigInteger('value').notNullable().comment('The last number');
    table
      .bigInteger('pruned')
      .notNullable()
      .comment('Up to here changes are forgotten');
  });
  await knex('change_counter').insert({ id: 1, value: 0, pruned: 0 });
  await knex.schema.createTable('changes', table => {
    table.comment('The last change of each name');
    table.text('kind').notNullable().comment('application, entity or cluster');
    table.text('name').notNullable();
    table.bigInteger('seq').notNullable();
    table.primary(['kind', 'name']);
    table.index(['seq'], 'changes_seq_idx');
  });
  for (const name of ['applications', 'sources', 'facts']) {
    await knex.schema.alterTable(name, table => {
      table
        .text('object_version')
        .comment('Of the recorded object: uid, resourceVersion, ... as JSON');
      table.text('recorded_at').comment('When that version was recorded');
    });
  }
  await knex.schema.alterTable('sources', table => {
    table.text('fingerprint').comment('Of the last observation');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('sources', table => {
    table.dropColumn('fingerprint');
  });
  for (const name of ['facts', 'sources', 'applications']) {
    await knex.schema.alterTable(name, table => {
      table.dropColumn('object_version');
      table.dropColumn('recorded_at');
    });
  }
  await knex.schema.dropTable('changes');
  await knex.schema.dropTable('change_counter');
};
