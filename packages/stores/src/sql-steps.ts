/** Runs the statements of a store on a database server: repeats them after a conflict, and adds hints to errors. */

import { WebhookError } from '@countersign/core';
import { createAbandonment } from './abandonment.ts';
import { bareError } from './bare-errors.ts';
import { explainSchema } from './sql-store.ts';
import { Silence } from './time-limit.ts';

/** The meaning of a server's errors. */
export interface SqlErrors {
  /** The name of the store in errors. */
  readonly at: string;
  /** The hint for a connection that did not answer. */
  readonly silenceHint: string;
  /** The hint for a server that does not accept writes. */
  readonly readOnlyHint: string;
  /** The table is missing, or is a different one. */
  isSchema(error: unknown): boolean;
  /** The same statement may succeed the next time: a deadlock, a serialization failure. */
  isConflict(error: unknown): boolean;
  isReadOnly(error: unknown): boolean;
  /** The server itself returned an error, other than by ending the connection. */
  isRefusal(error: unknown): boolean;
}

/** A statement and its values. */
export type Send<Value, Result> = (text: string, values: readonly Value[]) => Promise<Result>;

/**
 * Under REPEATABLE READ and SERIALIZABLE all but one of the concurrent steps on one row are refused, and start again:
 * the last of fifty succeeds after fifty tries.
 */
const mostTries = 50;
/** Maximum pause before the next try, in milliseconds; half of it on average. */
const longestPause = 100;

export function createSqlSteps<Value, Result>(given: {
  readonly errors: SqlErrors;
  readonly table: string;
  readonly send: Send<Value, Result>;
  /** Releases a claim, trying only once. */
  readonly release: (key: string, token: string, ran: boolean) => Promise<unknown>;
}) {
  const { errors, table, send } = given;
  const abandonment = createAbandonment(given.release);
  const answered = (result: Result) => {
    abandonment.answered();
    return result;
  };
  const explain = (error: unknown): unknown => {
    const { at, silenceHint, readOnlyHint } = errors;
    if (error instanceof Silence) return new WebhookError('store_unavailable', { at, hint: silenceHint, cause: error });
    if (errors.isReadOnly(error)) {
      return new WebhookError('store_unavailable', { at, hint: readOnlyHint, cause: bareError(error) });
    }
    return errors.isSchema(error) ? explainSchema(error, at, table) : bareError(error);
  };
  const rejectExplained = (error: unknown): never => {
    throw explain(error);
  };
  const tryStep = (text: string, values: readonly Value[], unsure: () => void, tries: number): Promise<Result> =>
    send(text, values).then(answered, async (error) => {
      if (tries < mostTries && errors.isConflict(error)) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(10 * tries, longestPause)));
        return tryStep(text, values, unsure, tries + 1);
      }
      if (!errors.isRefusal(error)) unsure();
      throw explain(error);
    });
  return {
    step: (text: string, values: readonly Value[] = []) => tryStep(text, values, () => undefined, 1),
    /** A claim. If its answer was lost, it may have been granted anyway, and is released. */
    claimStep: (key: string, token: string, text: string, values: readonly Value[]) =>
      tryStep(text, values, () => void abandonment.abandon(key, token), 1),
    /**
     * Reads a granted claim. If the row does not have the expected form, the claim is released, because no one gets its
     * token.
     */
    readGranted: <Granted>(key: string, token: string, read: () => Granted): Granted => {
      try {
        return read();
      } catch (error) {
        void abandonment.abandon(key, token);
        throw error;
      }
    },
    /**
     * A release. If its answer was lost, it is sent again, because otherwise the event would wait for the end of its
     * lease.
     */
    releaseStep: (key: string, token: string, ran: boolean, text: string, values: readonly Value[]) =>
      tryStep(text, values, () => void abandonment.abandon(key, token, ran), 1),
    /** Another way to send, such as within a transaction, with the same errors. */
    explained:
      <Sent extends unknown[], Answer>(other: (...sent: Sent) => Promise<Answer>) =>
      (...sent: Sent) =>
        other(...sent).catch(rejectExplained),
    /** A handler's transaction: errors thrown by the handler stay unchanged. */
    transacted: <End>(ended: Promise<End>) =>
      ended.catch((error) => {
        if (!(error instanceof Silence)) throw error;
        const hint = `${errors.silenceHint} If the handler left a query running or a cursor open, await or close it before the handler returns.`;
        throw new WebhookError('store_unavailable', { at: errors.at, hint, cause: error });
      }),
  };
}
