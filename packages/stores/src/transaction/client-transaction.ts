/** Transactions that a client or an ORM begins and ends by itself, and rolls back where its callback rejects. */

import { type TransactionEnd, WebhookError } from '@countersign/core';
import type { OpenTransaction } from '../open-transaction.ts';
import type { NestedTransactions } from './nested-transactions.ts';
import type { StoreSavepoint } from './store-savepoint.ts';

/** What undoes a transaction whose claim was lost, or which is another than the store's. */
class ClaimLost extends Error {}

/** How one client runs transactions. */
export interface ClientTransactions<Transaction extends object> {
  begin(body: (transaction: Transaction) => Promise<void>): PromiseLike<unknown>;
  /** What the handler gets. */
  open(
    transaction: Transaction,
  ): OpenTransaction<object> & { readonly nested: Pick<NestedTransactions, 'requireEnded'> };
  savepoint(transaction: Transaction): StoreSavepoint;
  /** Whether what was written before the savepoint was gone is there. Default: it is, since only a commit ends it unseen. */
  wasCommitted?(): Promise<boolean>;
}

/**
 * Runs `work` in a transaction, then what it returns, which completes the key; commits where that says true.
 *
 * @returns `apart` where the handler got out of the transaction, so nothing was completed
 */
export async function commitOrRollBack<Transaction extends object>(
  transactions: ClientTransactions<Transaction>,
  work: (open: object, transaction: Transaction) => Promise<() => Promise<boolean>>,
): Promise<TransactionEnd> {
  let isApart = false;
  try {
    await transactions.begin(async (transaction) => {
      const savepoint = transactions.savepoint(transaction);
      await savepoint.set();
      const open = transactions.open(transaction);
      let complete: () => Promise<boolean>;
      try {
        complete = await work(open.client, transaction);
      } catch (error) {
        isApart = await savepoint.isGone();
        throw error;
      } finally {
        open.close();
      }
      open.nested.requireEnded();
      isApart = !(await savepoint.release());
      if (isApart || !(await complete())) throw new ClaimLost();
    });
    return true;
  } catch (error) {
    if (isApart) {
      if ((await transactions.wasCommitted?.()) ?? true) return 'apart';
      throw error instanceof ClaimLost ? rolledBack() : error;
    }
    if (error instanceof ClaimLost) return false;
    throw error;
  }
}

function rolledBack(): WebhookError {
  return new WebhookError('store_unavailable', {
    at: 'context.transaction',
    hint: 'The database rolled back the whole transaction while the handler ran, as it does after a deadlock. Let such an error through. The response is 503, so the event runs again.',
  });
}
