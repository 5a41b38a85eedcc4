/** The clients of PostgreSQL that a store takes: how each runs a statement, and how it runs a transaction. */

import { type TransactionEnd, WebhookError } from '@countersign/core';
import { absorbIdleErrors } from './idle-errors.ts';
import type { OpenTransaction } from './open-transaction.ts';
import { type Checkout, createCheckedRun, silenceSeconds, within } from './silence.ts';
import { type NestedTransactions, storeSavepoint } from './transaction/nested-transactions.ts';
import { type OrmTransaction, openOrmTransaction, queryOrm, sqlStateOf } from './transaction/orm-transaction.ts';
import { openPgTransaction } from './transaction/pg-client.ts';
import { openPgliteTransaction } from './transaction/pglite.ts';
import { type PoolShare, shareOf } from './transaction/pool-share.ts';
import { openPostgresJsTransaction } from './transaction/postgres-js.ts';

export type Row = Record<string, unknown>;

/** What the store needs of a client of the package pg: a Client or PoolClient. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** What the store needs of a Pool of the package pg, or of one like it. */
export interface PgPool<Client extends PgPoolClient = PgPoolClient> extends PgClient {
  connect(): Promise<Client>;
  readonly totalCount: number;
  readonly idleCount?: number;
  /** Where it is there, at most half of `max` connections are in transactions at once. */
  readonly options?: { readonly max?: number | undefined };
}

export interface PgPoolClient extends PgClient {
  release(error?: Error | boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** What the store needs of the package postgres. */
export interface PostgresJs<Transaction extends PostgresJsTransaction = PostgresJsTransaction> {
  readonly options?: { readonly prepare?: boolean; readonly max?: number | undefined };
  unsafe(text: string, values?: never[], options?: { prepare?: boolean }): PromiseLike<Row[]>;
  begin(work: (transaction: Transaction) => Promise<unknown>): Promise<unknown>;
}

export interface PostgresJsTransaction {
  unsafe(text: string, values?: never[], options?: { prepare?: boolean }): PromiseLike<Row[]>;
}

/** What the store needs of PGlite, which is PostgreSQL inside the process. */
export interface Pglite<Transaction extends PgClient = PgClient> extends PgClient {
  transaction(work: (transaction: Transaction) => Promise<unknown>): Promise<unknown>;
}

/** What a handler gets in mode `transactional`, by the client that the store was given. */
export type PostgresTransaction<Client> =
  // Written as the two overloads of pg, of which TypeScript would otherwise look at the last alone.
  Client extends { readonly totalCount: number; connect: { (): Promise<infer PoolClient>; (callback: never): void } }
    ? PoolClient
    : // The last of the overloads of postgres.
      Client extends { begin(options: string, work: (transaction: infer Transaction) => unknown): unknown }
      ? Transaction
      : Client extends PostgresJs<infer Transaction>
        ? Transaction
        : Client extends Pglite<infer Transaction>
          ? Transaction
          : never;

/** One connection, or something that finds one. */
export type Query = (text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Any client that the store takes. */
export type PostgresClient = PgPool | PgClient | PostgresJs | Pglite;

/**
 * Runs `work`, which gives what completes the key; commits where that says true, and rolls back in any other case.
 *
 * `apart`: the handler got out of the transaction in some way, so nothing was completed.
 */
export type RunTransaction = (
  work: (open: object, query: Query) => Promise<() => Promise<boolean>>,
) => Promise<TransactionEnd>;

/** What undoes a transaction whose claim was lost, or which is another than the store's. */
class ClaimLost extends Error {}

/** How a client runs a statement, and a transaction where it can. */
export interface PostgresConnection {
  readonly query: Query;
  readonly transaction: RunTransaction | undefined;
  /** Where the client is a pool. */
  readonly share?: PoolShare;
}

/** @throws options_invalid */
export function connectPostgres(client: PostgresClient, orm?: OrmTransaction<object>): PostgresConnection {
  const connection = connectClient(client);
  if (orm === undefined) return connection;
  if (typeof orm?.run !== 'function' || typeof orm.query !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'postgresStore.transaction',
      hint: 'Expected { run, query }: run opens a transaction of your ORM, query sends a statement in it.',
    });
  }
  const run: RunTransaction = (work) =>
    commitOrRollBack(
      (body) => Promise.resolve(orm.run(body)),
      openOrmTransaction,
      (transaction) => (text, values) => queryOrm(orm, transaction, text, values),
      work,
    );
  const { share } = connection;
  return { ...connection, transaction: share === undefined ? run : (work) => share.run(() => run(work)) };
}

function connectClient(client: PostgresClient): PostgresConnection {
  if (typeof client === 'function') return connectPostgresJs(client as unknown as PostgresJs);
  if (typeof client !== 'object' || client === null || typeof (client as PgClient).query !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'postgresStore.client',
      hint: 'It takes a Pool of pg, the function of postgres, or a PGlite.',
    });
  }
  if ('transaction' in client) return connectPglite(client);
  absorbIdleErrors(client);
  const prepared = createPreparedQuery();
  if (!('connect' in client && 'totalCount' in client)) {
    return { query: (text, values) => prepared(client as PgClient, text, values), transaction: undefined };
  }
  const pool = client as PgPool;
  const run = createCheckedRun(checkoutOf(pool));
  const share = shareOf(pool, pool.options?.max, 'max of the Pool');
  const transaction = transactInPool(pool, prepared);
  return {
    query: (text, values) => run((connection) => prepared(connection, text, values)),
    share,
    transaction: (work) => share.run(() => transaction(work)),
  };
}

/** A client that is out of the pool reports a lost connection by an event as well; its query rejects anyway. */
const ignoreError = () => undefined;

function checkoutOf(pool: PgPool): Checkout<PgPoolClient> {
  const take = async () => {
    const client = await pool.connect();
    client.on?.('error', ignoreError);
    return client;
  };
  const release = (client: PgPoolClient, isLost: boolean) => {
    client.off?.('error', ignoreError);
    client.release(isLost);
  };
  return {
    take,
    giveBack: (client) => release(client, false),
    destroy: (client) => release(client, true),
    takeIdle: () => Promise.all(Array.from({ length: pool.idleCount ?? 0 }, take)),
    probe: (client) => client.query('SELECT 1'),
  };
}

type PreparedQuery = (client: PgClient, text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Names of prepared statements by their text. */
const statementNames = new Map<string, string>();
/** invalid_sql_statement_name, duplicate_prepared_statement. */
const preparationErrors = new Set(['26000', '42P05']);

/**
 * Prepares each statement once per connection: planning a claim takes as long as running it. A pooler between, such as
 * PgBouncer before 1.21, may give the next statement to another connection that knows no such name; then it stops.
 */
function createPreparedQuery(): PreparedQuery {
  let isPrepared = true;
  return async (client, text, values) => {
    if (isPrepared && values.length > 0) {
      const name = statementNames.get(text) ?? (await nameStatement(text));
      try {
        return (await client.query({ name, text, values: [...values] } as never)).rows;
      } catch (error) {
        if (!preparationErrors.has(codeOf(error))) throw error;
        isPrepared = false;
      }
    }
    return (await client.query(text, [...values])).rows;
  };
}

/**
 * Names a statement by a hash of its text: behind a pooler the connection may hold statements of another process, and the same
 * name must not stand for another text there.
 */
async function nameStatement(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const hash = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const name = `countersign_${hash}`;
  statementNames.set(text, name);
  return name;
}

function transactInPool(pool: PgPool, prepared: PreparedQuery): RunTransaction {
  return async (work) => {
    const client = await pool.connect();
    // A client that is out of the pool tells of a lost connection by an event as well; its query rejects anyway.
    const ignore = () => undefined;
    client.on?.('error', ignore);
    const query: Query = (text, values) => prepared(client, text, values);
    const open = openPgTransaction(client);
    let isClean = false;
    let isApart = false;
    try {
      await within(client.query(`BEGIN; SAVEPOINT ${storeSavepoint}`), silenceSeconds);
      let complete: () => Promise<boolean>;
      try {
        complete = await work(open.client, query);
      } catch (error) {
        isApart = await isOver(client.query(`ROLLBACK TO SAVEPOINT ${storeSavepoint}`));
        throw error;
      } finally {
        open.close();
      }
      open.nested.requireEnded();
      if (!(await isStillOpen(() => client.query(`RELEASE SAVEPOINT ${storeSavepoint}`)))) return 'apart';
      const isOwned = await complete();
      await within(client.query(isOwned ? 'COMMIT' : 'ROLLBACK'), silenceSeconds);
      isClean = true;
      return isOwned;
    } catch (error) {
      if (isApart) return 'apart';
      isClean = await within(client.query('ROLLBACK'), silenceSeconds).then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      client.off?.('error', ignore);
      // A connection that may still be inside the transaction must not serve anybody else.
      client.release(!isClean);
    }
  };
}

/**
 * Releases the store's own savepoint, which is there in the transaction that the store began and in no other.
 *
 * @throws the server's error, where a command of the handler failed in it
 */
async function isStillOpen(release: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await release();
    return true;
  } catch (error) {
    if (sqlStateOf(error) === noTransaction) return false;
    throw error;
  }
}

/** Whether a failing step tells that there is no transaction any longer. Any other failure leaves it open. */
function isOver(step: PromiseLike<unknown>): Promise<boolean> {
  return Promise.resolve(step).then(
    () => false,
    (error) => sqlStateOf(error) === noTransaction,
  );
}

/** no_active_sql_transaction: it was committed or rolled back. */
const noTransaction = '25P01';

function connectPostgresJs(sql: PostgresJs): PostgresConnection {
  const queryBy =
    (runner: PostgresJsTransaction): Query =>
    async (text, values) =>
      // Prepared, unless the app has told its client not to, as it must behind some poolers.
      within(runner.unsafe(text, [...values] as never[], { prepare: sql.options?.prepare ?? true }), silenceSeconds);
  const share = shareOf(sql, sql.options?.max, 'max of postgres()');
  return {
    query: queryBy(sql),
    share,
    transaction: (work) =>
      share.run(() =>
        commitOrRollBack(
          (body) => sql.begin(body),
          (transaction) => openPostgresJsTransaction(transaction, sql),
          queryBy,
          work,
        ),
      ),
  };
}

function connectPglite(database: Pglite): PostgresConnection {
  const queryBy =
    (runner: PgClient): Query =>
    async (text, values) =>
      (await runner.query(text, [...values])).rows;
  return {
    query: queryBy(database),
    transaction: (work) => commitOrRollBack((body) => database.transaction(body), openPgliteTransaction, queryBy, work),
  };
}

/** For clients that begin and end a transaction themselves and roll back whatever throws. */
async function commitOrRollBack<Transaction extends object>(
  begin: (body: (transaction: Transaction) => Promise<void>) => Promise<unknown>,
  openUp: (
    transaction: Transaction,
  ) => OpenTransaction<object> & { readonly nested: Pick<NestedTransactions, 'requireEnded'> },
  queryBy: (transaction: Transaction) => Query,
  work: Parameters<RunTransaction>[0],
): Promise<TransactionEnd> {
  let isApart = false;
  try {
    await begin(async (transaction) => {
      const query = queryBy(transaction);
      await query(`SAVEPOINT ${storeSavepoint}`, []);
      const open = openUp(transaction);
      let complete: () => Promise<boolean>;
      try {
        complete = await work(open.client, query);
      } catch (error) {
        isApart = await isOver(query(`ROLLBACK TO SAVEPOINT ${storeSavepoint}`, []));
        throw error;
      } finally {
        open.close();
      }
      open.nested.requireEnded();
      isApart = !(await isStillOpen(() => query(`RELEASE SAVEPOINT ${storeSavepoint}`, [])));
      if (isApart) throw new ClaimLost();
      if (!(await complete())) throw new ClaimLost();
    });
    return true;
  } catch (error) {
    if (isApart) return 'apart';
    if (error instanceof ClaimLost) return false;
    throw error;
  }
}

/** The error's SQLSTATE. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
