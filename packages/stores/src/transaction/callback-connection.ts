/** The connection that Knex and TypeORM know: of mysql2 the one with callbacks. */

/** @param transaction what a handler gets over pg or mysql2 */
export function callbackConnectionOf(transaction: object): object {
  const { connection } = transaction as { connection?: { promise?: unknown } };
  return typeof connection?.promise === 'function' ? connection : transaction;
}
