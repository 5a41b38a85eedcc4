/** What a handler's transaction answers once the handler has returned: a refusal, in the way in which that client tells of errors. */

import { DatabaseSync } from 'node:sqlite';
import type { DedupeStore, TransactionalStore } from '@countersign/core';
import { findMissing, startMariadb, startPostgres } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { sqliteStore } from '@countersign/stores/sqlite';
import { PGlite } from '@electric-sql/pglite';
import BetterSqlite3 from 'better-sqlite3';
import type { Connection as CallbackConnection } from 'mysql2';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { inTransaction } from './transaction-cases.ts';

const refusal = {
  code: 'options_invalid',
  at: 'context.transaction',
  hint: expect.stringContaining('The transaction is over'),
};

/** The transaction that a handler kept. */
async function keptOf<Transaction>(store: DedupeStore & TransactionalStore<Transaction>): Promise<Transaction> {
  let kept: Transaction | undefined;
  await inTransaction(store, (transaction) => {
    kept = transaction;
  });
  return kept as Transaction;
}

/** Each call has to give a promise that rejects, and none may throw. */
async function requireRejections(calls: (() => unknown)[]): Promise<void> {
  for (const call of calls) {
    let given: unknown;
    expect(() => {
      given = call();
    }, String(call)).not.toThrow();
    await expect(given, String(call)).rejects.toMatchObject(refusal);
  }
}

const errorBy = (call: (tell: (error: unknown) => void) => unknown) => new Promise((resolve) => void call(resolve));
const failureOf = (call: () => unknown) => {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
};

const missing = findMissing('postgres');
describe.skipIf(missing !== undefined)(titleOf('on PostgreSQL, after the handler,', missing), () => {
  it('a client of pg rejects, calls back, or fails a cursor and a stream', async () => {
    const server = await startPostgres({ fsync: false });
    const pool = new pg.Pool({ connectionString: server.url });
    const store = postgresStore({ client: pool });
    await store.migrate();
    const client = await keptOf(store);
    await requireRejections([
      () => client.query('SELECT 1'),
      () => client.query('SELECT $1::int', [1]),
      () => client.query({ text: 'SELECT 1' }),
      () => client.query('COMMIT'),
    ]);
    expect(await errorBy((tell) => client.query('SELECT 1', tell))).toMatchObject(refusal);
    expect(await errorBy((tell) => client.query('SELECT $1', [1], tell))).toMatchObject(refusal);
    const cursor = client.query(new Cursor('SELECT 1'));
    await expect(cursor.read(1)).rejects.toMatchObject(refusal);
    const stream = client.query(new QueryStream('SELECT 1'));
    await expect(stream.toArray()).rejects.toMatchObject(refusal);
    await pool.end();
    await server.stop();
  }, 60_000);

  it('a transaction of postgres rejects', async () => {
    const server = await startPostgres({ fsync: false });
    const client = postgres(server.url, { onnotice: () => undefined });
    const store = postgresStore({ client });
    await store.migrate();
    const sql = await keptOf(store);
    await requireRejections([
      () => sql`SELECT 1`,
      () => sql.unsafe('SELECT 1'),
      () => sql.savepoint((inner) => inner`SELECT 1`),
      () => (sql as unknown as postgres.Sql).begin((inner) => inner`SELECT 1`),
    ]);
    await client.end();
    await server.stop();
  }, 60_000);
});

it('a transaction of PGlite rejects after the handler', async () => {
  const database = await PGlite.create();
  const store = postgresStore({ client: database });
  await store.migrate();
  const transaction = await keptOf(store);
  await requireRejections([
    () => transaction.query('SELECT 1'),
    () => transaction.exec('SELECT 1'),
    () => transaction.sql`SELECT 1`,
    () => transaction.rollback(),
  ]);
  await database.close();
}, 60_000);

const noMariadb = findMissing('mariadb');
describe.skipIf(noMariadb !== undefined)(titleOf('on MariaDB, after the handler,', noMariadb), () => {
  it('a connection of mysql2 rejects, and the one inside calls back', async () => {
    const server = await startMariadb();
    const pool = createPool({ uri: server.url });
    const store = mysqlStore({ client: pool });
    await store.migrate();
    const connection = await keptOf(store);
    const inner = connection.connection as unknown as CallbackConnection;
    await requireRejections([
      () => connection.query('SELECT 1'),
      () => connection.execute('SELECT 1'),
      () => connection.prepare('SELECT 1'),
      () => connection.beginTransaction(),
      () => connection.commit(),
      () => inner.promise().query('SELECT 1'),
    ]);
    expect(await errorBy((tell) => inner.query('SELECT 1', tell))).toMatchObject(refusal);
    expect(await errorBy((tell) => inner.execute('SELECT 1', tell))).toMatchObject(refusal);
    await pool.end();
    await server.stop();
  }, 60_000);
});

describe('in SQLite, after the handler,', () => {
  it('a database of node:sqlite and of better-sqlite3 throws, as it does at every error', async () => {
    for (const opened of [new DatabaseSync(':memory:'), new BetterSqlite3(':memory:')]) {
      const store = sqliteStore<DatabaseSync | BetterSqlite3.Database>({ database: opened });
      await store.migrate();
      const database = await keptOf(store);
      expect(failureOf(() => database.exec('SELECT 1'))).toMatchObject(refusal);
      expect(failureOf(() => database.prepare('SELECT 1'))).toMatchObject(refusal);
    }
  });
});
