/** Makes a store throw errors without the query. */

import type { StoreMethods } from '@countersign/core';
import { bareError } from './bare-errors.ts';
import type { SqlMethods } from './sql-store.ts';

function rejectBare(error: unknown): never {
  throw bareError(error);
}

const steps = ['claim', 'extend', 'complete', 'release', 'raiseWatermark', 'check', 'migrate', 'sweep'] as const;

/** The store with such errors. Errors that a handler throws in `transact` are the app's own and stay unchanged. */
export function withBareErrors<Methods extends StoreMethods>(store: Methods): Methods {
  const guarded = { ...store } as Record<string, unknown>;
  for (const name of steps) {
    const step = (store as Partial<SqlMethods>)[name] as ((...given: unknown[]) => Promise<unknown>) | undefined;
    if (step === undefined) continue;
    // Not an async function: every step goes through it.
    guarded[name] = (...given: unknown[]) => step(...given).catch(rejectBare);
  }
  return guarded as unknown as Methods;
}
