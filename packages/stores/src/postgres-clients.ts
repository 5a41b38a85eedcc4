/** The clients of PostgreSQL that a store takes, and what the store makes of each: statements, and transactions where it can. */

import type { TransactionEnd } from '@countersign/core';
import type { PoolShare } from './transaction/pool-share.ts';

export type Row = Record<string, unknown>;

/** What the store needs of a client of the package pg: a Client or PoolClient. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  /** The server's last word on whether a transaction is open: `I`, `T`, or `E` for one that failed. */
  getTransactionStatus?(): string | null;
}

/** What the store needs of a Pool of the package pg, or of one like it. */
export interface PgPool<Client extends PgPoolClient = PgPoolClient> extends PgClient {
  connect(): Promise<Client>;
  on?(event: 'connect', listener: (client: Client) => void): unknown;
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
  end?(options: { timeout: number }): Promise<unknown>;
}

export interface PostgresJsTransaction {
  unsafe(text: string, values?: never[], options?: { prepare?: boolean }): PromiseLike<Row[]>;
}

/** What the store needs of PGlite, which is PostgreSQL inside the process. */
export interface Pglite<Transaction extends PgClient = PgClient> extends PgClient {
  query(
    text: string,
    values?: unknown[],
    options?: { serializers: Record<number, (value: unknown) => string> },
  ): Promise<{ rows: Row[] }>;
  /** Whether a transaction is open in the one session that it has. */
  isInTransaction?(): boolean;
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

/** How a client runs a statement, and a transaction where it can. */
export interface PostgresConnection {
  readonly query: Query;
  readonly transaction: RunTransaction | undefined;
  /** Whether a statement failed because its prepared form got lost, and can be sent once more. */
  readonly isLostPreparation?: (error: unknown) => boolean;
  /** What to do where a connection did not answer. */
  readonly silenceHint?: string;
  /** Where the client is a pool. */
  readonly share?: PoolShare;
  /** Whether the database is inside the process, without settings of a server. */
  readonly isEmbedded?: boolean;
}

/** The error's SQLSTATE. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
