/** Asks a store whether its backend keeps its records. */

import type { DedupeStore } from './store.ts';

/** Reports a setting that should be checked. */
export type Warn = (code: 'store_setting' | 'store_unchecked', message: string) => void;

const checkedStores = new WeakSet<DedupeStore>();

/**
 * Asks a store about its backend, along with its first claim: a runtime such as Workers allows no questions before the
 * first request. No one waits for the answer.
 */
export function checkStoreOnce(store: DedupeStore, warn: Warn): void {
  if (store.check === undefined || checkedStores.has(store)) return;
  checkedStores.add(store);
  // In an async function: a store may throw synchronously, or return something that is not a list.
  const check = async () => {
    for (const { message } of (await store.check?.()) ?? []) warn('store_setting', message);
  };
  const unchecked = 'the store could not be asked about its settings; records may be less durable than they should be.';
  check()
    .catch(() => warn('store_unchecked', unchecked))
    .catch(() => undefined);
}
