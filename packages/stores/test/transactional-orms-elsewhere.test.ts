/** Nested transactions of ORMs within a handler's transaction, over MariaDB and SQLite. */

import { findMissing, type LiveServer, startMariadb } from '@countersign/live-services';
import { knexIn } from '@countersign/stores/knex';
import { mysqlStore } from '@countersign/stores/mysql';
import { sqliteStore } from '@countersign/stores/sqlite';
import { managerIn } from '@countersign/stores/typeorm';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3';
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import makeKnex from 'knex';
import { Kysely, SqliteDialect } from 'kysely';
import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Writer } from './orms.ts';
import { titleOf } from './process-options.ts';
import { failureOf, inTransaction } from './transaction-cases.ts';

const missing = findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('ORMs in a handler’s transaction over MariaDB', missing), () => {
  let server: LiveServer;
  let pool: Pool;
  const setUp = () => mysqlStore({ client: pool });
  let store: ReturnType<typeof setUp>;
  const writers: Record<string, (connection: PoolConnection) => Writer> = {};
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await startMariadb();
    pool = createPool({ uri: server.url, connectionLimit: 6 });
    store = setUp();
    await store.migrate();
    await pool.query('CREATE TABLE payments (id VARCHAR(64) PRIMARY KEY)');
    setUpDrizzle();
    setUpKnex();
    await setUpTypeorm();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await pool?.end();
    await server?.stop();
  });
  beforeEach(async () => void (await pool.query('DELETE FROM payments')));
  const rows = async () =>
    (await pool.query<RowDataPacket[]>('SELECT id FROM payments ORDER BY id'))[0].map(({ id }) => id);

  function setUpDrizzle() {
    const payments = mysqlTable('payments', { id: varchar({ length: 64 }).primaryKey() });
    const db = drizzle({ client: pool });
    const writerOn = (inner: Pick<typeof db, 'insert' | 'execute' | 'transaction'>): Writer => ({
      insert: async (id) => inner.insert(payments).values({ id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: (sql) => inner.execute(sql),
    });
    writers.Drizzle = (connection) => writerOn(drizzle({ client: connection }));
  }

  function setUpKnex() {
    const knex = makeKnex({ client: 'mysql2', connection: server.url, pool: { min: 0, max: 2 } });
    closing.push(() => knex.destroy());
    const writerOn = (inner: typeof knex): Writer => ({
      insert: async (id) => inner('payments').insert({ id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: async (sql) => inner.raw(sql),
    });
    writers.Knex = (connection) => writerOn(knexIn(knex, connection));
  }

  async function setUpTypeorm() {
    const entity = new EntitySchema<{ id: string }>({
      name: 'payments',
      columns: { id: { type: 'varchar', length: 64, primary: true } },
    });
    const source = await new DataSource({ type: 'mysql', url: server.url, entities: [entity] }).initialize();
    closing.push(() => source.destroy());
    const writerOn = (inner: typeof source.manager): Writer => ({
      insert: (id) => inner.save(entity, { id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: (sql) => inner.query(sql),
    });
    writers.TypeORM = (connection) => writerOn(managerIn(source, connection));
  }

  it.each(['Drizzle', 'Knex', 'TypeORM'])(
    '%s commits with the record, and nested ones are savepoints',
    async (name) => {
      const { end, state } = await inTransaction(store, async (transaction) => {
        const writer = writers[name]?.(transaction) as Writer;
        await writer.insert('outer');
        await writer.nested((inner) => inner.nested((deeper) => deeper.insert('nested')));
        const undone = writer.nested(async (inner) => {
          await inner.insert('undone');
          throw new Error('nested');
        });
        await expect(undone).rejects.toThrow('nested');
        expect(await rows()).toEqual([]);
        expect(await failureOf(() => writer.raw('COMMIT'))).toBeDefined();
      });
      expect({ end, state }).toEqual({ end: true, state: 'done' });
      expect(await rows()).toEqual(['nested', 'outer']);
    },
  );

  it.each(['Drizzle', 'Knex', 'TypeORM'])('%s leaves no row of a handler that throws later', async (name) => {
    const failing = inTransaction(store, async (transaction) => {
      await writers[name]?.(transaction).nested((inner) => inner.insert('nested'));
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await rows()).toEqual([]);
  });
});

describe('ORMs in a handler’s transaction over SQLite', () => {
  const database = new BetterSqlite3(':memory:');
  database.exec('CREATE TABLE payments (id TEXT PRIMARY KEY)');
  const store = sqliteStore({ database });
  const rows = () =>
    (database.prepare('SELECT id FROM payments ORDER BY id').all() as { id: string }[]).map(({ id }) => id);
  beforeEach(async () => {
    await store.migrate();
    database.exec('DELETE FROM payments');
  });
  afterAll(() => database.close());

  interface SqliteWriter {
    insert(id: string): Promise<unknown>;
    /** A nested transaction, which throws at its end where `isToFail` says so. */
    nested(id: string, isToFail?: boolean): Promise<unknown>;
  }
  const failIf = (isToFail: boolean | undefined) => {
    if (isToFail) throw new Error('nested');
  };
  const payments = sqliteTable('payments', { id: text().primaryKey() });
  const drizzleWriter = (client: BetterSqlite3.Database): SqliteWriter => {
    const db = drizzleSqlite({ client });
    return {
      insert: async (id) => db.insert(payments).values({ id }).run(),
      nested: async (id, isToFail) =>
        db.transaction((nested) => {
          nested.insert(payments).values({ id }).run();
          failIf(isToFail);
        }),
    };
  };
  const kyselyWriter = (client: BetterSqlite3.Database): SqliteWriter => {
    const db = new Kysely<{ payments: { id: string } }>({ dialect: new SqliteDialect({ database: client }) });
    return {
      insert: (id) => db.insertInto('payments').values({ id }).execute(),
      nested: (id, isToFail) =>
        db.transaction().execute(async (nested) => {
          await nested.insertInto('payments').values({ id }).execute();
          failIf(isToFail);
        }),
    };
  };

  it.each([
    ['Drizzle', drizzleWriter],
    ['Kysely', kyselyWriter],
  ])('%s commits with the record, and nested ones are savepoints', async (_, writerOf) => {
    const { end } = await inTransaction(store, async (transaction) => {
      const writer = writerOf(transaction);
      await writer.insert('outer');
      await writer.nested('nested');
      await expect(writer.nested('undone', true)).rejects.toThrow('nested');
    });
    expect(end).toBe(true);
    expect(rows()).toEqual(['nested', 'outer']);
    const failing = inTransaction(store, async (transaction) => {
      await writerOf(transaction).nested('never');
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(rows()).toEqual(['nested', 'outer']);
  });
});
