/** Notices that a connection of a pool has gone silent, and switches to another one. */

import { WebhookError } from '@countersign/core';
import { Silence, TimeLimit } from './time-limit.ts';

/** Maximum time of one step on a connection before the connection counts as lost, in seconds. */
export const silenceSeconds = 3;
/** Time in which a possibly lost connection must answer a cheap question, in seconds. */
export const probeSeconds = 1;

/**
 * Number of connections with a transaction left open by other code that one step may meet and close before it fails.
 */
const mostForeign = 20;

/** A pool as the store uses it: takes a connection out, and gives it back or closes it. */
export interface Checkout<Connection, Answer> {
  /** True for a pool with a single connection: a transaction that is open there may belong to a running handler. */
  readonly isSingle: boolean;
  take(): Promise<Connection>;
  /** Called with each connection that was taken out. */
  taken?(connection: Connection): unknown;
  giveBack(connection: Connection): void;
  /**
   * True if a step ran inside a transaction that other code had left open on the connection. Its writes would be undone
   * with that transaction, so the connection is closed and the step repeated on another; on the only connection it
   * fails. Also called after an error without an answer, which such a transaction may have caused.
   */
  isForeign(connection: Connection, answer: Answer | undefined): boolean;
  /** Closes a connection that the store has taken out; the pool replaces it. */
  destroy(connection: Connection): void;
  /** Takes out the idle connections of the pool, so that they can be probed. */
  takeIdle(): Promise<readonly Connection[]>;
  /** Rejects or hangs if the connection is lost. */
  probe(connection: Connection): PromiseLike<unknown>;
}

/**
 * Runs steps on connections that the store takes out of a pool, and closes one that does not answer. Then all idle
 * connections are probed at once: whatever cut one off has usually cut off the others.
 *
 * @param at the name of the store in errors
 * @param read converts a client's answer to the result of a step
 */
export function createCheckedRun<Connection, Answer, Result>(
  pool: Checkout<Connection, Answer>,
  at: string,
  read: (answer: Answer) => Result,
) {
  const limit = new TimeLimit(silenceSeconds);
  const probeLimit = new TimeLimit(probeSeconds);
  let isProbing = false;
  const probe = async (connection: Connection) => {
    try {
      pool.taken?.(connection);
      await probeLimit.run(pool.probe(connection));
      pool.giveBack(connection);
    } catch {
      pool.destroy(connection);
    }
  };
  const probeIdle = async () => {
    if (isProbing) return;
    isProbing = true;
    try {
      await Promise.all((await pool.takeIdle()).map(probe));
    } catch {
      // A pool that is closed or cannot connect reports that to the next step.
    } finally {
      isProbing = false;
    }
  };
  const runOn = (
    connection: Connection,
    work: (connection: Connection) => PromiseLike<Answer>,
    done: (result: Result) => void,
    fail: (error: unknown) => void,
    foreign: number,
  ) => {
    const leaveForeign = () => {
      if (pool.isSingle || foreign >= mostForeign) {
        fail(leftOpen(at));
        pool.giveBack(connection);
        return;
      }
      warnOfForeign(at);
      try {
        pool.destroy(connection);
      } catch {
        // It is out of the pool in any case.
      }
      start(work, done, fail, foreign + 1);
    };
    const giveUp = (error: unknown) => {
      const isSilent = error instanceof Silence;
      if (!isSilent && pool.isForeign(connection, undefined)) {
        leaveForeign();
        return;
      }
      fail(error);
      pool.destroy(connection);
      if (isSilent) void probeIdle();
    };
    let step: PromiseLike<Answer>;
    try {
      pool.taken?.(connection);
      step = work(connection);
    } catch (error) {
      giveUp(error);
      return;
    }
    limit.watch(
      step,
      (answer) => {
        if (pool.isForeign(connection, answer)) {
          leaveForeign();
          return;
        }
        pool.giveBack(connection);
        done(read(answer));
      },
      giveUp,
    );
  };
  const start = (
    work: (connection: Connection) => PromiseLike<Answer>,
    done: (result: Result) => void,
    fail: (error: unknown) => void,
    foreign: number,
  ) =>
    // If a connection arrives too late, no one is waiting for it any more.
    limit.watch(
      pool.take(),
      (connection) => runOn(connection, work, done, fail, foreign),
      fail,
      (late) => pool.giveBack(late),
    );
  // Callbacks instead of async functions, which add promises and microtask turns to every step.
  return (work: (connection: Connection) => PromiseLike<Answer>): Promise<Result> =>
    new Promise((resolve, reject) => start(work, resolve, reject, 0));
}

const takeLimit = new TimeLimit(silenceSeconds);

/**
 * Takes a connection for a handler's transaction. Its COMMIT would also commit anything that other code has left open
 * on it, so such a connection is closed, and another one taken.
 */
export async function takeForTransaction<Connection>(
  pool: Pick<Checkout<Connection, unknown>, 'isSingle' | 'take' | 'giveBack' | 'destroy'>,
  at: string,
  isForeign: (connection: Connection) => boolean | Promise<boolean>,
): Promise<Connection> {
  for (let foreign = 0; ; foreign++) {
    const connection = await new Promise<Connection>((resolve, reject) => {
      takeLimit.watch(pool.take(), resolve, reject, (late) => pool.giveBack(late));
    });
    let isLeftOpen: boolean;
    try {
      const answer = isForeign(connection);
      isLeftOpen = typeof answer === 'boolean' ? answer : await takeLimit.run(answer);
    } catch (error) {
      pool.destroy(connection);
      throw error;
    }
    if (!isLeftOpen) return connection;
    if (pool.isSingle || foreign >= mostForeign) {
      pool.giveBack(connection);
      throw leftOpen(at);
    }
    warnOfForeign(at);
    pool.destroy(connection);
  }
}

const warned = new Set<string>();

/**
 * Once for each kind of store in a process: the writes of other code there are undone, and nothing else would report
 * it.
 */
function warnOfForeign(at: string): void {
  if (warned.has(at)) return;
  warned.add(at);
  console.warn(
    `countersign: ${at}: other code gave a connection back to the pool with a transaction open on it. The store has closed it, which undoes the writes of that transaction. Call COMMIT or ROLLBACK before release().`,
  );
}

/** The error of a step that would have become part of a transaction of other code. */
export function leftOpen(at: string): WebhookError {
  return new WebhookError('store_unavailable', {
    at,
    hint: "Other code has a transaction open on this connection, and the store's writes would be undone with it. Give the store a pool, and end each transaction before its connection goes back.",
  });
}
