/** A pool of mysql2 as a store uses it: prepared statements, each committed, on connections that are given up when they go silent. */

import { WebhookError } from '@countersign/core';
import { flagOf } from './driver-values.ts';
import { type Checkout, createCheckedRun, probeSeconds, takeForTransaction } from './silence.ts';
import { TimeLimit } from './time-limit.ts';

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

export type MysqlRow = Record<string, unknown>;
export type MysqlValue = string | number | null;

/** What a driver can change of results. */
export const settings = { at: 'mysqlStore', options: 'rowsAsArray, nestTables or typeCast' };

/** Connections looked at after one went silent; a pool of mysql2 has ten unless the app says otherwise. */
const mostIdle = 100;

/** Rows as objects by column, with values as the client makes them: an app may have set its pool to something else. */
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
      hint: 'It takes a pool of mysql2 or mysql2/promise.',
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

/** Whatever `completion_type` says, which could begin the next transaction at once or close the connection. */
const plainly = 'AND NO CHAIN NO RELEASE';
export const commit = `COMMIT ${plainly}`;
export const rollback = `ROLLBACK ${plainly}`;

/** What a statement answered, and whether it was inside a transaction of other code. */
interface StepAnswer {
  readonly result?: unknown;
  readonly isForeign: boolean;
}

/** The pool as single steps and transactions take connections out of it. */
export type MysqlCheckout = Checkout<MysqlConnection, StepAnswer>;

/**
 * Runs each statement on a connection of its own, as a transaction of its own.
 *
 * A session that does not commit by itself gets a COMMIT, which would also commit what other code has left open there. So each connection is
 * asked before its first step, and one with `autocommit` off before every step.
 */
export function createStepInPool(checkout: MysqlCheckout) {
  const run = createCheckedRun(checkout, 'mysqlStore', ({ result }) => result);
  /** Connections that commit by themselves, as far as is known. */
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
      // Switched off since: what other code may have written before the step would be committed with it.
      if (committing.delete(raw)) return { isForeign: true };
      await connection.query(commit);
      return { result, isForeign: false };
    });
}

/** Asks the server, by a statement that touches nothing: its answer tells the state of the session. */
async function statusOf(connection: MysqlConnection): Promise<{ isInside: boolean; commits: boolean }> {
  const [answer] = await connection.query('DO 0');
  const { serverStatus } = answer as { serverStatus?: unknown };
  if (typeof serverStatus !== 'number') return { isInside: false, commits: true };
  return { isInside: (serverStatus & inTransaction) !== 0, commits: (serverStatus & autocommit) !== 0 };
}

/** Takes a connection on which no other code has left a transaction open. */
export const takeMysqlConnection = (checkout: MysqlCheckout): Promise<MysqlConnection> =>
  takeForTransaction(checkout, 'mysqlStore', async (connection) => (await statusOf(connection)).isInside);

/** The one with callbacks that a connection with promises stands upon; a pool makes another of the latter each time. */
function rawOf(connection: MysqlConnection): object {
  return (connection as { connection?: object }).connection ?? connection;
}

/** Bits of the server's status: https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html (read 2026-11-26) */
const [inTransaction, autocommit] = [1, 2];

/** `uncommitted`: the session has `autocommit` off. `foreign`: other code left a transaction open on this connection. */
function transactionStateOf(result: unknown): 'committed' | 'uncommitted' | 'foreign' {
  if (Array.isArray(result)) {
    // Each reading of the store brings the setting along, in a row that is always there; MariaDB also whether it is inside a transaction.
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
  /** Connections by when they were made, those of before the store excepted. */
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
      // The pool gives out what is idle before it makes another; a new one says that none is left.
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
