/** Joins a handler's open transaction, so that a job commits together with the record that its event is done. */

import { optionError } from './option-values.ts';

/** Runs one statement in a transaction. */
export type RunStatement = (text: string, values: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/** Options of queues in an SQL database. */
export interface JoinOptions {
  /**
   * The way in which a job joins the transaction of a receiver in mode `transactional`. Default: `transaction.query` as in pg, or `transaction.unsafe`
   * as in postgres.
   *
   * A function, for an ORM: `(tx) => (text, values) => ...`. `false`: the receiver's store is another database than the queue's, so the
   * job is sent separately, before the commit.
   */
  readonly join?: false | ((transaction: never) => RunStatement);
}

/** @returns undefined if there is no transaction to join. @throws options_invalid if it is not known how */
export function statementsOf(transaction: unknown, { join }: JoinOptions): RunStatement | undefined {
  if (transaction === undefined || transaction === null || join === false) return undefined;
  if (join !== undefined) return join(transaction as never);
  const { query, unsafe } = transaction as { query?: unknown; unsafe?: unknown };
  if (typeof query === 'function')
    return async (text, values) => query.call(transaction, text, [...values]) as Promise<{ rows: unknown[] }>;
  if (typeof unsafe === 'function')
    return async (text, values) => ({ rows: (await unsafe.call(transaction, text, [...values])) as unknown[] });
  throw optionError(
    'join',
    'The transaction of this store has neither query() nor unsafe(). Add join: (tx) => (text, values) => ..., or join: false if the queue is in another database.',
  );
}
