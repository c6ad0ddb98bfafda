// @ts-check

/**
 * Commands that were given, each followed until it ends. Times are ISO 8601 strings in UTC with
 * milliseconds.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('command_runs', table => {
    table.comment('Commands that were given, followed until they end');
    table.text('id').primary().comment('Opaque, stable, URL-safe');
    table.text('application_id').notNullable();
    table.text('entity_ref').comment('Of the component, when it was given');
    table.text('engine').notNullable().comment('Observer that follows it');
    table.text('target').notNullable().comment('Object to look at, JSON');
    table.text('command').notNullable();
    table.text('request').notNullable().comment('What was asked for, JSON');
    table.text('requested_by').notNullable();
    table.text('requested_at').notNullable();
    table.text('state').notNullable();
    table.text('message').notNullable();
    table.text('heard_at').notNullable().comment('Time of the last news');
    table.text('finished_at').comment('Null while it is followed');
    table
      .text('exclusive_key')
      .comment('Set while no other command of the same key may be given');
    table.unique(['exclusive_key'], { indexName: 'command_runs_exclusive_uq' });
    table.index(['finished_at'], 'command_runs_open_idx');
    table.index(['entity_ref', 'requested_at'], 'command_runs_entity_ref_idx');
    table.index(['requested_at'], 'command_runs_requested_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('command_runs');
};
