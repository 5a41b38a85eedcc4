/** A dedupe store in a SQLite file: one statement per step, with transactions for handlers. */

import {
  defineStore,
  type StoredResponse,
  type StoreFinding,
  type TransactionalMethods,
  type TransactionalStore,
  WebhookError,
} from '@countersign/core';
import { transactionOf } from './open-transaction.ts';
import { migrateTable } from './schema-version.ts';
import { defaultTable, requireTable, type SqlMethods, type SqlStore, type SqlStoreOptions } from './sql-store.ts';
import { queueOf, requireNoTransaction, retryWhileBusy } from './sqlite-handle.ts';
import { explainSqlite, type Statement, schemaStatements, sqliteSteps } from './sqlite-statements.ts';
import { createSweeper, sweepBatchSize } from './sweeper.ts';
import { openSqliteTransaction } from './transaction/sqlite-database.ts';
import { savepointBy } from './transaction/store-savepoint.ts';
import { withBareErrors } from './with-bare-errors.ts';

export type { SqlStore, SqlStoreOptions } from './sql-store.ts';
export { sqliteSchema } from './sqlite-statements.ts';

/** The parts of a prepared statement that the store uses. */
interface SqliteStatement {
  all(...values: (string | number | null)[]): unknown[];
}

/** The parts of a node:sqlite, better-sqlite3 or libsql database that the store uses. */
export interface SqliteDatabase {
  /**
   * Returns a statement. Its type stays open: better-sqlite3 makes it depend on a type parameter, which TypeScript
   * before 6 does not resolve.
   */
  prepare(sql: string): object;
  exec(sql: string): unknown;
  /** True if a transaction is open: in better-sqlite3 and libsql. */
  readonly inTransaction?: boolean;
  /** The same, in node:sqlite. */
  readonly isTransaction?: boolean;
}

export interface SqliteStoreOptions<Database> extends SqlStoreOptions {
  /**
   * Your own handle. If your app writes through its handle while handlers run, give the store a separate one: while a
   * transactional handler runs, everything written through this handle is part of its transaction. Stores on one handle
   * wait for each other.
   */
  readonly database: Database;
  /**
   * Maximum time that a step waits while another process writes, in seconds, without blocking this process. Default 2.
   */
  readonly busySeconds?: number;
}

/**
 * Remembers claims in a SQLite file (SQLite 3.35 or later), which the processes of one machine can share.
 *
 * Open it in WAL mode. Claims use the machine's clock. SQLite allows one writer at a time: while a transactional
 * handler runs, nothing else can be claimed, in this process or another.
 *
 * @example
 * const database = new DatabaseSync('hooks.db');
 * database.exec('PRAGMA journal_mode = WAL');
 * const store = sqliteStore({ database });
 * await store.migrate();
 *
 * @throws options_invalid
 */
export function sqliteStore<Database extends SqliteDatabase>(
  options: SqliteStoreOptions<Database>,
): SqlStore & TransactionalStore<Database> {
  const { database, table: given = defaultTable, sweep = 'automatic', busySeconds = 2 } = options;
  if (typeof database?.prepare !== 'function' || typeof database.exec !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'sqliteStore.database',
      hint: 'Expected a database of node:sqlite, better-sqlite3 or libsql.',
    });
  }
  const table = requireTable(given, 'sqliteStore');
  const steps = sqliteSteps(table);
  const prepared = new Map<string, SqliteStatement>();
  const run = ([sql, values]: Statement): Record<string, unknown>[] => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql) as SqliteStatement;
      prepared.set(sql, statement);
    }
    return statement.all(...values) as Record<string, unknown>[];
  };
  const inTurn = queueOf(database);
  /**
   * Waits while another process writes, and while code of this process has a transaction open: a handler, or the app on
   * the same handle.
   */
  const step = <Result>(work: () => Result, { mayJoin = false } = {}) =>
    inTurn(async () => {
      try {
        return await retryWhileBusy(() => {
          if (!mayJoin) requireNoTransaction(database);
          return work();
        }, busySeconds);
      } catch (error) {
        throw explainSqlite(error, 'sqliteStore', table);
      }
    });
  const removeExpired = async (limit = sweepBatchSize) => (await step(() => run(steps.sweep(limit)))).length;
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;
  const isOne = (rows: readonly unknown[]) => rows.length === 1;

  const raise = (key: string, position: number | undefined, retentionSeconds: number) =>
    step(() => {
      const before = steps.watermarkOf(run(steps.readWatermark(key)));
      if (position !== undefined) run(steps.raiseWatermark(key, position, retentionSeconds));
      return before;
    });

  const methods: SqlMethods & TransactionalMethods<Database> = {
    async claim(key, leaseSeconds) {
      const token = steps.createToken();
      const claim = await step(() => {
        const claimed = run(steps.claim(key, token, leaseSeconds));
        try {
          return steps.claimOf(token, claimed, claimed.length > 0 ? [] : run(steps.read(key)));
        } catch (error) {
          // No one gets its token, so it would block the event until the lease ends.
          if (claimed.length > 0) run(steps.release(key, token, { ran: false }));
          throw error;
        }
      });
      if (claim.state === 'claimed') sweepBeside();
      return claim;
    },
    // A renewal that is undone is only missing, but one that waited would lose the claim of the handler that owns the
    // transaction.
    extend: async (key, token, leaseSeconds) =>
      isOne(await step(() => run(steps.extend(key, token, leaseSeconds)), { mayJoin: true })),
    complete: async (key, token, retentionSeconds, response) =>
      isOne(await step(() => run(steps.complete(key, token, retentionSeconds, response)))),
    release: async (key, token, options) => isOne(await step(() => run(steps.release(key, token, options)))),
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'sqliteStore',
        table,
        create: schemaStatements(table),
        upgrades: [],
        run: (statement) => step(() => database.exec(statement)),
        raise,
      }),
    sweep: removeExpired,
    check: async () => findSettings(database),
    transactionOf,
    transact: (key, token, retentionSeconds, work) =>
      inTurn(async () => {
        // Becomes the one writer immediately: a transaction that reads first and writes later may be refused.
        await retryWhileBusy(() => {
          requireNoTransaction(database);
          database.exec('BEGIN IMMEDIATE');
        }, busySeconds);
        const open = openSqliteTransaction(database);
        const savepoint = savepointBy((text) => database.exec(text), isSavepointMissing);
        let isApart = false;
        try {
          await savepoint.set();
          let response: StoredResponse | undefined;
          try {
            response = await work(open.client as Database);
          } catch (error) {
            isApart = open.rolledBackBy() === undefined && (await savepoint.isGone());
            throw error;
          } finally {
            open.close();
          }
          open.nested.requireEnded();
          if (!(await savepoint.release())) {
            if (open.rolledBackBy() !== undefined) throw open.rolledBackBy();
            endAnother(database);
            return 'apart';
          }
          const isOwned = isOne(run(steps.completeInTransaction(key, token, retentionSeconds, response)));
          await retryWhileBusy(() => database.exec(isOwned ? 'COMMIT' : 'ROLLBACK'), busySeconds);
          return isOwned || isOne(run(steps.isDone(key, token)));
        } catch (error) {
          try {
            database.exec('ROLLBACK');
          } catch {
            // Some errors, such as a full disk, have already ended the transaction.
          }
          if (isApart) return 'apart';
          throw explainSqlite(error, 'sqliteStore', table);
        }
      }),
  };
  return defineStore(withBareErrors(methods));
}

const isSavepointMissing = (error: unknown) => /no such savepoint/i.test(String(error));

/** Commits a transaction that a handler began after it had left the store's transaction. */
function endAnother(database: SqliteDatabase): void {
  try {
    database.exec('COMMIT');
  } catch {
    // There is none.
  }
}

function allOf(database: SqliteDatabase, sql: string): unknown[] {
  return (database.prepare(sql) as SqliteStatement).all();
}

function findSettings(database: SqliteDatabase): readonly StoreFinding[] {
  const [files] = allOf(database, 'PRAGMA database_list') as { file?: string | null }[];
  if (!files?.file) {
    return [{ code: 'not_durable', message: 'The SQLite database is in memory: a restart loses every event.' }];
  }
  const [row] = allOf(database, 'PRAGMA synchronous') as { synchronous?: number | bigint }[];
  if (Number(row?.synchronous) !== 0) return [];
  return [{ code: 'not_durable', message: 'SQLite runs with synchronous=OFF: a power failure may destroy the file.' }];
}
