/** Handles a verified event without a store: the payload, then the handler. */

import { isWebhookError, type WebhookError } from '../errors.ts';
import { checkPayload } from '../event/payload-check.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import { ignoreRejection } from '../options/option-values.ts';
import type { HandlerResponse } from '../response.ts';
import type { Handler } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { HandlingPolicy } from './policy.ts';
import { HandlerRun, type RunResult, type Settled } from './timed-run.ts';

/** Gets work that continues after the outcome is known. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** Passes an event to its handler. Never throws or rejects, and returns synchronously if nothing has to be awaited. */
export function handleEvent(
  event: VerifiedEvent,
  handle: Handler,
  options: HandlingPolicy,
  waitUntil?: WaitUntil,
): Outcome | Promise<Outcome> {
  const run = (refusal: WebhookError | undefined): Outcome | Promise<Outcome> => {
    if (refusal !== undefined) return { kind: 'rejected', error: refusal, event };
    try {
      const result = new HandlerRun(event, 1, options.handlerTimeoutSeconds, options.clock).start(handle);
      return result instanceof Promise ? result.then(conclude) : conclude(result);
    } catch (error) {
      // The clock, which worked during verification. In any case, no run rejects.
      return isWebhookError(error) ? { kind: 'rejected', error } : failed(event, error);
    }
  };
  const conclude = (result: RunResult): Outcome => {
    if (result.kind === 'late')
      handOver(
        result.settled.then((settled) => reportLate(settled, result.cause)),
        waitUntil,
      );
    return result.kind === 'answered' ? handled(event, result.response) : failed(event, result.cause, result.response);
  };
  const reportLate = (settled: Settled, lateness: unknown) => {
    if (settled.kind === 'answered') options.reportLate(handled(event, settled.response));
    else if (!isAbort(settled.cause, lateness)) options.reportLate(failed(event, settled.cause, settled.response));
  };
  const refusal = checkPayload(event, options);
  return refusal instanceof Promise ? refusal.then(run) : run(refusal);
}

/** The platform's reaction to continuing work must not change the response. */
export function handOver(work: Promise<unknown>, waitUntil: WaitUntil | undefined): void {
  try {
    ignoreRejection(waitUntil?.(work));
  } catch {
    // Then nothing keeps it alive, as without waitUntil.
  }
}

/** True if a handler failed because its signal fired: its lateness is already reported. */
export function isAbort(cause: unknown, lateness: unknown): boolean {
  return cause === lateness || (cause as { name?: unknown } | null)?.name === 'AbortError';
}

export function handled(
  event: VerifiedEvent,
  response: HandlerResponse | undefined,
): Extract<Outcome, { kind: 'handled' }> {
  return response === undefined ? { kind: 'handled', event } : { kind: 'handled', event, response };
}

export function failed(
  event: VerifiedEvent,
  cause: unknown,
  response?: HandlerResponse,
): Extract<Outcome, { kind: 'failed' }> {
  return response === undefined ? { kind: 'failed', event, cause } : { kind: 'failed', event, cause, response };
}
