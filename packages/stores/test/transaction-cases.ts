/** Runs a piece of work as a handler's transaction, straight on a store. */

import type { DedupeStore, TransactionalStore, TransactionEnd } from '@countersign/core';

let keys = 0;

/** Claims a new key and runs `work` in a transaction; tells how it ended and whether the key counts as done. */
export async function inTransaction<Transaction>(
  store: DedupeStore & TransactionalStore<Transaction>,
  work: (transaction: Transaction) => unknown,
): Promise<{ end: TransactionEnd; state: string }> {
  const key = `transaction ${process.pid} ${keys++}`;
  const claim = await store.claim(key, 30);
  if (claim.state !== 'claimed') throw new Error('not claimed');
  const end = await store.transact(key, claim.token, 60, async (transaction) => {
    await work(transaction);
    return undefined;
  });
  const { state } = await store.claim(key, 30);
  return { end, state };
}

/** What a call failed with, whether it threw or rejected. */
export async function failureOf(call: () => unknown): Promise<{ code?: unknown; message: string } | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error as { code?: unknown; message: string };
  }
}
