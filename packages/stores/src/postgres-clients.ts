/** The clients of PostgreSQL that a store takes: how each runs a statement, and how it runs a transaction. */

import { WebhookError } from '@countersign/core';
import { absorbIdleErrors } from './idle-errors.ts';
import { openTransaction } from './open-transaction.ts';
import { type Checkout, createCheckedRun, silenceSeconds, within } from './silence.ts';

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
}

export interface PgPoolClient extends PgClient {
  release(error?: Error | boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** What the store needs of the package postgres. */
export interface PostgresJs<Transaction extends PostgresJsTransaction = PostgresJsTransaction> {
  readonly options?: { readonly prepare?: boolean };
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
    : Client extends PostgresJs<infer Transaction>
      ? Transaction
      : Client extends Pglite<infer Transaction>
        ? Transaction
        : never;

/** One connection, or something that finds one. */
export type Query = (text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Any client that the store takes. */
export type PostgresClient = PgPool | PgClient | PostgresJs | Pglite;

/** Runs `work`, which gives what completes the key; commits where that says true, and rolls back in any other case. */
export type RunTransaction = (
  work: (open: object, query: Query) => Promise<() => Promise<boolean>>,
) => Promise<boolean>;

/** What undoes a transaction whose claim was lost. */
class ClaimLost extends Error {}

/** @throws options_invalid */
export function connectPostgres(client: PostgresClient): { query: Query; transaction: RunTransaction | undefined } {
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
  return {
    query: (text, values) => run((connection) => prepared(connection, text, values)),
    transaction: transactInPool(pool, prepared),
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
    const open = openTransaction(client);
    let isClean = false;
    try {
      await within(client.query('BEGIN'), silenceSeconds);
      let complete: () => Promise<boolean>;
      try {
        complete = await work(open.client, query);
      } finally {
        open.close();
      }
      const isOwned = await complete();
      await within(client.query(isOwned ? 'COMMIT' : 'ROLLBACK'), silenceSeconds);
      isClean = true;
      return isOwned;
    } catch (error) {
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

function connectPostgresJs(sql: PostgresJs): { query: Query; transaction: RunTransaction } {
  const queryBy =
    (runner: PostgresJsTransaction): Query =>
    async (text, values) =>
      // Prepared, unless the app has told its client not to, as it must behind some poolers.
      within(runner.unsafe(text, [...values] as never[], { prepare: sql.options?.prepare ?? true }), silenceSeconds);
  return {
    query: queryBy(sql),
    transaction: (work) => commitOrRollBack((body) => sql.begin(body), queryBy, work),
  };
}

function connectPglite(database: Pglite): { query: Query; transaction: RunTransaction } {
  const queryBy =
    (runner: PgClient): Query =>
    async (text, values) =>
      (await runner.query(text, [...values])).rows;
  return {
    query: queryBy(database),
    transaction: (work) => commitOrRollBack((body) => database.transaction(body), queryBy, work),
  };
}

/** For clients that begin and end a transaction themselves and roll back whatever throws. */
async function commitOrRollBack<Transaction extends object>(
  begin: (body: (transaction: Transaction) => Promise<void>) => Promise<unknown>,
  queryBy: (transaction: Transaction) => Query,
  work: Parameters<RunTransaction>[0],
): Promise<boolean> {
  try {
    await begin(async (transaction) => {
      const open = openTransaction(transaction);
      let complete: () => Promise<boolean>;
      try {
        complete = await work(open.client, queryBy(transaction));
      } finally {
        open.close();
      }
      if (!(await complete())) throw new ClaimLost();
    });
    return true;
  } catch (error) {
    if (error instanceof ClaimLost) return false;
    throw error;
  }
}

/** The error's SQLSTATE. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
