/** Makes a store from its methods, and adds the code that handles events with claims. */

import { checkDedupe } from '../claims/dedupe-options.ts';
import { claimsKey, type DedupeStore, type StoreMethods } from '../claims/store.ts';
import { findDoubts } from '../handling/claim-doubts.ts';
import { type ClaimProtocol, protocolVersion } from '../handling/claim-protocol.ts';
import { lineFor } from '../handling/claimed-output.ts';
import { handleClaimed } from '../handling/handle-claimed.ts';
import { optionError } from '../options/option-values.ts';

const protocol: ClaimProtocol = {
  version: protocolVersion,
  check: checkDedupe,
  doubts: findDoubts,
  handle: handleClaimed,
  lineFor,
};

/**
 * Makes your own dedupe store from its methods: `claim`, `extend`, `complete` and `release`, and optionally
 * `raiseWatermark` (for `ordering`), `transact` and `transactionOf` (for mode `transactional`), `check` and `local`.
 *
 * Returns a new object; all other properties are kept. Test the methods with `storeContract` from
 * `@countersign/testing`.
 *
 * @example
 * const store = defineStore({ claim, extend, complete, release });
 * const receiver = createReceiver({ provider: stripe, secrets, dedupe: { store, namespace: 'billing' } });
 *
 * @throws options_invalid for a missing method
 */
export function defineStore<Methods extends StoreMethods>(
  methods: Methods,
): NoInfer<Methods> & Pick<DedupeStore, typeof claimsKey> {
  for (const name of ['claim', 'extend', 'complete', 'release'] as const) {
    if (typeof methods?.[name] !== 'function') throw optionError(`defineStore.${name}`, 'Expected a function.');
  }
  // Copies property descriptors, so a getter such as `size` stays one.
  return Object.defineProperty(Object.defineProperties({}, Object.getOwnPropertyDescriptors(methods)), claimsKey, {
    value: protocol,
    enumerable: true,
  }) as never;
}
