/** A dedupe store in MariaDB or MySQL: one statement per step, on the server's clock, with transactions for handlers. */

import {
  type Claim,
  type ReleaseOptions,
  type StoredAnswer,
  type TransactionalStore,
  type TransactionEnd,
  WebhookError,
} from '@countersign/core';
import { withBareErrors } from './bare-errors.ts';
import {
  attemptMemorySeconds,
  attemptsTakenBack,
  createToken,
  decodeAnswer,
  encodeAnswer,
  leaseLeftSeconds,
} from './claim-record.ts';
import { flagOf, numberOf, textOf } from './driver-values.ts';
import { transactionOf } from './open-transaction.ts';
import { migrateTable } from './schema-version.ts';
import {
  type Checkout,
  createAbandonment,
  createCheckedRun,
  explainSilence,
  probeSeconds,
  silenceSeconds,
  within,
} from './silence.ts';
import {
  defaultTable,
  explainSchema,
  indexOf,
  requireTable,
  retryConflicts,
  type SqlStore,
  type SqlStoreOptions,
} from './sql-store.ts';
import { createSweeper, sweepBatchSize } from './sweeper.ts';
import { openMysqlTransaction } from './transaction/mysql-connection.ts';
import { storeSavepoint } from './transaction/nested-transactions.ts';
import { type PoolShare, shareOf } from './transaction/pool-share.ts';

/** A statement as the store sends it, with the shape in which it reads the rows, whatever the pool's own options say. */
export interface MysqlStatement {
  sql: string;
  rowsAsArray: false;
  nestTables: false;
  typeCast: (field: unknown, next: () => unknown) => unknown;
}

/** What the store needs of a connection of mysql2/promise. */
export interface MysqlConnection {
  query(sql: string): Promise<[unknown, unknown]>;
  execute(statement: MysqlStatement, values?: (string | number | null)[]): Promise<[unknown, unknown]>;
  beginTransaction(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  ping(): Promise<unknown>;
  release(): void;
  destroy(): void;
}

/** What the store needs of a Pool of mysql2/promise. */
export interface MysqlPool<Connection extends MysqlConnection = MysqlConnection> {
  query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
  getConnection(): Promise<Connection>;
  on?(event: 'connection', listener: (connection: object) => void): unknown;
}

/** A Pool of mysql2 with callbacks, which has the other one inside. */
export interface MysqlCallbackPool<Connection extends MysqlConnection = MysqlConnection> {
  promise(): MysqlPool<Connection>;
}

/** What a handler gets in mode `transactional`: a connection of mysql2/promise. */
export type MysqlTransaction<Client> =
  Client extends MysqlPool<infer Connection>
    ? Connection
    : Client extends MysqlCallbackPool<infer Connection>
      ? Connection
      : never;

export interface MysqlStoreOptions<Client> extends SqlStoreOptions {
  /** Your own pool of mysql2 or mysql2/promise. */
  readonly client: Client;
}

export type { SqlStore, SqlStoreOptions } from './sql-store.ts';

/** Connections looked at after one went silent; a pool of mysql2 has ten unless the app says otherwise. */
const mostIdle = 100;

type Row = Record<string, unknown>;
type Value = string | number | null;

/** Rows as objects by column, with values as the client makes them: an app may have set its pool to something else. */
const plainRows = {
  rowsAsArray: false,
  nestTables: false,
  typeCast: (_: unknown, next: () => unknown) => next(),
} as const;

/** The owner of what nobody owns. Not the empty text, which is NULL in MariaDB's EMPTY_STRING_IS_NULL. */
const nobody = '-';

/** The table, as plain SQL for tools that own the schema. Times are milliseconds since 1970 in UTC. */
export function mysqlSchema(table: string = defaultTable): string {
  const name = requireTable(table, 'mysqlSchema');
  return `CREATE TABLE IF NOT EXISTS ${name} (
  claim_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  token VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt INT UNSIGNED NOT NULL,
  done TINYINT NOT NULL,
  lease_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answer MEDIUMTEXT CHARACTER SET utf8mb4,
  position DOUBLE,
  KEY ${indexOf(name)} (expires_at)
) ENGINE = InnoDB;
`;
}

/** ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR. */
const schemaErrors = new Set([1146, 1054]);
/** ER_LOCK_DEADLOCK. A lock wait that timed out has waited long enough. */
const deadlock = 1213;
/** ER_SP_DOES_NOT_EXIST, also said of savepoints. */
const noSavepoint = 1305;

/**
 * Remembers claims in MariaDB (from 10.5 on) or MySQL (from 8 on), in one InnoDB table that {@link SqlStore.migrate} makes.
 *
 * Statements are prepared by the server, so that values never become SQL text, in whatever `sql_mode` the session is.
 *
 * It offers mode `transactional`: the handler's writes and the completion commit together.
 *
 * @throws options_invalid
 */
export function mysqlStore<Client extends MysqlPool | MysqlCallbackPool>(
  options: MysqlStoreOptions<Client>,
): SqlStore & TransactionalStore<MysqlTransaction<Client>> {
  const { client, table: given = defaultTable, sweep = 'automatic' } = options;
  const table = requireTable(given, 'mysqlStore');
  const pool = poolOf(client);
  const runInPool = createCheckedRun(checkoutOf(pool));
  const explain = (error: unknown) =>
    explainSchema(
      explainSilence(error, 'mysqlStore', silenceHint),
      schemaErrors.has(errnoOf(error)),
      'mysqlStore',
      table,
    );
  const runOn = async (connection: MysqlConnection, sql: string, values: readonly Value[]) =>
    (await connection.execute({ sql, ...plainRows }, [...values]))[0];
  const step = (sql: string, values: readonly Value[] = []) =>
    retryConflicts(
      async () => {
        try {
          const result = await runInPool((connection) => runOn(connection, sql, values));
          abandonment.answered();
          return result;
        } catch (error) {
          throw explain(error);
        }
      },
      (error) => errnoOf(error) === deadlock,
    );
  const share = shareOfPool(pool);
  const statements = statementsFor(table);
  const changed = (result: unknown) => (result as { affectedRows: number }).affectedRows;
  const milliseconds = (seconds: number) => Math.round(seconds * 1000);
  const memory = milliseconds(attemptMemorySeconds);
  const completeBy =
    (run: (sql: string, values: readonly Value[]) => Promise<unknown>) =>
    async (key: string, token: string, retentionSeconds: number, answer?: StoredAnswer) => {
      const values = [milliseconds(retentionSeconds), toAscii(encodeAnswer(answer)) ?? null, key, token];
      return changed(await run(statements.complete, values)) === 1;
    };
  const release = async (key: string, token: string, options?: ReleaseOptions) =>
    changed(await step(statements.release, [attemptsTakenBack(options), memory, key, token])) === 1;
  const abandonment = createAbandonment((key, token) => release(key, token, { ran: false }));
  /** A claim whose answer got lost may have been granted all the same. */
  const claimStep = async (key: string, token: string, values: readonly Value[]) => {
    try {
      return await step(statements.claim, values);
    } catch (error) {
      if (!isRefusal(error)) abandonment.abandon(key, token);
      throw error;
    }
  };
  const removeExpired = async (limit = sweepBatchSize) => changed(await step(statements.sweep(limit)));
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;

  const raise = async (key: string, position: number | undefined, retentionSeconds: number) => {
    const [row] = (await step(statements.readWatermark, [key])) as Row[];
    if (position !== undefined) {
      const expiry = milliseconds(retentionSeconds);
      await step(statements.raiseWatermark, [key, expiry, position, position, position, expiry]);
    }
    return row === undefined ? undefined : numberOf(row, 'position', settings);
  };

  return withBareErrors<SqlStore & TransactionalStore<MysqlTransaction<Client>>>({
    async claim(key, leaseSeconds): Promise<Claim> {
      const token = createToken();
      const lease = milliseconds(leaseSeconds);
      const values = [key, token, lease, lease + memory, token, lease, token, lease + memory];
      const insertId = Number(((await claimStep(key, token, values)) as { insertId: number | string }).insertId);
      if (insertId > 0) {
        sweepBeside();
        return { state: 'claimed', token, attempt: insertId };
      }
      const [row] = (await step(statements.read, [key])) as Row[];
      if (row === undefined) return { state: 'in_flight', leaseLeftSeconds: 1 };
      if (flagOf(row, 'done', settings) && flagOf(row, 'is_live', settings)) {
        return { state: 'done', answer: decodeAnswer(textOf(row, 'answer', settings)) };
      }
      return { state: 'in_flight', leaseLeftSeconds: leaseLeftSeconds(numberOf(row, 'lease_left', settings)) };
    },
    async extend(key, token, leaseSeconds) {
      const lease = milliseconds(leaseSeconds);
      return changed(await step(statements.extend, [lease, lease + memory, key, token])) === 1;
    },
    complete: completeBy(step),
    release,
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'mysqlStore',
        table,
        create: [mysqlSchema(table)],
        upgrades: [],
        run: (statement) => pool.query(statement),
        raise,
      }),
    sweep: removeExpired,
    transactionOf,
    requireTransactions: () => share.requireRoom(),
    transact: (key, token, retentionSeconds, work) =>
      share.run(() => transactInPool(key, token, retentionSeconds, work as never)),
  });

  async function transactInPool(
    key: string,
    token: string,
    retentionSeconds: number,
    work: (connection: object) => Promise<StoredAnswer | undefined>,
  ): Promise<TransactionEnd> {
    const connection = await pool.getConnection();
    const open = openMysqlTransaction(connection);
    let isClean = false;
    let isApart = false;
    try {
      await within(connection.beginTransaction(), silenceSeconds);
      await within(connection.query(`SAVEPOINT ${storeSavepoint}`), silenceSeconds);
      let answer: StoredAnswer | undefined;
      try {
        answer = await work(open.client);
      } catch (error) {
        const isUndone = (open.rolledBackBy() ?? open.perhapsRolledBackBy()) !== undefined;
        isApart = !isUndone && !(await isStillOpen(connection, 'ROLLBACK TO SAVEPOINT').catch(() => true));
        throw error;
      } finally {
        open.close();
      }
      // What the handler wrote before is gone, whatever it made of the error.
      if (open.rolledBackBy() !== undefined) throw open.rolledBackBy();
      open.nested.requireEnded();
      if (!(await isStillOpen(connection))) {
        if (open.perhapsRolledBackBy() !== undefined) throw open.perhapsRolledBackBy();
        await within(connection.commit(), silenceSeconds);
        return 'apart';
      }
      const complete = completeBy((sql, values) => runOn(connection, sql, values));
      const isOwned = await complete(key, token, retentionSeconds, answer);
      await within(isOwned ? connection.commit() : connection.rollback(), silenceSeconds);
      isClean = true;
      return isOwned;
    } catch (error) {
      if (isApart) return 'apart';
      isClean = await within(connection.rollback(), silenceSeconds).then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      // A connection that may still be inside the transaction must not serve anybody else.
      if (isClean) connection.release();
      else connection.destroy();
    }
  }
}

/** Ends the store's own savepoint, which is there in the transaction that the store began and in no other. */
async function isStillOpen(connection: MysqlConnection, end = 'RELEASE SAVEPOINT'): Promise<boolean> {
  try {
    await within(connection.query(`${end} ${storeSavepoint}`), silenceSeconds);
    return true;
  } catch (error) {
    if (errnoOf(error) === noSavepoint) return false;
    throw error;
  }
}

const settings = { at: 'mysqlStore', options: 'rowsAsArray, nestTables or typeCast' };

const silenceHint =
  'The server did not answer on this connection, which is closed now. If it cannot connect either, see connectTimeout of the pool.';

/** Whether the server itself said no, other than by ending the connection: its errors have an SQLSTATE. */
function isRefusal(error: unknown): boolean {
  const { sqlState, fatal, cause } = (error ?? {}) as { sqlState?: unknown; fatal?: unknown; cause?: unknown };
  if (typeof sqlState === 'string') return fatal !== true && !sqlState.startsWith('08');
  return cause !== undefined && isRefusal(cause);
}

function checkoutOf(pool: MysqlPool): Checkout<MysqlConnection> {
  /** Connections by when they were made, those of before the store excepted. */
  const madeAt = new WeakMap<object, number>();
  pool.on?.('connection', (connection) => madeAt.set(connection, performance.now()));
  const rawOf = (connection: MysqlConnection) => (connection as { connection?: object }).connection ?? connection;
  return {
    take: () => pool.getConnection(),
    giveBack: (connection) => connection.release(),
    destroy: (connection) => connection.destroy(),
    async takeIdle() {
      const idle: MysqlConnection[] = [];
      const from = performance.now();
      // The pool gives out what is idle before it makes another; a new one says that none is left.
      for (let taken = 0; taken < mostIdle; taken++) {
        const taking = pool.getConnection();
        const connection = await within(taking, probeSeconds).catch(() => undefined);
        if (connection === undefined) {
          taking.then(
            (late) => late.release(),
            () => undefined,
          );
          break;
        }
        idle.push(connection);
        if ((madeAt.get(rawOf(connection)) ?? 0) >= from) break;
      }
      return idle;
    },
    probe: (connection) => connection.ping(),
  };
}

/** JSON in ASCII alone, which a connection of any character set carries unchanged. */
function toAscii(json: string | undefined): string | undefined {
  return json?.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function statementsFor(table: string) {
  // Not NOW(): that depends on the session's time zone, in which an hour may come twice.
  const now = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";
  const isFree = `(expires_at <= ${now} OR (done = 0 AND lease_until <= ${now}))`;
  return {
    // Assignments are evaluated from left to right, or, in MariaDB's SIMULTANEOUS_ASSIGNMENT, all on the row as it was. In this
    // order both give the same: what decides is assigned last, and the very last one knows the owner as well.
    // LAST_INSERT_ID(attempt) brings the attempt back in the answer to the statement; 0 says not claimed.
    // https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_last-insert-id
    // https://mariadb.com/kb/en/sql-mode/#simultaneous_assignment
    claim: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at)
VALUES (?, ?, LAST_INSERT_ID(1), 0, ${now} + ?, ${now} + ?)
ON DUPLICATE KEY UPDATE
  done = IF(LAST_INSERT_ID(IF(${isFree}, IF(expires_at <= ${now}, 1, attempt + 1), 0)) > 0, 0, done),
  attempt = IF(${isFree}, IF(expires_at <= ${now}, 1, attempt + 1), attempt),
  token = IF(${isFree}, ?, token),
  answer = IF(${isFree}, NULL, answer),
  lease_until = IF(${isFree}, ${now} + ?, lease_until),
  expires_at = IF(${isFree} OR token = ?, ${now} + ?, expires_at)`,
    read: `SELECT done, answer, lease_until - ${now} AS lease_left, expires_at > ${now} AS is_live
FROM ${table} WHERE claim_key = ?`,
    extend: `UPDATE ${table} SET lease_until = ${now} + ?, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    // Once more by the same owner is no change: the first answer may have got lost on its way back.
    complete: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ? WHERE claim_key = ? AND token = ?`,
    release: `UPDATE ${table} SET token = '${nobody}', attempt = attempt - ?, lease_until = ${now}, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    readWatermark: `SELECT position FROM ${table} WHERE claim_key = ? AND expires_at > ${now}`,
    raiseWatermark: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at, position)
VALUES (?, '${nobody}', 0, 1, ${now}, ${now} + ?, ?)
ON DUPLICATE KEY UPDATE
  position = IF(expires_at > ${now}, GREATEST(position, ?), ?),
  expires_at = ${now} + ?`,
    // Not a parameter: MySQL from 8.0.22 on refuses the type in which the client sends a number as a limit.
    sweep: (limit: number) =>
      `DELETE FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ${Math.max(0, Math.trunc(limit))}`,
  };
}

function poolOf(client: MysqlPool | MysqlCallbackPool): MysqlPool {
  const pool =
    typeof (client as MysqlCallbackPool | null)?.promise === 'function'
      ? (client as MysqlCallbackPool).promise()
      : client;
  if (typeof (pool as MysqlPool | null)?.getConnection !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'mysqlStore.client',
      hint: 'It takes a pool of mysql2 or mysql2/promise.',
    });
  }
  return pool as MysqlPool;
}

/** The share of the pool with callbacks that one with promises stands upon: there may be many of these over it. */
function shareOfPool(pool: MysqlPool): PoolShare {
  const { pool: inner } = pool as { pool?: { config?: { connectionLimit?: number } } };
  return shareOf(inner ?? pool, inner?.config?.connectionLimit, 'connectionLimit of the pool');
}

function errnoOf(error: unknown): number {
  return Number((error as { errno?: unknown } | undefined)?.errno);
}
