/** One run of a handler: its deadline, its signal, and its result. */

import { type UnsignedRequest, unsignedPartsOf } from '../delivery/unsigned-request.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import { readClock } from '../options/clock.ts';
import type { HandlerResponse } from '../response.ts';
import { isPromiseLike } from '../with-timeout.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { isDone, isResponse, readResponse, requireStarted, responseOf } from './handler-response.ts';
import { noteOf } from './response-cause.ts';

/** The end of a run. `late`: the deadline passed first; `settled` resolves to the actual end. */
export type RunResult =
  | Settled
  | { readonly kind: 'late'; readonly cause: Error; readonly settled: Promise<Settled>; readonly response?: undefined };

/** The end of a handler. */
export type Settled =
  | { readonly kind: 'answered'; readonly response: HandlerResponse | undefined }
  | { readonly kind: 'threw'; readonly cause: unknown; readonly response?: HandlerResponse };

/** The context of one handler, and the means to abort it. */
export class HandlerRun implements HandlerContext {
  readonly attempt: number;
  transaction: unknown = undefined;
  readonly #event: VerifiedEvent;
  readonly #startedAt: number;
  readonly #handlerTimeoutSeconds: number;
  #controller: AbortController | undefined;
  #abortedBy: Error | undefined;

  constructor(event: VerifiedEvent, attempt: number, handlerTimeoutSeconds: number, clock: (() => Date) | undefined) {
    this.#event = event;
    this.attempt = attempt;
    this.#handlerTimeoutSeconds = handlerTimeoutSeconds;
    this.#startedAt = readClock(clock);
  }

  get tenant(): string | undefined {
    return this.#event.tenant;
  }

  get unsigned(): UnsignedRequest {
    return unsignedPartsOf(this.#event.head);
  }

  get deadline(): Date {
    return new Date(this.#startedAt + this.#handlerTimeoutSeconds * 1000);
  }

  /** Created on first use: most handlers never use it, and it costs more than the rest of a context. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortedBy !== undefined) this.#controller.abort(this.#abortedBy);
    }
    return this.#controller.signal;
  }

  /** Tells the handler that it no longer owns the event. */
  loseLease(): void {
    this.#abort(new Error('The claim on the event was lost.'));
  }

  /** Runs the handler until it settles or the deadline passes. Never rejects. */
  start(handle: Handler): RunResult | Promise<RunResult> {
    try {
      const given = handle(this.#event, this);
      // A value that is not a promise is the end already, and needs no deadline.
      return isPromiseLike(given) || isResponse(given) ? this.#race(settle(given)) : settledBy(given);
    } catch (cause) {
      return { kind: 'threw', cause };
    }
  }

  async #race(settled: Promise<Settled>): Promise<RunResult> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<RunResult>((resolve) => {
      timer = setTimeout(() => {
        const cause = new Error(`The handler did not end within ${this.#handlerTimeoutSeconds} s.`);
        cause.name = 'TimeoutError';
        this.#abort(cause);
        resolve({ kind: 'late', cause, settled });
      }, this.#handlerTimeoutSeconds * 1000);
    });
    try {
      return await Promise.race([settled, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #abort(reason: Error): void {
    this.#abortedBy ??= reason;
    this.#controller?.abort(this.#abortedBy);
  }
}

async function settle(given: unknown): Promise<Settled> {
  try {
    const value = await given;
    return settledBy(isResponse(value) ? await readResponse(value) : value);
  } catch (cause) {
    return { kind: 'threw', cause };
  }
}

/** @throws options_invalid for a response that cannot be sent, and for work that was not started */
function settledBy(value: unknown): Settled {
  if (value === undefined) return { kind: 'answered', response: undefined };
  requireStarted(value);
  const response = responseOf(value);
  if (isDone(response?.status)) return { kind: 'answered', response };
  const { cause } = noteOf(response) ?? { cause: new Error(`The handler responded with ${response?.status}.`) };
  return { kind: 'threw', cause, ...(response && { response }) };
}
