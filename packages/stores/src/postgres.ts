/** A dedupe store in PostgreSQL: one statement per step, on the server's clock, with transactions for handlers. */

import {
  type Claim,
  defineStore,
  type ReleaseOptions,
  type StoredResponse,
  type StoreFinding,
  type TransactionalMethods,
  type TransactionalStore,
} from '@countersign/core';
import { releaseOrAbandon } from './abandonment.ts';
import * as records from './claim-record.ts';
import { flagOf, numberOf, textOf } from './driver-values.ts';
import { transactionOf } from './open-transaction.ts';
import { codeOf, type PostgresClient, type PostgresTransaction, type Query, type Row } from './postgres-clients.ts';
import { connectPostgres } from './postgres-connection.ts';
import { conflicts, createOnce, postgresErrors, postgresSettings } from './postgres-errors.ts';
import type { Duplicate } from './postgres-js.ts';
import { postgresSchema, statementsFor } from './postgres-statements.ts';
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
import type { OrmTransaction } from './transaction/orm-transaction.ts';

export type {
  PgClient,
  Pglite,
  PgPool,
  PgPoolClient,
  PostgresClient,
  PostgresJs,
  PostgresJsTransaction,
  PostgresTransaction,
} from './postgres-clients.ts';
export { postgresSchema } from './postgres-statements.ts';
export type { SqlStore, SqlStoreOptions } from './sql-store.ts';
export type { OrmStatement, OrmTransaction } from './transaction/orm-transaction.ts';

export interface PostgresStoreOptions<Client, Transaction = PostgresTransaction<Client>> extends SqlStoreOptions {
  /**
   * Your own client: a pg Pool, the function returned by postgres(), a PGlite; or a single pg Client, for mode `lease`
   * only.
   */
  readonly client: Client;
  /** For mode `transactional` with an ORM that opens its own transactions, such as Prisma and MikroORM. */
  readonly transaction?: OrmTransaction<Transaction>;
  /**
   * For the postgres package: makes another client like `client`. The package cannot close a single connection, so when
   * all of them have gone silent, the store switches to a client of its own made by this function. Without it the store
   * recovers only while one of them still answers.
   *
   * @example
   * const options = { max: 10 };
   * const store = postgresStore({
   *   client: postgres(url, options),
   *   duplicate: (changes) => postgres(url, { ...options, ...changes }),
   * });
   */
  readonly duplicate?: (changes: { readonly idle_timeout: number }) => Client;
}

const isOne = (rows: readonly Row[]) => rows.length === 1;

/**
 * Remembers claims in PostgreSQL (from version 11 on), in one table that {@link SqlStore.migrate} creates.
 *
 * With a Pool, postgres or PGlite it supports mode `transactional`: the handler's writes and the completion commit
 * together. Expired records are removed along with claims, in batches.
 *
 * @example
 * const store = postgresStore({ client: new pg.Pool() });
 * await store.migrate();
 *
 * @throws options_invalid
 */
export function postgresStore<Client extends PostgresClient, Transaction = PostgresTransaction<Client>>(
  options: PostgresStoreOptions<Client, Transaction>,
): SqlStore & TransactionalStore<Transaction> {
  const { client, table: given = defaultTable, sweep = 'automatic' } = options;
  const table = requireTable(given, 'postgresStore');
  const connection = connectPostgres(client, {
    transaction: options.transaction as OrmTransaction<object> | undefined,
    duplicate: options.duplicate as Duplicate | undefined,
  });
  const statements = statementsFor(table);
  const releasing = (key: string, token: string, options?: ReleaseOptions) => [
    key,
    token,
    records.attemptMemorySeconds,
    records.attemptsTakenBack(options),
  ];
  const { step, claimStep, readGranted, releaseStep, explained, transacted } = createSqlSteps<unknown, Row[]>({
    errors: {
      ...postgresErrors,
      silenceHint: connection.silenceHint ?? '',
      isConflict: (error) => conflicts.has(codeOf(error)) || connection.isLostPreparation?.(error) === true,
    },
    table,
    send: connection.query,
    release: (key, token, ran): Promise<unknown> => releaseBy(step, key, token, { ran }),
  });
  const releaseBy = (send: Query, key: string, token: string, options: ReleaseOptions | undefined): Promise<boolean> =>
    releaseOrAbandon(options, {
      release: async () => isOne(await send(statements.release, releasing(key, token, options))),
      abandon: () => send(statements.abandon, [key, token, records.abandonedSeconds]),
    });
  const completeBy =
    (query: Query, statement = statements.complete) =>
    async (key: string, token: string, retentionSeconds: number, response?: StoredResponse) =>
      isOne(await query(statement, [key, token, retentionSeconds, records.encodeResponseInAscii(response) ?? null]));
  const removeExpired = async (limit = sweepBatchSize) => (await step(statements.sweep, [limit])).length;
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;

  const raise = async (key: string, position: number | undefined, retentionSeconds: number) => {
    const [row] =
      position === undefined
        ? await step(statements.readWatermark, [key])
        : await step(statements.raiseWatermark, [key, position, retentionSeconds]);
    return row === undefined ? undefined : numberOf(row, 'position', postgresSettings);
  };

  const methods: SqlMethods = {
    async claim(key, leaseSeconds): Promise<Claim> {
      const token = records.createToken();
      // The record that prevented the claim may be gone when it is read; then the claim is tried again.
      for (let tries = 0; tries < 3; tries++) {
        const values = [key, token, leaseSeconds, leaseSeconds + records.attemptMemorySeconds];
        const [given] = await claimStep(key, token, statements.claim, values);
        if (given !== undefined) {
          sweepBeside();
          const attempt = readGranted(key, token, () => numberOf(given, 'attempt', postgresSettings));
          return { state: 'claimed', token, attempt };
        }
        const [row] = await step(statements.read, [key]);
        if (row === undefined) continue;
        if (flagOf(row, 'done', postgresSettings))
          return { state: 'done', response: records.decodeResponse(textOf(row, 'answer', postgresSettings)) };
        const milliseconds = numberOf(row, 'seconds', postgresSettings) * 1000;
        return { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(milliseconds) };
      }
      return { state: 'in_flight', leaseLeftSeconds: 1 };
    },
    extend: async (key, token, leaseSeconds) =>
      isOne(await step(statements.extend, [key, token, leaseSeconds, leaseSeconds + records.attemptMemorySeconds])),
    complete: completeBy(step),
    release: (key, token, options) =>
      releaseBy((...sent) => releaseStep(key, token, options?.ran !== false, ...sent), key, token, options),
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'postgresStore',
        table,
        // One at a time, because two that create one table at once cause an error.
        create: postgresSchema(table)
          .split(';\n')
          .filter((statement) => statement.trim() !== ''),
        upgrades: [],
        run: (statement) => createOnce(step, statement),
        raise,
      }),
    sweep: removeExpired,
    ...(connection.isEmbedded !== true && {
      check: async () => findSettings((await step(statements.settings, [table]))[0], table),
    }),
  };
  const { transaction } = connection;
  if (transaction === undefined) return defineStore(methods) as never;
  const transactional: SqlMethods & TransactionalMethods<Transaction> = {
    ...methods,
    transactionOf,
    requireTransactions: () => connection.share?.requireRoom(),
    async transact(key, token, retentionSeconds, work) {
      const isDoneBy = (query: Query) => query(statements.isDone, [key, token]).then(isOne);
      const isDone = () => isDoneBy(step);
      const end = await transacted(
        transaction(
          async (open, query) => {
            const response = await work(open as Transaction);
            const complete = completeBy(explained(query), statements.completeInTransaction);
            return () => complete(key, token, retentionSeconds, response);
          },
          { isDone, isDoneIn: isDoneBy },
        ),
      );
      return end || isDone().catch(() => false);
    },
  };
  return defineStore(transactional);
}

function findSettings(row: Row | undefined, table: string): readonly StoreFinding[] {
  if (row === undefined) return [];
  const messages = [
    row.fsync === 'off' &&
      'PostgreSQL runs with fsync = off: if its machine crashes, the records may be destroyed. Set fsync = on.',
    row.commits === 'off' &&
      'PostgreSQL runs with synchronous_commit = off: events completed just before it crashes run again. Set synchronous_commit = on for the role of the store.',
    row.persistence === 'u' &&
      `The table ${table} is unlogged: after a crash of PostgreSQL it is empty, and events run again. Run ALTER TABLE ${table} SET LOGGED.`,
  ];
  const findings = messages.flatMap((message) =>
    message === false ? [] : [{ code: 'not_durable' as const, message }],
  );
  const places = typeof row.places === 'string' ? row.places : undefined;
  return [...findings, ...findSeveralTables(table, places, 'SET search_path')];
}
