/**
 * The savepoint that a store sets first in a handler's transaction. While it exists, the transaction is the one that
 * the store began.
 */

import { storeSavepoint } from './nested-transactions.ts';
import { sqlStateOf } from './orm-transaction.ts';

export interface StoreSavepoint {
  set(): Promise<unknown>;
  /**
   * Releases it; returns false if it is gone.
   *
   * @throws the database's error, if a command of the handler failed in it
   */
  release(): Promise<boolean>;
  /** Rolls back to it after a handler failed, and returns whether it is gone. Any other failure leaves it in place. */
  isGone(): Promise<boolean>;
}

/**
 * @param run sends a text within the transaction
 * @param isMissing whether an error means that there is no such savepoint, or no transaction
 */
export function savepointBy(run: (text: string) => unknown, isMissing: (error: unknown) => boolean): StoreSavepoint {
  return {
    set: async () => run(`SAVEPOINT ${storeSavepoint}`),
    async release() {
      try {
        await run(`RELEASE SAVEPOINT ${storeSavepoint}`);
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
    async isGone() {
      try {
        await run(`ROLLBACK TO SAVEPOINT ${storeSavepoint}`);
        return false;
      } catch (error) {
        return isMissing(error);
      }
    },
  };
}

/** no_active_sql_transaction: it was committed or rolled back. */
const noTransaction = '25P01';

export function postgresSavepoint(run: (text: string) => unknown): StoreSavepoint {
  return savepointBy(run, (error) => sqlStateOf(error) === noTransaction);
}
