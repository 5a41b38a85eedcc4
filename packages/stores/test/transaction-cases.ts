/** Runs a piece of work as a handler's transaction, straight on a store. */

import type { DedupeStore, Outcome, TransactionalStore, TransactionEnd } from '@countersign/core';
import { expect, vi } from 'vitest';
import { deliveryOf, shopReceiver } from './shop.ts';

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

/** Receives an event twice whose handler gets out of its transaction: it counts as handled, once, and that is reported. */
export async function receiveOutside<Transaction>(
  store: DedupeStore & TransactionalStore<Transaction>,
  work: (transaction: Transaction) => Promise<unknown>,
): Promise<void> {
  const printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
  const outcomes: Outcome[] = [];
  const receiver = shopReceiver(
    { store, namespace: `outside ${keys++}`, mode: 'transactional' },
    { onOutcome: (outcome) => void outcomes.push(outcome) },
  );
  let runs = 0;
  const receive = () =>
    receiver.receive(deliveryOf('escape'), async (_, context) => {
      runs++;
      await work(store.transactionOf(context));
    });
  expect(await receive()).toMatchObject({ kind: 'handled', transactionLost: true });
  expect((await receive()).kind).toBe('duplicate');
  expect(runs).toBe(1);
  expect(outcomes[0]).toMatchObject({ kind: 'handled', transactionLost: true });
  expect(printed.mock.calls).toEqual([[expect.stringContaining('was handled outside of its transaction')]]);
  printed.mockRestore();
}
