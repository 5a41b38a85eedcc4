/**
 * A mysql2 pool as the store uses it: prepared statements, each committed, on connections that are dropped when they go
 * silent.
 */

import { WebhookError } from '@countersign/core';
import { flagOf } from './driver-values.ts';
import { type Checkout, createCheckedRun, probeSeconds, takeForTransaction } from './silence.ts';
import { TimeLimit } from './time-limit.ts';

/** A statement of the store, with the shape in which it reads the rows, whatever the pool's own options are. */
export interface MysqlStatement {
  sql: string;
  rowsAsArray: false;
  nestTables: false;
  typeCast: (field: unknown, next: () => unknown) => unknown;
}

/** The parts of a mysql2/promise connection that the store uses. */
export interface MysqlConnection {
  query(sql: string): Promise<[unknown, unknown]>;
  execute(statement: MysqlStatement, values?: (string | number | null | Uint8Array)[]): Promise<[unknown, unknown]>;
  ping(): Promise<unknown>;
  release(): void;
  destroy(): void;
}

/** The parts of a mysql2/promise Pool that the store uses. */
export interface MysqlPool<Connection extends MysqlConnection = MysqlConnection> {
  query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
  getConnection(): Promise<Connection>;
  on?(event: 'connection', listener: (connection: object) => void): unknown;
}

/** A mysql2 Pool with callbacks, which contains the promise one. */
export interface MysqlCallbackPool<Connection extends MysqlConnection = MysqlConnection> {
  promise(): MysqlPool<Connection>;
}

/** Passed to a handler in mode `transactional`: a mysql2/promise connection. */
export type MysqlTransaction<Client> =
  Client extends MysqlPool<infer Connection>
    ? Connection
    : Client extends MysqlCallbackPool<infer Connection>
      ? Connection
      : never;

export type MysqlRow = Record<string, unknown>;
export type MysqlValue = string | number | null | Uint8Array;

/** The driver options that change results. */
export const settings = { at: 'mysqlStore', options: 'rowsAsArray, nestTables or typeCast' };

/** Number of connections checked after one went silent; a mysql2 pool has ten by default. */
const mostIdle = 100;

/** Rows as objects by column, with the client's default values: an app may have configured its pool differently. */
const plainRows = {
  rowsAsArray: false,
  nestTables: false,
  typeCast: (_: unknown, next: () => unknown) => next(),
} as const;

/** @throws options_invalid */
export function poolOf(client: MysqlPool | MysqlCallbackPool): MysqlPool {
  const pool =
    typeof (client as MysqlCallbackPool | null)?.promise === 'function'
      ? (client as MysqlCallbackPool).promise()
      : client;
  if (typeof (pool as MysqlPool | null)?.getConnection !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'mysqlStore.client',
      hint: 'Expected a pool of mysql2 or mysql2/promise.',
    });
  }
  return pool as MysqlPool;
}

/** Sends a statement prepared, so that values never become SQL text. */
export async function execute(
  connection: MysqlConnection,
  sql: string,
  values: readonly MysqlValue[],
): Promise<unknown> {
  return (await connection.execute({ sql, ...plainRows }, [...values]))[0];
}

/** Overrides `completion_type`, which could start the next transaction immediately or close the connection. */
const plainly = 'AND NO CHAIN NO RELEASE';
export const commit = `COMMIT ${plainly}`;
export const rollback = `ROLLBACK ${plainly}`;

/** The result of a statement, and whether it was inside a transaction of other code. */
interface StepAnswer {
  readonly result?: unknown;
  readonly isForeign: boolean;
}

/** The pool, from which single steps and transactions take connections. */
export type MysqlCheckout = Checkout<MysqlConnection, StepAnswer>;

/**
 * Runs each statement on its own connection, as its own transaction.
 *
 * A session without autocommit gets a COMMIT, which would also commit anything that other code has left open. So each
 * connection is checked before its first step, and one with `autocommit` off before every step.
 */
export function createStepInPool(checkout: MysqlCheckout) {
  const run = createCheckedRun(checkout, 'mysqlStore', ({ result }) => result);
  /** Connections that are known to autocommit. */
  const committing = new WeakSet<object>();
  return (sql: string, values: readonly MysqlValue[]): Promise<unknown> =>
    run(async (connection) => {
      const raw = rawOf(connection);
      const isKnown = committing.has(raw);
      if (!isKnown) {
        const status = await statusOf(connection);
        if (status.isInside) return { isForeign: true };
        if (status.commits) committing.add(raw);
      }
      const result = await execute(connection, sql, values);
      const state = transactionStateOf(result);
      if (state !== 'uncommitted') return { result, isForeign: state === 'foreign' };
      // Switched off since: anything that other code wrote before the step would be committed with it.
      if (committing.delete(raw)) return { isForeign: true };
      await connection.query(commit);
      return { result, isForeign: false };
    });
}

/** Asks the server with a statement that touches nothing; its answer shows the state of the session. */
async function statusOf(connection: MysqlConnection): Promise<{ isInside: boolean; commits: boolean }> {
  const [answer] = await connection.query('DO 0');
  const { serverStatus } = answer as { serverStatus?: unknown };
  if (typeof serverStatus !== 'number') return { isInside: false, commits: true };
  return { isInside: (serverStatus & inTransaction) !== 0, commits: (serverStatus & autocommit) !== 0 };
}

/** Takes a connection on which no other code has left a transaction open. */
export const takeMysqlConnection = (checkout: MysqlCheckout): Promise<MysqlConnection> =>
  takeForTransaction(checkout, 'mysqlStore', async (connection) => (await statusOf(connection)).isInside);

/** The callback connection under a promise connection; a pool makes a new promise wrapper each time. */
function rawOf(connection: MysqlConnection): object {
  return (connection as { connection?: object }).connection ?? connection;
}

/** Bits of the server's status: https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html (read 2026-11-26) */
const [inTransaction, autocommit] = [1, 2];

/**
 * `uncommitted`: the session has `autocommit` off. `foreign`: other code left a transaction open on this connection.
 */
function transactionStateOf(result: unknown): 'committed' | 'uncommitted' | 'foreign' {
  if (Array.isArray(result)) {
    // Each read of the store also returns the setting, in a row that is always present; in MariaDB also whether it is
    // inside a transaction.
    const [row] = result as MysqlRow[];
    if (row === undefined) return 'committed';
    if (!flagOf(row, 'autocommit', settings)) return 'uncommitted';
    return row.inside !== undefined && flagOf(row, 'inside', settings) ? 'foreign' : 'committed';
  }
  const { serverStatus } = result as { serverStatus?: unknown };
  if (typeof serverStatus !== 'number') return 'committed';
  if ((serverStatus & autocommit) === 0) return 'uncommitted';
  return (serverStatus & inTransaction) === 0 ? 'committed' : 'foreign';
}

export function checkoutOf(pool: MysqlPool): MysqlCheckout {
  const probeLimit = new TimeLimit(probeSeconds);
  /** Connections in the order in which they were made, except those made before the store. */
  const madeAt = new WeakMap<object, number>();
  pool.on?.('connection', (connection) => madeAt.set(connection, performance.now()));
  return {
    isSingle: (pool as { pool?: { config?: { connectionLimit?: number } } }).pool?.config?.connectionLimit === 1,
    take: () => pool.getConnection(),
    giveBack: (connection) => connection.release(),
    isForeign: (_, answer) => answer?.isForeign === true,
    destroy: (connection) => connection.destroy(),
    async takeIdle() {
      const idle: MysqlConnection[] = [];
      const from = performance.now();
      // The pool hands out idle connections before it makes another; a new one means that none are left.
      for (let taken = 0; taken < mostIdle; taken++) {
        const taking = pool.getConnection();
        const connection = await probeLimit.run(taking).catch(() => undefined);
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
