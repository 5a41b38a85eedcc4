/** A store whose errors are bare. */

import type { DedupeStore } from '@countersign/core';
import { bareError } from './bare-errors.ts';
import type { SqlStore } from './sql-store.ts';

function rejectBare(error: unknown): never {
  throw bareError(error);
}

const steps = ['claim', 'extend', 'complete', 'release', 'raiseWatermark', 'check', 'migrate', 'sweep'] as const;

/** The store with bare errors. What a handler throws in `transact` is the app's own and comes out as it is. */
export function withBareErrors<Store extends DedupeStore>(store: Store): Store {
  const guarded = { ...store } as Record<string, unknown>;
  for (const name of steps) {
    const step = (store as Partial<SqlStore>)[name] as ((...given: unknown[]) => Promise<unknown>) | undefined;
    if (step === undefined) continue;
    // Not an async function: this lies in the way of every step.
    guarded[name] = (...given: unknown[]) => step(...given).catch(rejectBare);
  }
  return guarded as unknown as Store;
}
