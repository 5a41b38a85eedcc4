/** Transactions that a client or an ORM begins and ends itself, and rolls back if its callback rejects. */

import { type TransactionEnd, WebhookError } from '@countersign/core';
import type { OpenTransaction } from '../open-transaction.ts';
import { silenceSeconds } from '../silence.ts';
import { TimeLimit } from '../time-limit.ts';
import type { NestedTransactions } from './nested-transactions.ts';
import type { StoreSavepoint } from './store-savepoint.ts';

/** Undoes a transaction whose claim was lost, or that is not the store's. */
class ClaimLost extends Error {}

/** Maximum time for a transaction to open once no one is waiting for it. */
const openLimit = new TimeLimit(silenceSeconds);

/** The way the body of a transaction ended. */
type BodyEnd = 'completed' | { readonly error: unknown };

/**
 * Asks whether the key is already done by the same claim: a user's function may repeat its transaction, for example
 * after a COMMIT whose answer was lost, or call its work twice.
 */
export interface RepetitionCheck<Transaction> {
  /** As the transaction sees it. */
  isDoneIn(transaction: Transaction): Promise<boolean>;
  /** As everyone sees it, outside of any transaction. */
  isDone(): Promise<boolean>;
}

/** The way one client runs transactions. */
export interface ClientTransactions<Transaction extends object> {
  begin(body: (transaction: Transaction) => Promise<void>): PromiseLike<unknown>;
  /** If `begin` is the user's own function: the name of its option in errors. */
  readonly at?: string;
  /** Passed to the handler. */
  open(
    transaction: Transaction,
  ): OpenTransaction<object> & { readonly nested: Pick<NestedTransactions, 'requireEnded'> };
  savepoint(transaction: Transaction): StoreSavepoint;
  /**
   * True if the writes made before the savepoint disappeared are committed. Default true, because only a commit ends it
   * unseen.
   */
  wasCommitted?(): Promise<boolean>;
  /** If `begin` is the user's own function. */
  readonly repetition?: RepetitionCheck<Transaction>;
}

/**
 * Runs `work` in a transaction, then its result, which completes the key; commits if that returns true.
 *
 * @returns `apart` if the handler left the transaction, so nothing was completed; `true` also if an earlier call of the
 *   body has completed the key, so this one was not needed
 */
export async function commitOrRollBack<Transaction extends object>(
  transactions: ClientTransactions<Transaction>,
  work: (open: object, transaction: Transaction) => Promise<() => Promise<boolean>>,
): Promise<TransactionEnd> {
  let isApart = false;
  let end: BodyEnd | 'running' | undefined;
  let body: Promise<void> | undefined;
  let isAbandoned = false;
  let calls = 0;
  let called: () => void = () => undefined;
  const wasCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  const run = async (transaction: Transaction) => {
    // Nothing to do, and nothing was written: the user's function commits an empty transaction.
    if (calls > 1 && (await transactions.repetition?.isDoneIn(transaction))) return;
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
  };
  /** A client commits after the body has resolved, and never hides its error; a user's function may do either. */
  const requireWaitedFor = async () => {
    const endThen = end as BodyEnd | 'running' | undefined;
    if (endThen === 'completed') return;
    // The handler ends before its attempt does, even if no one is waiting for its transaction.
    await openLimit.run(wasCalled).catch(() => undefined);
    isAbandoned = body === undefined;
    await body?.catch(() => undefined);
    const failed = end as BodyEnd | undefined;
    if (isApart && typeof failed === 'object') throw failed.error;
    throw notWaitedFor(transactions.at, failed);
  };
  const follow = async (transaction: Transaction) => {
    end = 'running';
    try {
      await run(transaction);
      end = 'completed';
    } catch (error) {
      end = { error };
      throw error;
    }
  };
  try {
    await transactions.begin((transaction) => {
      if (isAbandoned) return Promise.reject(notWaitedFor(transactions.at, undefined));
      called();
      calls++;
      body = follow(transaction);
      return body;
    });
    await requireWaitedFor();
    return true;
  } catch (error) {
    if (calls > 1 && (await transactions.repetition?.isDone().catch(() => false))) return true;
    if (isApart) {
      if ((await transactions.wasCommitted?.()) ?? true) return 'apart';
      throw error instanceof ClaimLost ? rolledBack() : error;
    }
    if (error instanceof ClaimLost) return false;
    throw error;
  }
}

/** The user's function that opens transactions resolved, and it is not known whether a transaction was committed. */
function notWaitedFor(at: string | undefined, end: BodyEnd | undefined): WebhookError {
  return new WebhookError('options_invalid', {
    ...(at !== undefined && { at }),
    hint: "transaction.run resolved without a commit that the store could wait for: it did not call work, did not wait for it, or swallowed its error. Return or await your ORM's promise in transaction.run, and let it reject.",
    ...(typeof end === 'object' && { cause: end.error }),
  });
}

/** The database rolled back the handler's writes without the handler noticing. */
export function rolledBack(): WebhookError {
  return new WebhookError('store_unavailable', {
    at: 'context.transaction',
    hint: 'The database rolled back the whole transaction while the handler ran, as it does after a deadlock or in a procedure with ROLLBACK. Let such an error through, and do not call such a procedure. The response is 503, so the event runs again.',
  });
}
