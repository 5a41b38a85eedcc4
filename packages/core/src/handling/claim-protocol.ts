/** The code that a store provides to a receiver: handling events with claims. An app without a store does not bundle it. */

import type { CheckedDedupe, ClaimOptions } from '../claims/dedupe-options.ts';
import { claimsKey, type DedupeStore } from '../claims/store.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { WaitUntil } from './handle-event.ts';
import type { Handler } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { HandlingPolicy } from './policy.ts';

/** Increased when these calls change, since store and receiver may come from two copies of this package. */
export const protocolVersion = 1;

/** The receiver's name in messages. */
export interface NamedReceiver {
  readonly provider: Provider;
  readonly namespace: string;
}

/** A line for the console about an outcome. */
export interface OutcomeLine {
  readonly line: string;
  /** The causes, printed after the line. */
  readonly causes: readonly unknown[];
  /** True if any request can trigger it, so that it is printed at most once a minute. */
  readonly throttled: boolean;
}

/** A doubt about the use of a store. */
export interface ClaimDoubt {
  readonly code: 'window_without_dedupe' | 'events_alike' | 'shared_namespace';
  readonly message: string;
}

/** Handles events with claims. Uses no classes, which would have to be the same on both sides. */
export interface ClaimProtocol {
  readonly version: number;
  /** @throws options_invalid */
  check(options: ClaimOptions, provider: Provider, toleranceSeconds: ReplayTolerance): CheckedDedupe;
  /**
   * Reports doubts, once the secrets are known.
   *
   * @throws options_invalid
   */
  doubts(dedupe: CheckedDedupe, receiver: NamedReceiver, secrets: readonly Uint8Array[]): readonly ClaimDoubt[];
  /** Never rejects. */
  handle(
    event: VerifiedEvent,
    handle: Handler,
    policy: HandlingPolicy,
    dedupe: CheckedDedupe,
    waitUntil?: WaitUntil,
  ): Promise<Outcome>;
  /** The line for the operator about an outcome that only claims produce. */
  lineFor(outcome: Outcome, receiver: NamedReceiver): OutcomeLine | undefined;
}

/** The protocol in a store; undefined for an object with only the methods. */
export function protocolOf(store: DedupeStore): ClaimProtocol | undefined {
  const protocol = store[claimsKey] as Partial<ClaimProtocol> | undefined;
  return protocol?.version === protocolVersion ? (protocol as ClaimProtocol) : undefined;
}
