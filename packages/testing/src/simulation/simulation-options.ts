/** What a simulated sender is told, and what it reports. */

import type { Provider } from '@countersign/core';
import type { WebhookContractOptions } from '../endpoint/webhook-contract-options.ts';

/** How often something goes wrong, each from 0 to 1. All default to 0. */
export interface FaultRates {
  /** An attempt is sent twice at the same time. */
  readonly duplicate?: number;
  /** An event's first attempt is held back, so that later ones overtake it. */
  readonly reorder?: number;
  /** The sender hangs up without waiting for the answer, and tries again. */
  readonly timeout?: number;
  /** The sender loses its memory of a success, and tries again. */
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
  /** How many events. Default 100. */
  readonly events?: number;
  /** New events a second of the sender's time. Default 10. */
  readonly eventsPerSecond?: number;
  readonly rates?: FaultRates;
  /** The same seed sends the same. Default 1. */
  readonly seed?: number;
  /**
   * `virtual` (default): nothing is waited for, attempts go out one after the other in the order of the sender's time. A
   * number: the sender's time runs so many times as fast, and attempts overlap as they do in earnest.
   */
  readonly speed?: 'virtual' | number;
  /** Told of the sender's time before each attempt in virtual time, for an app whose clock can be set. */
  readonly onTime?: (time: Date) => void;
  /** The delays between attempts, in seconds. Default: the provider's, or those of Standard Webhooks. */
  readonly delaysSeconds?: readonly number[];
  /** Most attempts under way at a time, where time is not virtual. Default 32. */
  readonly lanes?: number;
  /** An event accepted later than this after it came about counts as late, in seconds of the sender's time. Default 60. */
  readonly lateAfterSeconds?: number;
  /**
   * The ids of the events whose handler took effect, in that order, one entry for each time. Without it only what the
   * sender can see is reported.
   */
  readonly effects?: () => readonly string[] | Promise<readonly string[]>;
}

/** What became of the events. */
export interface SimulationReport {
  readonly provider: Provider['name'];
  readonly seed: number;
  readonly events: number;
  readonly attempts: number;
  /** Answers by status; 0 for none. */
  readonly answers: Readonly<Record<number, number>>;
  /** Never accepted, although every attempt of the schedule was made. */
  readonly givenUp: readonly string[];
  /** Accepted, and without effect. Undefined where nobody told of effects, as the next two are. */
  readonly lost: readonly string[] | undefined;
  /** With more than one effect. */
  readonly duplicated: readonly string[] | undefined;
  /** How many took effect after an event that came about later. */
  readonly outOfOrder: number | undefined;
  /** Accepted later than `lateAfterSeconds`. */
  readonly late: readonly string[];
  /** From the first event to the last attempt, in seconds of the sender's time. */
  readonly elapsedSeconds: number;
}
