/** Asks a store whether its backend keeps what it is given. */

import type { DedupeStore } from './store.ts';

/** Says what should be looked at. */
export type Warn = (code: 'store_setting' | 'store_unchecked', message: string) => void;

const checkedStores = new WeakSet<DedupeStore>();

/**
 * Asks a store about its backend, beside its first claim: a runtime such as Workers allows no question before the first
 * request. Nobody waits for the answer.
 */
export function checkStoreOnce(store: DedupeStore, warn: Warn): void {
  if (store.check === undefined || checkedStores.has(store)) return;
  checkedStores.add(store);
  // Inside an async function: a store may throw at once, and what it finds may be no list.
  const check = async () => {
    for (const { message } of (await store.check?.()) ?? []) warn('store_setting', message);
  };
  const unchecked = 'the store could not be asked about its settings; records may be less safe than they should be.';
  check()
    .catch(() => warn('store_unchecked', unchecked))
    .catch(() => undefined);
}
