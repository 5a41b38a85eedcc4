/** The options of a simulated sender, and its report. */

import type { Provider } from '@countersign/core';
import type { WebhookContractOptions } from '../endpoint/webhook-contract-options.ts';

/** Rates of failures, each from 0 to 1. All default to 0. */
export interface FaultRates {
  /** An attempt is sent twice at the same time. */
  readonly duplicate?: number;
  /** An event's first attempt is held back, so that later ones overtake it. */
  readonly reorder?: number;
  /** The sender closes the connection without waiting for the response, and retries. */
  readonly timeout?: number;
  /** The sender forgets that an attempt succeeded, and retries. */
  readonly crash?: number;
}

/** Options of {@link simulateSender}. */
export interface SimulationOptions
  extends Pick<
    WebhookContractOptions,
    | 'secret'
    | 'privateKey'
    | 'keyId'
    | 'claims'
    | 'headers'
    | 'target'
    | 'path'
    | 'url'
    | 'type'
    | 'body'
    | 'timeoutSeconds'
  > {
  /** Number of events. Default 100. */
  readonly events?: number;
  /** New events a second of the sender's time. Default 10. */
  readonly eventsPerSecond?: number;
  readonly rates?: FaultRates;
  /** The same seed sends the same deliveries. Default 1. */
  readonly seed?: number;
  /**
   * `virtual` (default): no waiting; attempts are sent one after the other in the order of the sender's time. A number:
   * the sender's time runs that many times as fast, and attempts overlap as in reality.
   */
  readonly speed?: 'virtual' | number;
  /** Called with the sender's time before each attempt in virtual time, for an app whose clock can be set. */
  readonly onTime?: (time: Date) => void;
  /** The delays between attempts, in seconds. Default: the provider's, or those of Standard Webhooks. */
  readonly delaysSeconds?: readonly number[];
  /** Maximum number of concurrent attempts, if time is not virtual. Default 32. */
  readonly lanes?: number;
  /**
   * An event accepted more than this after its creation counts as late, in seconds of the sender's time. Default 60.
   */
  readonly lateAfterSeconds?: number;
  /**
   * The ids of the events whose handler took effect, in that order, one entry for each effect. Without it, only facts
   * visible to the sender are reported.
   */
  readonly effects?: () => readonly string[] | Promise<readonly string[]>;
}

/** The results for the events. */
export interface SimulationReport {
  readonly provider: Provider['name'];
  readonly seed: number;
  readonly events: number;
  readonly attempts: number;
  /** Responses by status; 0 for none. */
  readonly answers: Readonly<Record<number, number>>;
  /** Never accepted, although every attempt of the schedule was made. */
  readonly givenUp: readonly string[];
  /** Accepted, but without effect. Undefined if effects are not reported; the next two as well. */
  readonly lost: readonly string[] | undefined;
  /** With more than one effect. */
  readonly duplicated: readonly string[] | undefined;
  /** Number of events that took effect after an event that was created later. */
  readonly outOfOrder: number | undefined;
  /** Accepted later than `lateAfterSeconds`. */
  readonly late: readonly string[];
  /** From the first event to the last attempt, in seconds of the sender's time. */
  readonly elapsedSeconds: number;
}
