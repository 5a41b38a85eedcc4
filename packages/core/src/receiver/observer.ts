/** The form of observers, and of the reports that they get. Their code comes with them, so that an app without one does not bundle it. */

import type { WebhookErrorCode } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import type { Handler, HandlerContext } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';

/** Durations of one event, in seconds. A stage that was not reached has none. */
export interface StageDurations {
  /** Reading the body, if the receiver read it. */
  readonly read?: number;
  /** The verdict. */
  readonly verify?: number;
  /** From the verdict to the start of the handler, or to the outcome if it did not run: identity, turn, claim, schema. */
  readonly claim?: number;
  /** The handler. If it ran past its deadline, up to there; the late report has the rest as well. */
  readonly handle?: number;
  /** From the end of the handler to the outcome: completing or releasing the claim. */
  readonly complete?: number;
  readonly total: number;
}

/** A remark on an outcome; each is explained at the field of the same name in {@link Outcome}. */
export type OutcomeRemark =
  | 'bodyChanged'
  | 'completionLost'
  | 'deadLettered'
  | 'idChanged'
  | 'orderingLost'
  | 'transactionLost'
  | 'unknownSecret';

/** The facts of an outcome that may leave the process: nothing of the body, no ids, no header, no secret. */
export interface OutcomeReport {
  readonly provider: string;
  readonly namespace: string;
  readonly outcome: Outcome['kind'];
  /** The status that the adapters respond with. In a batch, that of this event alone. */
  readonly status: number;
  /** The reason for `rejected`. */
  readonly code?: WebhookErrorCode;
  /** The type of a verified event. */
  readonly eventType?: string;
  readonly tenant?: string;
  /** The secret or key that proved the event: `secretId` of the event. */
  readonly secretId?: string;
  /** The number of this run, if the handler ran. */
  readonly attempt?: number;
  /** Time from signing to arrival, in seconds. Negative if the sender's clock is ahead. */
  readonly signatureAgeSeconds?: number;
  readonly remarks: readonly OutcomeRemark[];
  /**
   * True for the end of a handler that ran past its deadline: its outcome was reported as `failed` before, at the
   * deadline. Do not count such an event twice.
   */
  readonly late: boolean;
  /** The arrival of the delivery. */
  readonly startedAt: Date;
  readonly durations: StageDurations;
}

/** The facts at the start of a handler. */
export type HandlerStart = Pick<OutcomeReport, 'provider' | 'namespace' | 'startedAt'> &
  Pick<HandlerContext, 'attempt' | 'tenant' | 'unsigned'>;

/** The functions of an observer; at least one of them. */
export interface ObserverHooks<Event extends AnyEvent = WebhookEvent> {
  /** Called with every outcome, and with the end of a handler that ran past its deadline (`report.late`). */
  onOutcome?(outcome: Outcome<Event>, report: OutcomeReport): void;
  /**
   * Runs the handler, for example in the context of a span: calls `run` once, before it returns. The handler runs in
   * any case, and its result cannot be changed.
   */
  runHandler?(event: Event, start: HandlerStart, run: () => unknown): void;
}

/** The code of observers is found under this name; the same in every copy of this package (ESM and CJS). */
export const observerKey: unique symbol = Symbol.for('countersign.observer');

/** Something that follows deliveries, made by `observer()`, `diagnosticsChannel()` or `openTelemetry()`. */
export interface Observer<Event extends AnyEvent = WebhookEvent> extends ObserverHooks<Event> {
  /** False while it would not look at a report. Without it, always true. */
  readonly isListening?: () => boolean;
  readonly [observerKey]: (receiver: ObservedReceiver) => Observation;
}

/** The facts of a receiver that reports need. */
export interface ObservedReceiver {
  readonly provider: { readonly name: string };
  readonly namespace: string;
  readonly observers: readonly Observer[];
  /** Milliseconds since 1970 by the receiver's clock; undefined if that fails. */
  readonly now: () => number | undefined;
}

/** Follows the deliveries of one receiver. */
export interface Observation {
  /** Undefined if no one listens. */
  begin(): Watch | undefined;
  reportLate(outcome: Outcome): void;
}

/** Follows one delivery, or one event of it. */
export interface Watch {
  bodyIsRead(): void;
  isVerified(): void;
  /** The same times so far, for one event of several. */
  ofEvent(): Watch;
  /** A handler whose start and end are noted, inside all observers. */
  around(event: AnyEvent, handle: Handler): Handler;
  report(outcome: Outcome): void;
}
