/** Tables made and widened. */
import type { Knex } from 'knex';
import type { DatabaseTable } from '../../contract/database.ts';
import { UserError } from '../../contract/errors.ts';
import type { DatabaseSettings } from './definition.ts';
import type { Dialect } from './dialect.ts';

export async function ensureTable(
  db: Knex,
  dialect: Dialect,
  settings: DatabaseSettings,
  table: DatabaseTable,
): Promise<{ created: boolean; added: string[] }> {
  const { system, schema } = settings;
  const inSchema = system === 'postgres';
  const builder = () => (inSchema ? db.schema.withSchema(schema) : db.schema);
  if (!(await builder().hasTable(table.name))) {
    if (inSchema) await makeSchema(db, schema);
    await create(db, dialect, { table, schema: inSchema ? schema : null, strict: system === 'sqlite' });
    return { created: true, added: [] };
  }
  const there = await columnNames(db, table.name, inSchema ? schema : null);
  const added = table.columns.filter(({ name }) => !there.has(name.toLowerCase()));
  if (added.some(({ name }) => name === table.key))
    throw new UserError('REPLICA_TAKEN', { table: table.name, reason: `it has no column ${table.key}` });
  if (added.length > 0)
    await builder().alterTable(table.name, (alter) => {
      for (const { name, type } of added) alter.specificType(name, dialect.columnType(type, false)).nullable();
    });
  return { created: false, added: added.map(({ name }) => name) };
}

async function columnNames(db: Knex, table: string, schema: string | null): Promise<Set<string>> {
  const query = schema === null ? db(table) : db(table).withSchema(schema);
  return new Set(Object.keys(await query.columnInfo()).map((name) => name.toLowerCase()));
}

/** Only if it is missing: who may not create schemas may well use one that is there. */
async function makeSchema(db: Knex, schema: string): Promise<void> {
  const found = await db('pg_namespace').withSchema('pg_catalog').where({ nspname: schema }).first('nspname');
  if (!found) await db.schema.createSchemaIfNotExists(schema);
}

async function create(
  db: Knex,
  dialect: Dialect,
  { table, schema, strict }: { table: DatabaseTable; schema: string | null; strict: boolean },
): Promise<void> {
  const columns = table.columns.map(({ name, type }) => {
    const key = name === table.key;
    return { name, text: `?? ${dialect.columnType(type, key)}${key ? ' not null primary key' : ''}` };
  });
  const place = schema === null ? '??' : '??.??';
  await db.raw(`create table ${place} (${columns.map(({ text }) => text).join(', ')})${strict ? ' strict' : ''}`, [
    ...(schema === null ? [] : [schema]),
    table.name,
    ...columns.map(({ name }) => name),
  ]);
}
