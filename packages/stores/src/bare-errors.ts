/** Errors of drivers without what they were asked: many carry the statement, its values, or the row in question. */

import { type DedupeStore, isWebhookError } from '@countersign/core';
import type { SqlStore } from './sql-store.ts';

/** The name, code and message of an error, and nothing else of it. Errors of this package stay as they are. */
export function bareError(error: unknown): Error {
  if (isWebhookError(error)) return error;
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const bare: Error & { code?: string | number } = new Error(typeof message === 'string' ? message : 'No message.');
  if (typeof name === 'string') bare.name = name;
  if (typeof code === 'string' || typeof code === 'number') bare.code = code;
  return bare;
}

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
