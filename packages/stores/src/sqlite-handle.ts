/** Steps on a SQLite handle: one after the other, patient while another process writes, and never in a transaction of others. */

import { WebhookError } from '@countersign/core';

/** True if a transaction is open: `inTransaction` in better-sqlite3 and libsql, `isTransaction` in node:sqlite. */
interface OpenTransaction {
  readonly inTransaction?: boolean;
  readonly isTransaction?: boolean;
}

export type Queue = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * One queue per handle: otherwise a step of another store on it would become part of a transaction that a handler has
 * open.
 */
const queues = new WeakMap<object, Queue>();

export function queueOf(database: object): Queue {
  const queue = queues.get(database) ?? createQueue();
  queues.set(database, queue);
  return queue;
}

/** Lets one task after the other use the one connection. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

const longestPauseMilliseconds = 50;

export async function retryWhileBusy<Result>(work: () => Result, busySeconds: number): Promise<Result> {
  const until = performance.now() + busySeconds * 1000;
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() + pause > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/** A step's writes inside a transaction of the app would be undone if that is rolled back. */
export function requireNoTransaction({ inTransaction, isTransaction }: OpenTransaction): void {
  if (inTransaction === true || isTransaction === true) throw new TransactionOpen();
}

class TransactionOpen extends WebhookError {
  constructor() {
    super('store_unavailable', {
      at: 'sqliteStore.database',
      hint: "Other code has a transaction open on this handle, and the store's writes would be undone with it. Give the store its own handle, or end transactions before the next await.",
    });
  }
}

/** SQLITE_BUSY is 5, in the low byte of its extended codes: https://www.sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  if (error instanceof TransactionOpen) return true;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return (errcode & 0xff) === 5;
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
