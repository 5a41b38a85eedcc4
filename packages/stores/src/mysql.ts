/** A dedupe store in MariaDB or MySQL: one statement per step, on the server's clock, with transactions for handlers. */

import {
  type Claim,
  type StoredAnswer,
  type TransactionalStore,
  type TransactionEnd,
  WebhookError,
} from '@countersign/core';
import { attemptMemorySeconds, createToken, decodeAnswer, encodeAnswer, leaseLeftSeconds } from './claim-record.ts';
import { transactionOf } from './open-transaction.ts';
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

/** What the store needs of a connection of mysql2/promise. */
export interface MysqlConnection {
  query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
  beginTransaction(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): void;
  destroy(): void;
}

/** What the store needs of a Pool of mysql2/promise. */
export interface MysqlPool<Connection extends MysqlConnection = MysqlConnection> {
  query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
  getConnection(): Promise<Connection>;
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

type Row = Record<string, unknown>;

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
  const runOn = async (connection: Pick<MysqlPool, 'query'>, sql: string, values: readonly unknown[]) => {
    try {
      return (await connection.query(sql, [...values]))[0];
    } catch (error) {
      throw explainSchema(error, schemaErrors.has(numberOf(error)), 'mysqlStore', table);
    }
  };
  const step = (sql: string, values: readonly unknown[]) =>
    retryConflicts(
      () => runOn(pool, sql, values),
      (error) => numberOf(error) === deadlock,
    );
  const share = shareOfPool(pool);
  const statements = statementsFor(table);
  const changed = (result: unknown) => (result as { affectedRows: number }).affectedRows;
  const milliseconds = (seconds: number) => Math.round(seconds * 1000);
  const memory = milliseconds(attemptMemorySeconds);
  const completeBy =
    (run: (sql: string, values: readonly unknown[]) => Promise<unknown>) =>
    async (key: string, token: string, retentionSeconds: number, answer?: StoredAnswer) => {
      const values = [milliseconds(retentionSeconds), encodeAnswer(answer) ?? null, key, token];
      return changed(await run(statements.complete, values)) === 1;
    };
  const removeExpired = async (limit = sweepBatchSize) => changed(await step(statements.sweep, [limit]));
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;

  return {
    async claim(key, leaseSeconds): Promise<Claim> {
      const token = createToken();
      const lease = milliseconds(leaseSeconds);
      const values = [key, token, lease, lease + memory, token, token, lease, token, lease + memory, token];
      const { insertId } = (await step(statements.claim, values)) as { insertId: number };
      if (insertId > 0) {
        sweepBeside();
        return { state: 'claimed', token, attempt: insertId };
      }
      const [row] = (await step(statements.read, [key])) as Row[];
      if (row !== undefined && Number(row.done) === 1 && Number(row.is_live) === 1) {
        return { state: 'done', answer: decodeAnswer(row.answer as string | null) };
      }
      return { state: 'in_flight', leaseLeftSeconds: leaseLeftSeconds(Number(row?.lease_left ?? 0)) };
    },
    async extend(key, token, leaseSeconds) {
      const lease = milliseconds(leaseSeconds);
      return changed(await step(statements.extend, [lease, lease + memory, key, token])) === 1;
    },
    complete: completeBy(step),
    release: async (key, token) => changed(await step(statements.release, [memory, key, token])) === 1,
    async raiseWatermark(key, position, retentionSeconds) {
      const [row] = (await step(statements.readWatermark, [key])) as Row[];
      if (position !== undefined) {
        const expiry = milliseconds(retentionSeconds);
        await step(statements.raiseWatermark, [key, expiry, position, position, position, expiry]);
      }
      return row === undefined ? undefined : Number(row.position);
    },
    migrate: async () => void (await pool.query(mysqlSchema(table))),
    sweep: removeExpired,
    transactionOf,
    requireTransactions: () => share.requireRoom(),
    transact: (key, token, retentionSeconds, work) =>
      share.run(() => transactInPool(key, token, retentionSeconds, work as never)),
  };

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
      await connection.beginTransaction();
      await connection.query(`SAVEPOINT ${storeSavepoint}`);
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
        await connection.commit();
        return 'apart';
      }
      const complete = completeBy((sql, values) => runOn(connection, sql, values));
      const isOwned = await complete(key, token, retentionSeconds, answer);
      await (isOwned ? connection.commit() : connection.rollback());
      isClean = true;
      return isOwned;
    } catch (error) {
      if (isApart) return 'apart';
      isClean = await connection.rollback().then(
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
    await connection.query(`${end} ${storeSavepoint}`);
    return true;
  } catch (error) {
    if (numberOf(error) === noSavepoint) return false;
    throw error;
  }
}

function statementsFor(table: string) {
  // Not NOW(): that depends on the session's time zone, in which an hour may come twice.
  const now = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";
  const isFree = `(expires_at <= ${now} OR (done = 0 AND lease_until <= ${now}))`;
  return {
    // Assignments are evaluated from left to right, so the first still sees the row as it was and the last ones see whose
    // it is now. LAST_INSERT_ID(attempt) brings the attempt back in the answer to the statement; 0 says not claimed.
    // https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_last-insert-id
    claim: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at)
VALUES (?, ?, LAST_INSERT_ID(1), 0, ${now} + ?, ${now} + ?)
ON DUPLICATE KEY UPDATE
  done = IF(LAST_INSERT_ID(IF(${isFree}, IF(expires_at <= ${now}, 1, attempt + 1), 0)) > 0, 0, done),
  attempt = IF(${isFree}, IF(expires_at <= ${now}, 1, attempt + 1), attempt),
  token = IF(${isFree}, ?, token),
  lease_until = IF(token = ?, ${now} + ?, lease_until),
  expires_at = IF(token = ?, ${now} + ?, expires_at),
  answer = IF(token = ?, NULL, answer)`,
    read: `SELECT done, answer, lease_until - ${now} AS lease_left, expires_at > ${now} AS is_live
FROM ${table} WHERE claim_key = ?`,
    extend: `UPDATE ${table} SET lease_until = ${now} + ?, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    // Once more by the same owner is no change: the first answer may have got lost on its way back.
    complete: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ? WHERE claim_key = ? AND token = ?`,
    release: `UPDATE ${table} SET token = '', lease_until = ${now}, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    readWatermark: `SELECT position FROM ${table} WHERE claim_key = ? AND expires_at > ${now}`,
    raiseWatermark: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at, position)
VALUES (?, '', 0, 1, ${now}, ${now} + ?, ?)
ON DUPLICATE KEY UPDATE
  position = IF(expires_at > ${now}, GREATEST(position, ?), ?),
  expires_at = ${now} + ?`,
    sweep: `DELETE FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ?`,
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

function numberOf(error: unknown): number {
  return Number((error as { errno?: unknown } | undefined)?.errno);
}
