/** A dedupe store in PostgreSQL: one statement per step, on the server's clock, with transactions for handlers. */

import type { Claim, ReleaseOptions, StoredAnswer, TransactionalStore } from '@countersign/core';
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
import {
  codeOf,
  connectPostgres,
  type PostgresClient,
  type PostgresTransaction,
  type Query,
  type Row,
} from './postgres-clients.ts';
import { migrateTable } from './schema-version.ts';
import { createAbandonment, explainSilence } from './silence.ts';
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
export type { SqlStore, SqlStoreOptions } from './sql-store.ts';
export type { OrmStatement, OrmTransaction } from './transaction/orm-transaction.ts';

export interface PostgresStoreOptions<Client, Transaction = PostgresTransaction<Client>> extends SqlStoreOptions {
  /** Your own client: a Pool of pg, the function of postgres, a PGlite; a single Client of pg for mode `lease` alone. */
  readonly client: Client;
  /** For mode `transactional` with an ORM that opens its transactions itself, such as Prisma and MikroORM. */
  readonly transaction?: OrmTransaction<Transaction>;
}

/**
 * The table, as plain SQL for tools that own the schema.
 *
 * The index is on the day on which a record is over and not on the moment: a completion mostly leaves the day as it is,
 * so that PostgreSQL can write the row beside the old one and touch no index (HOT). That made a completion 1.6 times as
 * fast here.
 */
export function postgresSchema(table: string = defaultTable): string {
  const name = requireTable(table, 'postgresSchema');
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key text COLLATE "C" PRIMARY KEY,
  token text NOT NULL,
  attempt integer NOT NULL,
  done boolean NOT NULL,
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sweep_on date NOT NULL,
  answer text,
  position double precision
);
CREATE INDEX IF NOT EXISTS ${indexOf(name)} ON ${name} (sweep_on);
`;
}

const settings = { at: 'postgresStore', options: 'transform of postgres, or rowMode and own type parsers of pg' };

const silenceHint =
  'PostgreSQL did not answer on this connection, which is closed now. Set connectionTimeoutMillis of the pool if it cannot connect either.';

/** Whether PostgreSQL itself said no, other than by ending the connection (class 57). */
function isRefusal(error: unknown): boolean {
  const { severity, code, cause } = (error ?? {}) as { severity?: unknown; code?: unknown; cause?: unknown };
  if (typeof severity === 'string') return !String(code).startsWith('57');
  return cause !== undefined && isRefusal(cause);
}

/** undefined_table, undefined_column, datatype_mismatch: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const schemaErrors = new Set(['42P01', '42703', '42804', '42P10']);
/** serialization_failure, deadlock_detected. */
const conflicts = new Set(['40001', '40P01']);

/**
 * Remembers claims in PostgreSQL (from version 11 on), in one table that {@link SqlStore.migrate} makes.
 *
 * With a Pool, postgres or PGlite it offers mode `transactional`: the handler's writes and the completion commit
 * together. Expired records are removed beside claims, in batches.
 *
 * @throws options_invalid
 */
export function postgresStore<Client extends PostgresClient, Transaction = PostgresTransaction<Client>>(
  options: PostgresStoreOptions<Client, Transaction>,
): SqlStore & TransactionalStore<Transaction> {
  const { client, table: given = defaultTable, sweep = 'automatic' } = options;
  const table = requireTable(given, 'postgresStore');
  const connection = connectPostgres(client, options.transaction as OrmTransaction<object> | undefined);
  const run = async (query: Query, text: string, values: readonly unknown[]) => {
    try {
      const rows = await query(text, values);
      abandonment.answered();
      return rows;
    } catch (error) {
      const explained = explainSilence(error, 'postgresStore', silenceHint);
      throw explainSchema(explained, schemaErrors.has(codeOf(error)), 'postgresStore', table);
    }
  };
  const step = (text: string, values: readonly unknown[]) =>
    retryConflicts(
      () => run(connection.query, text, values),
      (error) => conflicts.has(codeOf(error)),
    );
  const statements = statementsFor(table);
  const release = async (key: string, token: string, options?: ReleaseOptions) =>
    isOne(await step(statements.release, [key, token, attemptMemorySeconds, attemptsTakenBack(options)]));
  const abandonment = createAbandonment((key, token) => release(key, token, { ran: false }));
  /** A claim whose answer got lost may have been granted all the same. */
  const claimStep = async (key: string, token: string, leaseSeconds: number) => {
    try {
      return await step(statements.claim, [key, token, leaseSeconds, leaseSeconds + attemptMemorySeconds]);
    } catch (error) {
      if (!isRefusal(error)) abandonment.abandon(key, token);
      throw error;
    }
  };
  const isOne = (rows: readonly Row[]) => rows.length === 1;
  const completeBy =
    (query: (text: string, values: readonly unknown[]) => Promise<Row[]>) =>
    async (key: string, token: string, retentionSeconds: number, answer?: StoredAnswer) =>
      isOne(await query(statements.complete, [key, token, retentionSeconds, encodeAnswer(answer) ?? null]));
  const removeExpired = async (limit = sweepBatchSize) => (await step(statements.sweep, [limit])).length;
  const sweepBeside = sweep === 'automatic' ? createSweeper(removeExpired, sweepBatchSize) : () => undefined;

  const raise = async (key: string, position: number | undefined, retentionSeconds: number) => {
    const [row] =
      position === undefined
        ? await step(statements.readWatermark, [key])
        : await step(statements.raiseWatermark, [key, position, retentionSeconds]);
    return row === undefined ? undefined : numberOf(row, 'position', settings);
  };

  const store: SqlStore = withBareErrors({
    async claim(key, leaseSeconds): Promise<Claim> {
      const token = createToken();
      // What stood in the way may be gone when it is looked at; then the claim is tried again.
      for (let tries = 0; tries < 3; tries++) {
        const [given] = await claimStep(key, token, leaseSeconds);
        if (given !== undefined) {
          sweepBeside();
          return { state: 'claimed', token, attempt: numberOf(given, 'attempt', settings) };
        }
        const [row] = await step(statements.read, [key]);
        if (row === undefined) continue;
        if (flagOf(row, 'done', settings))
          return { state: 'done', answer: decodeAnswer(textOf(row, 'answer', settings)) };
        const milliseconds = numberOf(row, 'seconds', settings) * 1000;
        return { state: 'in_flight', leaseLeftSeconds: leaseLeftSeconds(milliseconds) };
      }
      return { state: 'in_flight', leaseLeftSeconds: 1 };
    },
    extend: async (key, token, leaseSeconds) =>
      isOne(await step(statements.extend, [key, token, leaseSeconds, leaseSeconds + attemptMemorySeconds])),
    complete: completeBy(step),
    release,
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'postgresStore',
        table,
        // One at a time, since two that create one table at once are told so by an error.
        create: postgresSchema(table)
          .split(';\n')
          .filter((statement) => statement.trim() !== ''),
        upgrades: [],
        run: (statement) => createOnce(connection.query, statement),
        raise,
      }),
    sweep: removeExpired,
  });
  const { transaction } = connection;
  if (transaction === undefined) return store as never;
  return {
    ...store,
    transactionOf,
    requireTransactions: () => connection.share?.requireRoom(),
    async transact(key, token, retentionSeconds, work) {
      return transaction(async (open, query) => {
        const answer = await work(open as Transaction);
        return () => completeBy((text, values) => run(query, text, values))(key, token, retentionSeconds, answer);
      });
    },
  } satisfies TransactionalStore<Transaction> & SqlStore;
}

function statementsFor(table: string) {
  const inSeconds = (parameter: string) => `clock_timestamp() + ${parameter}::float8 * interval '1 second'`;
  const dayIn = (parameter: string) => `((${inSeconds(parameter)}) AT TIME ZONE 'UTC')::date`;
  // clock_timestamp(), since now() stands still while a statement waits for a row.
  const isFree = `(c.expires_at <= clock_timestamp() OR (NOT c.done AND c.lease_until <= clock_timestamp()))`;
  return {
    claim: `INSERT INTO ${table} AS c (key, token, attempt, done, lease_until, expires_at, sweep_on)
VALUES ($1::text, $2::text, 1, false, ${inSeconds('$3')}, ${inSeconds('$4')}, ${dayIn('$4')})
ON CONFLICT (key) DO UPDATE SET
  token = excluded.token,
  attempt = CASE WHEN c.expires_at <= clock_timestamp() THEN 1 ELSE c.attempt + 1 END,
  done = false,
  lease_until = ${inSeconds('$3')},
  expires_at = ${inSeconds('$4')},
  sweep_on = excluded.sweep_on,
  answer = NULL
WHERE ${isFree}
RETURNING attempt::text AS attempt`,
    // As texts and under one word each: drivers can be set to parse other types, and to rename columns.
    read: `SELECT done::text AS done, answer, extract(epoch FROM lease_until - clock_timestamp())::text AS seconds
FROM ${table} AS c WHERE key = $1::text AND NOT ${isFree}`,
    extend: `UPDATE ${table} SET lease_until = ${inSeconds('$3')}, expires_at = ${inSeconds('$4')}, sweep_on = ${dayIn('$4')}
WHERE key = $1::text AND token = $2::text AND NOT done RETURNING 1`,
    // Once more by the same owner is no change: the first answer may have got lost on its way back.
    complete: `UPDATE ${table} SET done = true, expires_at = ${inSeconds('$3')}, sweep_on = ${dayIn('$3')}, answer = $4::text
WHERE key = $1::text AND token = $2::text RETURNING 1`,
    release: `UPDATE ${table} SET token = '', attempt = attempt - $4::int, lease_until = clock_timestamp(), expires_at = ${inSeconds('$3')}, sweep_on = ${dayIn('$3')}
WHERE key = $1::text AND token = $2::text AND NOT done RETURNING 1`,
    readWatermark: `SELECT position FROM ${table} WHERE key = $1::text AND expires_at > clock_timestamp()`,
    raiseWatermark: `WITH raised AS (
  INSERT INTO ${table} AS c (key, token, attempt, done, lease_until, expires_at, sweep_on, position)
  VALUES ($1::text, '', 0, true, clock_timestamp(), ${inSeconds('$3')}, ${dayIn('$3')}, $2::float8)
  ON CONFLICT (key) DO UPDATE SET
    position = CASE WHEN c.expires_at > clock_timestamp() THEN greatest(c.position, $2::float8) ELSE $2::float8 END,
    expires_at = ${inSeconds('$3')},
    sweep_on = ${dayIn('$3')}
)
SELECT position FROM ${table} WHERE key = $1::text AND expires_at > clock_timestamp()`,
    sweep: `DELETE FROM ${table} WHERE key IN (
  SELECT key FROM ${table} WHERE sweep_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date AND expires_at <= clock_timestamp()
  LIMIT $1::int FOR UPDATE SKIP LOCKED
) RETURNING 1`,
  };
}

/** Two processes that create one table at once: one of them is told that a name exists already. */
async function createOnce(query: Query, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await query(statement, []);
      return;
    } catch (error) {
      const isRace = ['23505', '42P07', '42710'].includes(codeOf(error));
      if (!isRace || attempt >= 3) throw error;
    }
  }
}
