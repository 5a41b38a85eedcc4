/** Notices that a connection has gone silent: packets that get lost tell nobody, and most clients wait for ever. */

import { WebhookError } from '@countersign/core';

/** How long one step may take on one connection before the connection counts as lost, in seconds. */
export const silenceSeconds = 3;
/** How long a connection that may be lost as well has to answer a question that costs nothing, in seconds. */
export const probeSeconds = 1;

/** Claims whose release is still to be tried, at most. */
const mostPending = 1000;

/** What a step rejects with whose connection did not answer. */
export class Silence extends Error {
  constructor(seconds: number) {
    super(`The connection did not answer within ${seconds} s.`);
    this.name = 'TimeoutError';
  }
}

/** Rejects with {@link Silence} where the answer takes too long. The step itself goes on, and its failure is absorbed. */
export function within<Result>(step: PromiseLike<Result>, seconds: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Silence(seconds)), seconds * 1000);
    step.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Says of which store the connection was, and what the store did about it; anything else stays as it is. */
export function explainSilence(error: unknown, at: string, hint: string): unknown {
  return error instanceof Silence ? new WebhookError('store_unavailable', { at, hint, cause: error }) : error;
}

/** A pool as the store uses it: takes a connection out, and gives it back or has it closed. */
export interface Checkout<Connection> {
  take(): Promise<Connection>;
  giveBack(connection: Connection): void;
  /** Closes a connection that the store has taken out; the pool makes another in its place. */
  destroy(connection: Connection): void;
  /** Takes out what lies idle in the pool, so that it can be probed. */
  takeIdle(): Promise<readonly Connection[]>;
  /** Rejects or hangs where the connection is lost. */
  probe(connection: Connection): PromiseLike<unknown>;
}

/**
 * Runs steps on connections that the store takes out of a pool, and closes one that does not answer. Those that lie idle then are
 * asked whether they still answer, all at once: what cut one off has mostly cut off the others.
 */
export function createCheckedRun<Connection>(pool: Checkout<Connection>) {
  let isProbing = false;
  const settle = async (connection: Connection, answer: PromiseLike<unknown>, seconds: number) => {
    try {
      await within(answer, seconds);
      pool.giveBack(connection);
    } catch {
      pool.destroy(connection);
    }
  };
  const probeIdle = async () => {
    if (isProbing) return;
    isProbing = true;
    try {
      const idle = await pool.takeIdle();
      await Promise.all(idle.map((connection) => settle(connection, pool.probe(connection), probeSeconds)));
    } catch {
      // A pool that is closed or cannot connect says so to the next step.
    } finally {
      isProbing = false;
    }
  };
  return async <Result>(work: (connection: Connection) => PromiseLike<Result>): Promise<Result> => {
    const taking = pool.take();
    let connection: Connection;
    try {
      connection = await within(taking, silenceSeconds);
    } catch (error) {
      // Should it come after all, nobody waits for it any longer.
      if (error instanceof Silence) taking.then(pool.giveBack, () => undefined);
      throw error;
    }
    try {
      const result = await within(work(connection), silenceSeconds);
      pool.giveBack(connection);
      return result;
    } catch (error) {
      pool.destroy(connection);
      if (error instanceof Silence) void probeIdle();
      throw error;
    }
  };
}

/** Releases a claim whose answer nobody waits for any longer, by its token; nothing ran under it. */
export function createAbandonment(release: (key: string, token: string) => Promise<unknown>) {
  const pending = new Map<string, string>();
  const releaseNow = (key: string, token: string) => {
    pending.delete(token);
    release(key, token).catch(() => {
      // The path may still be broken: tried once more when the backend answers. Bounded, since leases end anyway.
      if (pending.size < mostPending) pending.set(token, key);
    });
  };
  return {
    /** To be called when a claim failed and it is not known whether the backend granted it. */
    abandon: releaseNow,
    /** To be called when the backend has answered something. */
    answered() {
      if (pending.size === 0) return;
      for (const [token, key] of [...pending]) releaseNow(key, token);
    },
  };
}
