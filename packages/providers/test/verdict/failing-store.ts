/** A store as a receiver sees it while things go wrong: out of reach, or while its own process dies. */

import type { DedupeStore } from '@countersign/core';

/** `up`: all is well. `down`: it cannot be reached. `dying`: claims are taken, and nothing that follows arrives. */
export type StoreMode = 'up' | 'down' | 'dying';

/** The same records under another behaviour; `mode` may be changed at any time. */
export interface FailingStore extends DedupeStore {
  mode: StoreMode;
}

export function failingStore(store: DedupeStore): FailingStore {
  const failing: FailingStore = {
    ...store,
    mode: 'up',
    local: store.local === true,
    async claim(key, leaseSeconds) {
      if (failing.mode === 'down') throw new Error('The store cannot be reached.');
      return store.claim(key, leaseSeconds);
    },
    extend: async (key, token, leaseSeconds) => failing.mode === 'up' && store.extend(key, token, leaseSeconds),
    complete: async (key, token, retentionSeconds, answer) =>
      failing.mode === 'up' && store.complete(key, token, retentionSeconds, answer),
    release: async (...given) => failing.mode === 'up' && store.release(...given),
  };
  return failing;
}
