/** The connection that Knex and TypeORM use: for mysql2 the one with callbacks. */

/** @param transaction the transaction of a handler with pg or mysql2 */
export function callbackConnectionOf(transaction: object): object {
  const { connection } = transaction as { connection?: { promise?: unknown } };
  return typeof connection?.promise === 'function' ? connection : transaction;
}
