/** Runs TypeORM in a handler's transaction. */

import { callbackConnectionOf } from './transaction/callback-connection.ts';

/** The parts of a TypeORM DataSource that are used. */
export interface TypeormDataSource {
  readonly manager: unknown;
  createQueryRunner(): { readonly manager: unknown };
}

/**
 * Returns an entity manager whose queries all run in a handler's transaction. Its `transaction()` is a savepoint.
 *
 * @param transaction the result of `store.transactionOf(context)`, with pg or mysql2
 *
 * @example
 * const manager = managerIn(dataSource, store.transactionOf(context));
 * await manager.getRepository(Payment).insert({ eventId: event.id });
 * await manager.transaction((nested) => nested.save(coupon));
 */
export function managerIn<DataSource extends TypeormDataSource>(
  dataSource: DataSource,
  transaction: object,
): DataSource['manager'] {
  const runner = dataSource.createQueryRunner();
  // A runner that has a connection does not ask the pool for one.
  Object.assign(runner, { databaseConnection: callbackConnectionOf(transaction) });
  return runner.manager as DataSource['manager'];
}
