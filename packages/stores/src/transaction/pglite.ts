/** A PGlite transaction while a handler uses it. */

import { type OpenTransaction, openTransaction } from '../open-transaction.ts';
import { NestedTransactions, type Replacement } from './nested-transactions.ts';

type Send = (...given: unknown[]) => Promise<unknown>;

export interface OpenPgliteTransaction extends OpenTransaction<object> {
  readonly nested: NestedTransactions;
}

/** Wraps the transaction from `database.transaction()`. */
export function openPgliteTransaction(transaction: object): OpenPgliteTransaction {
  const nested = new NestedTransactions('postgres');
  const inner = transaction as unknown as { query: Send; exec: Send; sql: Send };
  const replace = async ({ text, undo }: Replacement, send: Send) => {
    try {
      return await send(text);
    } catch (error) {
      undo();
      throw error;
    }
  };
  const open = openTransaction(transaction, (tenure, wrapped) => {
    const watched =
      (send: Send): Send =>
      async (...given) => {
        tenure.requireOpen();
        const [first] = given;
        const replacement = nested.decide(Array.isArray(first) ? first.join('?') : String(first));
        if (replacement === undefined) return send(...given);
        return replace(replacement, Array.isArray(first) ? inner.query : send);
      };
    return {
      query: watched(inner.query),
      exec: watched(inner.exec),
      sql: watched(inner.sql),
      async rollback() {
        tenure.requireOpen();
        await replace(nested.rollback(), inner.query);
      },
      // A PGlite transaction has none, and Drizzle begins its own with it.
      async transaction(work: (transaction: object) => unknown) {
        tenure.requireOpen();
        await replace(nested.begin(), inner.query);
        try {
          const result = await work(wrapped());
          await replace(nested.commit(), inner.query);
          return result;
        } catch (error) {
          tenure.requireOpen();
          await replace(nested.rollback(), inner.query);
          throw error;
        }
      },
    };
  });
  return { ...open, nested };
}
