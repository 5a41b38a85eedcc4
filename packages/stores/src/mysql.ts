/** A dedupe store in MariaDB or MySQL: one statement per step, on the server's clock, with transactions for handlers. */

import {
  type Claim,
  defineStore,
  type ReleaseOptions,
  type StoredResponse,
  type StoreFinding,
  type TransactionalMethods,
  type TransactionalStore,
  type TransactionEnd,
} from '@countersign/core';
import { releaseOrAbandon } from './abandonment.ts';
import * as records from './claim-record.ts';
import { flagOf, numberOf, textOf } from './driver-values.ts';
import {
  checkoutOf,
  createStepInPool,
  execute,
  type MysqlCallbackPool,
  type MysqlPool,
  type MysqlRow,
  type MysqlTransaction,
  type MysqlValue,
  poolOf,
  settings,
} from './mysql-clients.ts';
import { mysqlErrors } from './mysql-errors.ts';
import { mysqlSchema, statementsFor } from './mysql-statements.ts';
import { createTransactInPool, type QueryInTransaction, transactInOrm } from './mysql-transactions.ts';
import { transactionOf } from './open-transaction.ts';
import { migrateTable } from './schema-version.ts';
import { createSqlSteps } from './sql-steps.ts';
import {
  defaultTable,
  findSeveralTables,
  requireTable,
  type SqlMethods,
  type SqlStore,
  type SqlStoreOptions,
} from './sql-store.ts';
import { createSweeper, sweepBatchSize } from './sweeper.ts';
import { type OrmTransaction, requireOrmTransaction } from './transaction/orm-transaction.ts';
import { shareOf } from './transaction/pool-share.ts';

export type {
  MysqlCallbackPool,
  MysqlConnection,
  MysqlPool,
  MysqlStatement,
  MysqlTransaction,
} from './mysql-clients.ts';
export { mysqlSchema } from './mysql-statements.ts';
export type { SqlStore, SqlStoreOptions } from './sql-store.ts';
export type { OrmStatement, OrmTransaction } from './transaction/orm-transaction.ts';

export interface MysqlStoreOptions<Client, Transaction = MysqlTransaction<Client>> extends SqlStoreOptions {
  /** Your own pool of mysql2 or mysql2/promise. */
  readonly client: Client;
  /** For mode `transactional` with an ORM that opens its own transactions. */
  readonly transaction?: OrmTransaction<Transaction>;
}

const milliseconds = (seconds: number) => Math.round(seconds * 1000);
const memory = milliseconds(records.attemptMemorySeconds);
const abandonedMemory = milliseconds(records.abandonedSeconds);
const isOneChanged = (result: unknown) => changedBy(result) === 1;
const changedBy = (result: unknown) => (result as { affectedRows: number }).affectedRows;

/**
 * Remembers claims in MariaDB (from 10.5 on) or MySQL (from 8 on), in one InnoDB table that {@link SqlStore.migrate}
 * creates.
 *
 * Statements are prepared by the server, so values never become SQL text, whatever the session's `sql_mode`. Each step
 * commits, even if `autocommit` is off.
 *
 * It supports mode `transactional`: the handler's writes and the completion commit together.
 *
 * @example
 * const store = mysqlStore({ client: createPool(process.env.DATABASE_URL ?? '') });
 * await store.migrate();
 *
 * @throws options_invalid
 */
export function mysqlStore<Client extends MysqlPool | MysqlCallbackPool, Transaction = MysqlTransaction<Client>>(
  options: MysqlStoreOptions<Client, Transaction>,
): SqlStore & TransactionalStore<Transaction> {
  const { client, table: given = defaultTable, sweep = 'automatic' } = options;
  const orm = options.transaction as OrmTransaction<object> | undefined;
  const table = requireTable(given, 'mysqlStore');
  const pool = poolOf(client);
  if (orm !== undefined) requireOrmTransaction(orm, 'mysqlStore');
  const checkout = checkoutOf(pool);
  const statements = statementsFor(table);
  const releasing = (key: string, token: string, options?: ReleaseOptions) => [
    records.attemptsTakenBack(options),
    memory,
    key,
    token,
  ];
  const { step, claimStep, releaseStep, explained, transacted } = createSqlSteps<MysqlValue, unknown>({
    errors: mysqlErrors,
    table,
    send: createStepInPool(checkout),
    release: (key, token, ran): Promise<unknown> => releaseBy(step, key, token, { ran }),
  });
  const releaseBy = (
    send: (text: string, values: MysqlValue[]) => Promise<unknown>,
    key: string,
    token: string,
    options: ReleaseOptions | undefined,
  ): Promise<boolean> =>
    releaseOrAbandon(options, {
      release: async () => isOneChanged(await send(statements.release, releasing(key, token, options))),
      abandon: () => send(statements.abandon, [key, abandonedMemory, token, token, token, abandonedMemory]),
    });
  const removeExpired = async (limit = sweepBatchSize) => changedBy(await step(statements.sweep(limit)));
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;

  const raise = async (key: string, position: number | undefined, retentionSeconds: number) => {
    const [row] = (await step(statements.readWatermark, [key])) as MysqlRow[];
    if (position !== undefined) {
      const expiry = milliseconds(retentionSeconds);
      await step(statements.raiseWatermark, [key, expiry, position, position, position, expiry]);
    }
    return row === undefined || row.position === null ? undefined : numberOf(row, 'position', settings);
  };

  const marks = { statements, markMilliseconds: memory, step };
  const transactInPool = createTransactInPool(checkout, marks);
  const transact = (key: string, token: string, retentionSeconds: number, work: HandlerWork) => {
    const values = (response: StoredResponse | undefined) => completionOf(key, token, retentionSeconds, response);
    const isDone = async () => ((await step(statements.isDone, [key, token])) as MysqlRow[])[0]?.claim_key === key;
    const orElseDone = async (end: TransactionEnd) => end || isDone().catch(() => false);
    if (orm === undefined) {
      const complete = explained(execute);
      return transactInPool(work, async (connection, response) =>
        isOneChanged(await complete(connection, statements.completeInTransaction, values(response))),
      ).then(orElseDone);
    }
    const isFound = async (query: QueryInTransaction, text: string) => (await query(text, [key, token])).length === 1;
    return transactInOrm(orm, marks, work, {
      async complete(query, response) {
        if (!(await isFound(query, statements.lockClaim))) return false;
        await query(statements.completeInTransaction, values(response));
        return true;
      },
      isDone,
      isDoneIn: async (query) =>
        (await isFound(query, statements.readCompletion)) && isFound(query, statements.lockCompletion),
    }).then(orElseDone);
  };
  const share = shareOfPool(pool);

  const methods: SqlMethods & TransactionalMethods<Transaction> = {
    async claim(key, leaseSeconds): Promise<Claim> {
      const token = records.createToken();
      const lease = milliseconds(leaseSeconds);
      const values = [
        ...[key, token, lease, lease + memory],
        // The owner, once for each condition of the statement.
        ...[token, token, token, token, token, lease, token, token, lease + memory],
      ];
      const claimed = (await claimStep(key, token, statements.claim, values)) as { insertId: number | string };
      const attempt = Number(claimed.insertId);
      if (attempt > 0) {
        sweepBeside();
        return { state: 'claimed', token, attempt };
      }
      const [row] = (await step(statements.read, [key])) as MysqlRow[];
      if (row === undefined || row.done === null) return { state: 'in_flight', leaseLeftSeconds: 1 };
      if (flagOf(row, 'done', settings) && flagOf(row, 'is_live', settings)) {
        return { state: 'done', response: records.decodeResponse(textOf(row, 'answer', settings)) };
      }
      const left = numberOf(row, 'lease_left', settings);
      return { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(left) };
    },
    async extend(key, token, leaseSeconds) {
      const lease = milliseconds(leaseSeconds);
      return isOneChanged(await step(statements.extend, [lease, lease + memory, key, token]));
    },
    complete: async (key, token, retentionSeconds, response) =>
      isOneChanged(await step(statements.complete, completionOf(key, token, retentionSeconds, response))),
    release: (key, token, options) =>
      releaseBy((...sent) => releaseStep(key, token, options?.ran !== false, ...sent), key, token, options),
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'mysqlStore',
        table,
        create: [mysqlSchema(table)],
        upgrades: [],
        run: explained((statement: string) => pool.query(statement)),
        raise,
      }),
    sweep: removeExpired,
    async check() {
      const [schema, name] = table.includes('.') ? table.split('.') : [null, table];
      const values = [name as string, name as string, schema as string | null];
      const [row] = (await step(statements.settings, values)) as MysqlRow[];
      return row === undefined ? [] : findSettings(row, table);
    },
    transactionOf,
    requireTransactions: () => share.requireRoom(),
    transact: (key, token, retentionSeconds, work) =>
      transacted(share.run(() => transact(key, token, retentionSeconds, work as HandlerWork))),
  };
  return defineStore(methods);
}

type HandlerWork = (transaction: object) => Promise<StoredResponse | undefined>;

function completionOf(key: string, token: string, retentionSeconds: number, response?: StoredResponse): MysqlValue[] {
  return [milliseconds(retentionSeconds), records.encodeResponseInAscii(response) ?? null, key, token];
}

function findSettings(row: MysqlRow, table: string): readonly StoreFinding[] {
  const findings: StoreFinding[] = [];
  if (numberOf(row, 'flush', settings) !== 1) {
    findings.push({
      code: 'not_durable',
      message: `The server saves commits about once a second (innodb_flush_log_at_trx_commit is ${row.flush}): events completed just before a crash run again. Set it to 1.`,
    });
  }
  const engine = textOf(row, 'engine', settings);
  if (engine !== undefined && engine !== 'InnoDB') {
    findings.push({
      code: 'not_durable',
      message: `The table ${table} uses the engine ${engine}, which cannot roll back a completion. Run ALTER TABLE ${table} ENGINE = InnoDB.`,
    });
  }
  if (flagOf(row, 'has_own_clock', settings)) {
    findings.push({
      code: 'session_dependent',
      message:
        'Other code has left SET TIMESTAMP on a pooled connection: leases and records written there expire at the wrong time, and events run again. Reset it with SET TIMESTAMP = DEFAULT.',
    });
  }
  return [...findings, ...findSeveralTables(table, textOf(row, 'places', settings), 'USE')];
}

/** The share of the callback pool under a promise pool: there may be many of the latter for one of the former. */
function shareOfPool(pool: MysqlPool) {
  const { pool: inner } = pool as { pool?: { config?: { connectionLimit?: number } } };
  return shareOf(inner ?? pool, inner?.config?.connectionLimit, 'connectionLimit of the pool');
}
