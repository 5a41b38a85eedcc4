/** Knex on the transaction of a handler. */

import { callbackConnectionOf } from './transaction/callback-connection.ts';

/** What is needed of Knex. */
export interface KnexFunction {
  readonly client: unknown;
  readonly userParams: object;
  withUserParams(parameters: object): unknown;
}

/**
 * Makes a copy of your Knex all of whose queries run in a handler's transaction. `transaction()` of it is a savepoint.
 *
 * @param transaction what `store.transactionOf(context)` gives, over pg or mysql2
 *
 * @example
 * const knex = makeKnex({ client: 'pg', connection });
 *
 * const handle = async (event, context) => {
 *   const inner = knexIn(knex, store.transactionOf(context));
 *   await inner('payments').insert({ event_id: event.id });
 *   await inner.transaction((nested) => nested('coupons').insert({ event_id: event.id }));
 * };
 */
export function knexIn<Knex extends KnexFunction>(knex: Knex, transaction: object): Knex {
  const connection = callbackConnectionOf(transaction);
  const copy = knex.withUserParams({ ...knex.userParams }) as Knex;
  Object.assign(copy.client as object, {
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    // The connections of the app's own Knex are none of this copy's.
    destroy: async () => undefined,
  });
  return copy;
}
