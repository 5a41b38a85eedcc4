/** Makes a store of its methods: what handles events by claims comes along. */

import { checkDedupe } from '../claims/dedupe-options.ts';
import { claimsKey, type DedupeStore, type StoreMethods } from '../claims/store.ts';
import { findDoubts } from '../handling/claim-doubts.ts';
import { type ClaimProtocol, protocolVersion } from '../handling/claim-protocol.ts';
import { lineFor } from '../handling/claimed-output.ts';
import { handleClaimed } from '../handling/handle-claimed.ts';
import { refuseOption } from '../options/option-values.ts';

const protocol: ClaimProtocol = {
  version: protocolVersion,
  check: checkDedupe,
  doubts: findDoubts,
  handle: handleClaimed,
  lineFor,
};

/**
 * Makes a dedupe store of your own from its methods: `claim`, `extend`, `complete` and `release`, and where it has them `raiseWatermark`
 * (for `ordering`), `transact` and `transactionOf` (for mode `transactional`), `check` and `local`.
 *
 * Returns a new object; all other properties are kept. `storeContract` of `@countersign/testing` proves that the methods do what a
 * receiver relies on.
 *
 * @example
 * const store = defineStore({ claim, extend, complete, release });
 * const receiver = createReceiver({ provider: stripe, secrets, dedupe: { store, namespace: 'billing' } });
 *
 * @throws options_invalid for a method that is missing
 */
export function defineStore<Methods extends StoreMethods>(
  methods: Methods,
): NoInfer<Methods> & Pick<DedupeStore, typeof claimsKey> {
  for (const name of ['claim', 'extend', 'complete', 'release'] as const) {
    if (typeof methods?.[name] !== 'function') throw refuseOption(`defineStore.${name}`, 'Expected a function.');
  }
  // By their descriptors: a getter such as `size` stays one.
  return Object.defineProperty(Object.defineProperties({}, Object.getOwnPropertyDescriptors(methods)), claimsKey, {
    value: protocol,
    enumerable: true,
  }) as never;
}
