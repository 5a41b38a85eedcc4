/** Runs Knex in a handler's transaction. */

import { callbackConnectionOf } from './transaction/callback-connection.ts';

/** The parts of Knex that are used. */
export interface KnexFunction {
  readonly client: unknown;
  readonly userParams: object;
  withUserParams(parameters: object): unknown;
}

/**
 * Returns a copy of your Knex instance whose queries all run in a handler's transaction. Its `transaction()` is a
 * savepoint.
 *
 * @param transaction the result of `store.transactionOf(context)`, with pg or mysql2
 *
 * @example
 * const inner = knexIn(knex, store.transactionOf(context));
 * await inner('payments').insert({ event_id: event.id });
 * await inner.transaction((nested) => nested('coupons').insert({ event_id: event.id }));
 */
export function knexIn<Knex extends KnexFunction>(knex: Knex, transaction: object): Knex {
  const connection = callbackConnectionOf(transaction);
  const copy = knex.withUserParams({ ...knex.userParams }) as Knex;
  Object.assign(copy.client as object, {
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    // The copy does not use the connections of the app's own Knex.
    destroy: async () => undefined,
  });
  return copy;
}
