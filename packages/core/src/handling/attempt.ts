/** One attempt at a claimed event: the handler, then the completion, separately or in one transaction. */

import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import { storeError } from '../claims/held-claim.ts';
import type { Ownership } from '../claims/ownership.ts';
import type { TransactionalStore, TransactionEnd } from '../claims/store.ts';
import type { WebhookError } from '../errors.ts';
import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { HandlerResponse } from '../response.ts';
import type { Handler } from './handler.ts';
import { storedResponse } from './stored-response.ts';
import type { HandlerRun, Settled } from './timed-run.ts';

/** The remarks on a handled event. */
export interface DoneFlags {
  readonly completionLost?: true;
  readonly transactionLost?: true;
  readonly orderingLost?: true;
}

/**
 * The end of an attempt. `lost`: someone else owns the event. `unavailable`: nothing of the transaction is known to be committed; `ran`
 * says whether the handler was called.
 */
export type AttemptEnd =
  | ({ readonly kind: 'done'; readonly response: HandlerResponse | undefined } & DoneFlags)
  | {
      readonly kind: 'threw';
      readonly cause: unknown;
      readonly response?: HandlerResponse;
      readonly transactionLost?: true;
    }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unavailable'; readonly error: WebhookError; readonly ran: boolean };

/** `late`: the deadline passed first; `ended` resolves to the actual end. */
export type AttemptResult =
  | AttemptEnd
  | { readonly kind: 'late'; readonly cause: Error; readonly ended: Promise<AttemptEnd> };

/** The parts of an attempt. */
export interface Attempt {
  readonly event: VerifiedEvent;
  readonly identity: Identity;
  readonly handle: Handler;
  readonly run: HandlerRun;
  readonly ownership: Ownership;
  readonly dedupe: CheckedDedupe;
  /** True if success makes it the newest event of its entity. */
  readonly advances: boolean;
}

/** Runs the handler and records the completion in a separate step. Never rejects. */
export async function attemptLeased(attempt: Attempt): Promise<AttemptResult> {
  const { handle, run, ownership } = attempt;
  try {
    ownership.requireHeld();
  } catch (error) {
    ownership.stop();
    return { kind: 'unavailable', ran: false, error: storeError(error, attempt.dedupe.timeoutSeconds) };
  }
  const finish = async (settled: Settled): Promise<AttemptEnd> => {
    return settled.kind === 'threw' ? settled : completeLeased(attempt, settled.response);
  };
  const result = await Promise.resolve(run.start(handle)).finally(() => ownership.stop());
  // The sender has disconnected. The claim is kept until its lease ends, and a late success is recorded.
  if (result.kind === 'late') return { ...result, ended: result.settled.then(finish) };
  return finish(result);
}

async function completeLeased(attempt: Attempt, response: HandlerResponse | undefined): Promise<AttemptEnd> {
  const { event, identity, ownership, advances } = attempt;
  const stored = await storedResponse(event, identity, response);
  if (!advances && ownership.isSentAgain) {
    // Given up once more: the next time that it is sent, it runs again.
    await ownership.release();
    return { kind: 'done', response };
  }
  switch (await ownership.record(advances ? stored : { ...stored, givenUp: true }, advances)) {
    case 'recorded':
      return { kind: 'done', response };
    case 'unknown':
      return { kind: 'done', response, completionLost: true };
    case 'refused':
      return { kind: 'lost' };
  }
}

/** Rolls back the transaction of a handler that threw or was too late. */
class RolledBack extends Error {}

/**
 * Runs the handler in a transaction that commits its writes together with the completion. Never rejects.
 *
 * Past the deadline the transaction stays open while the claim is held, then it is rolled back.
 */
export function attemptInTransaction(attempt: Attempt, store: TransactionalStore): Promise<AttemptResult> {
  const { event, identity, handle, run, ownership, dedupe } = attempt;
  const { timeoutSeconds } = dedupe;
  return new Promise((resolve) => {
    let threw: Extract<AttemptEnd, { kind: 'threw' }> | undefined;
    let response: HandlerResponse | undefined;
    let isGivenUp = false;
    let ran = false;
    let giveUpTimer: ReturnType<typeof setTimeout> | undefined;
    /** Neither opening nor ending the transaction may take forever. */
    const giveUpAfter = (what: string) => {
      giveUpTimer = setTimeout(() => {
        isGivenUp = true;
        // If a ROLLBACK is lost, the database undoes the transaction when its connection ends.
        if (threw !== undefined) return settle(threw);
        settle({
          kind: 'unavailable',
          ran,
          error: storeError(new Error(`The store did not ${what} within ${timeoutSeconds} s.`), timeoutSeconds),
        });
      }, timeoutSeconds * 1000);
    };
    let tellEnd: (end: AttemptEnd) => void = () => undefined;
    const ended = new Promise<AttemptEnd>((tell) => {
      tellEnd = tell;
    });
    const settle = (end: AttemptEnd) => {
      clearTimeout(giveUpTimer);
      ownership.stop();
      tellEnd(end);
      resolve(end);
    };

    const work = async (transaction: unknown) => {
      clearTimeout(giveUpTimer);
      if (isGivenUp) throw new RolledBack();
      ownership.requireHeld();
      run.transaction = transaction;
      ran = true;
      const result = await run.start(handle);
      let settled: Settled;
      if (result.kind === 'late') {
        ownership.stop();
        resolve({ kind: 'late', cause: result.cause, ended });
        settled = await settledWhileHeld(result.settled, ownership, result.cause);
      } else settled = result;
      if (settled.kind === 'threw') {
        threw = settled;
        giveUpAfter('roll back');
        throw new RolledBack();
      }
      giveUpAfter('commit');
      response = settled.response;
      return storedResponse(event, identity, response);
    };

    const endAs = async (end: TransactionEnd): Promise<AttemptEnd> => {
      if (end === 'apart') {
        if (threw !== undefined) return { ...threw, transactionLost: true };
        clearTimeout(giveUpTimer);
        const apart = await completeLeased(attempt, response);
        return apart.kind === 'done' ? { ...apart, transactionLost: true } : apart;
      }
      if (!end) return { kind: 'lost' };
      // Only now: a watermark for a rolled-back event would make older events stale, and none of them would be handled.
      clearTimeout(giveUpTimer);
      const isAdvanced = await ownership.advance(timeoutSeconds).then(
        () => true,
        () => false,
      );
      return { kind: 'done', response, ...(!isAdvanced && { orderingLost: true as const }) };
    };

    giveUpAfter('open a transaction');
    // In an async function, so that a store that throws synchronously rejects.
    (async () => endAs(await store.transact(ownership.key, ownership.token, ownership.retentionSeconds, work)))().then(
      settle,
      (error) => {
        if (threw === undefined && isOfTheApp(error)) settle({ kind: 'threw', cause: error });
        else settle(threw ?? { kind: 'unavailable', ran, error: storeError(error, timeoutSeconds) });
      },
    );
  });
}

/**
 * True if the app's own SQL failed: a constraint checked at commit, or an error that the handler swallowed, after which PostgreSQL commits
 * nothing. SQLSTATE classes 23 and 25P02; SQLITE_CONSTRAINT.
 */
function isOfTheApp(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return (errcode & 0xff) === 19;
  return typeof code === 'string' && /^(?:23[0-9A-Z]{3}|25P02|SQLITE_CONSTRAINT.*)$/.test(code);
}

/** The share of the remaining lease for a late transaction: it ends before its event could go to the dead letter. */
const lateTransactionPart = 0.8;

/** The handler's end, or its failure once the claim may no longer be held. */
async function settledWhileHeld(settled: Promise<Settled>, ownership: Ownership, cause: Error): Promise<Settled> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leaseEnd = new Promise<Settled>((resolve) => {
    timer = setTimeout(
      () => resolve({ kind: 'threw', cause }),
      Math.max(0, ownership.millisecondsLeft * lateTransactionPart),
    );
  });
  return Promise.race([settled, leaseEnd]).finally(() => clearTimeout(timer));
}
