/** What a store brings along for a receiver: the handling of events by claims. An app without a store has none of it in its bundle. */

import type { CheckedDedupe, ClaimOptions } from '../claims/dedupe-options.ts';
import { claimsKey, type DedupeStore } from '../claims/store.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { WaitUntil } from './handle-event.ts';
import type { Handler } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { HandlingPolicy } from './policy.ts';

/** Raised when what is called here changes, since store and receiver may come from two copies of this package. */
export const protocolVersion = 1;

/** The receiver as its messages name it. */
export interface NamedReceiver {
  readonly provider: Provider;
  readonly namespace: string;
}

/** A line for the console about an outcome. */
export interface OutcomeLine {
  readonly line: string;
  /** What the line is about: its causes, printed behind it. */
  readonly causes: readonly unknown[];
  /** True if any request can set it off, so that it is printed once a minute at most. */
  readonly throttled: boolean;
}

/** Something doubtful about how a store is used. */
export interface ClaimDoubt {
  readonly code: 'window_without_dedupe' | 'events_alike' | 'shared_namespace';
  readonly message: string;
}

/** Handles events by claims. Nothing of it is a class that would have to be the same on both sides. */
export interface ClaimProtocol {
  readonly version: number;
  /** @throws options_invalid */
  check(options: ClaimOptions, provider: Provider, toleranceSeconds: ReplayTolerance): CheckedDedupe;
  /**
   * What is allowed but doubtful, once the secrets are known.
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
  /** What an operator should read of an outcome that only claims bring about. */
  lineFor(outcome: Outcome, receiver: NamedReceiver): OutcomeLine | undefined;
}

/** The protocol that a store brings along; undefined for an object that only has its methods. */
export function protocolOf(store: DedupeStore): ClaimProtocol | undefined {
  const protocol = store[claimsKey] as Partial<ClaimProtocol> | undefined;
  return protocol?.version === protocolVersion ? (protocol as ClaimProtocol) : undefined;
}
