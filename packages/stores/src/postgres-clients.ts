/**
 * The PostgreSQL clients that a store accepts, and the way it runs statements and, if possible, transactions on each.
 */

import type { TransactionEnd } from '@countersign/core';
import type { RepetitionCheck } from './transaction/client-transaction.ts';
import type { PoolShare } from './transaction/pool-share.ts';

export type Row = Record<string, unknown>;

/** The parts of a pg client that the store uses: a Client or PoolClient. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  /** The server's last transaction status: `I`, `T`, or `E` for a failed transaction. */
  getTransactionStatus?(): string | null;
}

/** The parts of a pg Pool, or of a compatible one, that the store uses. */
export interface PgPool<Client extends PgPoolClient = PgPoolClient> extends PgClient {
  connect(): Promise<Client>;
  on?(event: 'connect', listener: (client: Client) => void): unknown;
  readonly totalCount: number;
  readonly idleCount?: number;
  /** If set, at most half of `max` connections are in transactions at once. */
  readonly options?: { readonly max?: number | undefined };
}

export interface PgPoolClient extends PgClient {
  release(error?: Error | boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** The parts of the postgres package that the store uses. */
export interface PostgresJs<Transaction extends PostgresJsTransaction = PostgresJsTransaction> {
  readonly options?: { readonly prepare?: boolean; readonly max?: number | undefined };
  unsafe(text: string, values?: never[], options?: { prepare?: boolean }): PromiseLike<Row[]>;
  begin(work: (transaction: Transaction) => Promise<unknown>): Promise<unknown>;
  end?(options: { timeout: number }): Promise<unknown>;
}

export interface PostgresJsTransaction {
  unsafe(text: string, values?: never[], options?: { prepare?: boolean }): PromiseLike<Row[]>;
}

/** The parts of PGlite, which is PostgreSQL inside the process, that the store uses. */
export interface Pglite<Transaction extends PgClient = PgClient> extends PgClient {
  query(
    text: string,
    values?: unknown[],
    options?: { serializers: Record<number, (value: unknown) => string> },
  ): Promise<{ rows: Row[] }>;
  /** True if a transaction is open in its only session. */
  isInTransaction?(): boolean;
  transaction(work: (transaction: Transaction) => Promise<unknown>): Promise<unknown>;
}

/** Passed to a handler in mode `transactional`, depending on the client that the store was given. */
export type PostgresTransaction<Client> =
  // Written as pg's two overloads, because TypeScript would otherwise only use the last one.
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

/** Any client that the store accepts. */
export type PostgresClient = PgPool | PgClient | PostgresJs | Pglite;

/**
 * Runs `work`, which returns a function that completes the key; commits if that returns true, and rolls back otherwise.
 *
 * `apart`: the handler left the transaction in some way, so nothing was completed.
 */
export type RunTransaction = (
  work: (open: object, query: Query) => Promise<() => Promise<boolean>>,
  repetition: RepetitionCheck<Query>,
) => Promise<TransactionEnd>;

/** The way a client runs a statement, and a transaction if it can. */
export interface PostgresConnection {
  readonly query: Query;
  readonly transaction: RunTransaction | undefined;
  /** True if a statement failed because its prepared form was lost, and can be sent again. */
  readonly isLostPreparation?: (error: unknown) => boolean;
  /** The hint for a connection that did not answer. */
  readonly silenceHint?: string;
  /** Set if the client is a pool. */
  readonly share?: PoolShare;
  /** True if the database is inside the process, without server settings. */
  readonly isEmbedded?: boolean;
}

/** The error's SQLSTATE. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
