/** Nested transactions of ORMs within a handler's transaction, over MariaDB and SQLite. */

import type { DedupeStore, TransactionalStore } from '@countersign/core';
import { findMissing, type LiveServer, startMariadb } from '@countersign/live-services';
import { knexIn } from '@countersign/stores/knex';
import { mysqlStore } from '@countersign/stores/mysql';
import { sqliteStore } from '@countersign/stores/sqlite';
import { managerIn } from '@countersign/stores/typeorm';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3';
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import makeKnex, { type Knex } from 'knex';
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

describe.skipIf(missing !== undefined)(titleOf('transactions of MariaDB that an ORM opens', missing), () => {
  let server: LiveServer;
  let pool: Pool;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await startMariadb();
    pool = createPool({ uri: server.url, connectionLimit: 6 });
    await mysqlStore({ client: pool }).migrate();
    await pool.query('CREATE TABLE payments (id VARCHAR(64) PRIMARY KEY)');
    await pool.query('CREATE TABLE counters (id INT PRIMARY KEY, n INT)');
  }, 60_000);
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await pool?.end();
    await server?.stop();
  });
  beforeEach(async () => {
    await pool.query('DELETE FROM payments');
    await pool.query('REPLACE INTO counters VALUES (1, 0), (2, 0)');
  });
  const rows = async () =>
    (await pool.query<RowDataPacket[]>('SELECT id FROM payments ORDER BY id'))[0].map(({ id }) => id);
  const marks = async () =>
    (await pool.query<RowDataPacket[]>("SELECT * FROM countersign_claims WHERE claim_key LIKE 'transaction-%'"))[0];

  interface Opened {
    readonly store: DedupeStore & TransactionalStore<unknown>;
    raw(transaction: unknown, text: string): Promise<unknown>;
  }
  const orms: Record<string, () => Opened> = {
    Drizzle() {
      const db = drizzle({ client: pool });
      type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];
      const store = mysqlStore({
        client: pool,
        transaction: {
          run: (work: (tx: Tx) => Promise<void>) => db.transaction(work),
          query: (tx, { strings, parameters }) => tx.execute(sql(strings, ...parameters)),
        },
      });
      return { store: store as never, raw: async (tx, text) => (tx as Tx).execute(sql.raw(text)) };
    },
    Knex() {
      const knex = makeKnex({ client: 'mysql2', connection: server.url, pool: { min: 0, max: 4 } });
      closing.push(() => knex.destroy());
      const store = mysqlStore({
        client: pool,
        transaction: {
          run: (work: (transaction: Knex.Transaction) => Promise<void>) => knex.transaction(work),
          query: (transaction, { text: statement, values }) => transaction.raw(statement, values as never),
        },
      });
      return { store: store as never, raw: async (transaction, text) => (transaction as Knex.Transaction).raw(text) };
    },
  };

  describe.each(Object.entries(orms))('%s', (_, open) => {
    let opened: Opened;
    beforeAll(() => {
      opened = open();
    });
    const handler = (work: (raw: (text: string) => Promise<unknown>) => unknown) =>
      inTransaction(opened.store, (transaction) => work((text) => opened.raw(transaction, text)));
    const insert = (id: string) => `INSERT INTO payments VALUES ('${id}')`;

    it('commits with the record of the event, and leaves nothing of its own', async () => {
      const ended = await handler(async (raw) => {
        await raw(insert('written'));
        expect(await rows()).toEqual([]);
      });
      expect(ended).toEqual({ end: true, state: 'done' });
      expect(await rows()).toEqual(['written']);
      expect(await marks()).toEqual([]);
    });

    it('leaves no row of a handler that throws, nor of one whose claim was lost', async () => {
      const failing = handler(async (raw) => {
        await raw(insert('undone'));
        throw new Error('later');
      });
      await expect(failing).rejects.toThrow('later');
      const lost = await handler(async (raw) => {
        await raw(insert('undone'));
        const [open] = await pool.query<RowDataPacket[]>(
          'SELECT claim_key FROM countersign_claims WHERE done = 0 ORDER BY lease_until DESC LIMIT 1',
        );
        const [{ claim_key: key }] = open as [RowDataPacket];
        await pool.query("UPDATE countersign_claims SET token = 'another' WHERE claim_key = ?", [key]);
      });
      expect(lost.end).toBe(false);
      expect(await rows()).toEqual([]);
      expect(await marks()).toEqual([]);
    });

    it('says so where a command has committed, also where the handler throws after it', async () => {
      const { end } = await handler(async (raw) => {
        await raw(insert('stays'));
        await raw('CREATE OR REPLACE TABLE made_by_handler (n INT)');
      });
      const failed = await handler(async (raw) => {
        await raw(insert('stays too'));
        await raw('CREATE OR REPLACE TABLE made_by_handler (n INT)');
        throw new Error('later');
      });
      expect([end, failed]).toEqual(['apart', { end: 'apart', state: 'in_flight' }]);
      expect(await rows()).toEqual(['stays', 'stays too']);
      expect(await marks()).toEqual([]);
    });

    it.each([
      ['lets it through', true],
      ['catches it', false],
    ])('runs again after a deadlock, whose handler %s', async (_case, isThrown) => {
      const other = await pool.getConnection();
      await other.beginTransaction();
      // The heavier one survives.
      for (let n = 0; n < 50; n++) await other.query(insert(`other ${n}`));
      await other.query('UPDATE counters SET n = n + 1 WHERE id = 2');
      let deadlock: unknown;
      const broken = handler(async (raw) => {
        await raw(insert('before'));
        await raw('UPDATE counters SET n = n + 1 WHERE id = 1');
        const crossing = raw('UPDATE counters SET n = n + 1 WHERE id = 2').catch((error) => {
          deadlock = error;
        });
        await new Promise((resolve) => setTimeout(resolve, 200));
        await Promise.all([crossing, other.query('UPDATE counters SET n = n + 1 WHERE id = 1')]);
        if (isThrown) throw deadlock;
      });
      const failure = await broken.catch((error) => error);
      await other.rollback();
      other.release();
      expect(deadlock).toBeDefined();
      if (isThrown) expect(failure).toBe(deadlock);
      else expect(failure).toMatchObject({ code: 'store_unavailable', hint: expect.stringContaining('deadlock') });
      expect(await rows()).toEqual([]);
      expect(await marks()).toEqual([]);
    });
  });

  it('is refused where it is not whole', () => {
    expect(() => mysqlStore({ client: pool, transaction: { run: async () => undefined } as never })).toThrow(
      'mysqlStore.transaction',
    );
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
