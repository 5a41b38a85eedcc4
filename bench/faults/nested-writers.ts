/** Writes an effect with each ORM, in a nested transaction inside the handler's. */

import { knexIn } from '@countersign/stores/knex';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import makeKnex from 'knex';
import { Kysely, sql as kyselySql, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { monotonic, type OrmName } from './wire.ts';

/** Resolves when the nested transaction has ended and the handler's has not. */
export type NestedWriter = (transaction: pg.PoolClient, id: string) => Promise<void>;

export const nestedWriters: Readonly<Record<OrmName, (url: string) => NestedWriter>> = {
  drizzle: () => async (client, id) => {
    const db = drizzle({ client });
    await db.transaction((nested) => nested.execute(sql`INSERT INTO effects VALUES (${id}, ${monotonic()})`));
  },
  kysely: () => async (client, id) => {
    const pool = { connect: async () => client, end: async () => undefined, options: {} };
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    await db
      .transaction()
      .execute((nested) => kyselySql`INSERT INTO effects VALUES (${id}, ${monotonic()})`.execute(nested));
  },
  knex(url) {
    const knex = makeKnex({ client: 'pg', connection: url });
    return async (client, id) => {
      await knexIn(knex, client).transaction((nested) =>
        nested.raw('INSERT INTO effects VALUES (?, ?)', [id, String(monotonic())]),
      );
    };
  },
};
