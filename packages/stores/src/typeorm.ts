/** TypeORM on the transaction of a handler. */

import { callbackConnectionOf } from './transaction/callback-connection.ts';

/** What is needed of a DataSource of TypeORM. */
export interface TypeormDataSource {
  readonly manager: unknown;
  createQueryRunner(): { readonly manager: unknown };
}

/**
 * Makes an entity manager all of whose queries run in a handler's transaction. `transaction()` of it is a savepoint.
 *
 * @param transaction what `store.transactionOf(context)` gives, over pg or mysql2
 *
 * @example
 * const handle = async (event, context) => {
 *   const manager = managerIn(dataSource, store.transactionOf(context));
 *   await manager.getRepository(Payment).insert({ eventId: event.id });
 *   await manager.transaction((nested) => nested.save(coupon));
 * };
 */
export function managerIn<DataSource extends TypeormDataSource>(
  dataSource: DataSource,
  transaction: object,
): DataSource['manager'] {
  const runner = dataSource.createQueryRunner();
  // A runner that has a connection asks the pool for none.
  Object.assign(runner, { databaseConnection: callbackConnectionOf(transaction) });
  return runner.manager as DataSource['manager'];
}
