/** The way a sender retries, as data. */

import type { SourceFact } from './source-fact.ts';

/** A status, or a class of statuses. */
export type StatusPattern = number | '3xx' | '4xx' | '5xx';

/** The way a sender retries a delivery that failed. */
export interface RetryFacts {
  /** The delay of each retry, in seconds after the previous attempt. */
  readonly delaysSeconds?: readonly number[];
  /** From the first attempt to the last, in seconds. */
  readonly horizonSeconds?: number;
  /** True if a retry has a new timestamp and signature, false if it repeats those of the first attempt. Omitted if unknown. */
  readonly resigns?: boolean;
  /** True if the body of a retry has the bytes of the first attempt. Omitted if unknown. */
  readonly keepsBody?: boolean;
  /** The only statuses after which the sender retries; empty if it never does. Omitted if unknown. */
  readonly retriedOn?: readonly StatusPattern[];
  /** Failure statuses after which the sender does not retry. */
  readonly finalOn?: readonly StatusPattern[];
  /** The words of the documentation, if it gives no numbers. */
  readonly note?: string;
  /** The sender's reaction to a redirect (3xx). Omitted if not documented. */
  readonly redirects?: RedirectFact;
}

/** A sender's reaction to a response with a 3xx status. */
export interface RedirectFact {
  /**
   * `failure`: like any failure, with retries. `final`: a failure without retries. `success`: the delivery counts as accepted. `followed`.
   */
  readonly count: 'failure' | 'final' | 'success' | 'followed';
  /** Which redirects, or how far, if documented. */
  readonly note?: string;
  readonly source: SourceFact;
}
