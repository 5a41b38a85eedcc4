/** Signs deliveries as a sender does, from its description, using only node:crypto and none of the verifier's code. */

import type { Provider } from '@countersign/core';
import { signDetached } from './detached-token.ts';
import { Draft } from './draft.ts';
import { signMessage } from './message-signature.ts';
import {
  type EventTypeOf,
  type OtherType,
  refuseSigning,
  type SignedDelivery,
  type SigningOptions,
} from './signing-options.ts';
import { signText } from './text-signature.ts';
import { signStoredToken, signToken } from './token.ts';

const signers: Readonly<Record<string, (draft: Draft, options: SigningOptions) => void | Promise<void>>> = {
  hmac: signText,
  public_key: signText,
  shared_token: signStoredToken,
  jwt: signToken,
  detached_jws: signDetached,
  http_signature: signMessage,
};

/**
 * True if {@link signDelivery} knows how this provider signs its deliveries; false for a scheme of your own.
 *
 * @example
 * if (canSign(provider)) await endpoint(await signDelivery(provider, { secret }));
 */
export function canSign(provider: Provider): boolean {
  return Object.hasOwn(signers, provider.scheme.kind);
}

/**
 * Makes a delivery as the sender would post it: body, headers, signature.
 *
 * For tests of your own endpoint: sign with the test's secret; use an old `at` to test the replay window, another
 * secret for a forgery, and change the result to tamper with it.
 *
 * @example
 * const delivery = await signDelivery(stripe, { secret, type: 'invoice.paid', payload: { livemode: false } });
 * const response = await fetch(url, { method: 'POST', headers: delivery.headers, body: delivery.body });
 *
 * @throws options_invalid for a scheme of your own, and if secret, key or body cannot be used
 */
export async function signDelivery<P extends Provider, Type extends EventTypeOf<P> | OtherType = OtherType>(
  provider: P,
  options: SigningOptions<P, Type>,
): Promise<SignedDelivery> {
  const signer = Object.hasOwn(signers, provider.scheme.kind) ? signers[provider.scheme.kind] : undefined;
  if (signer === undefined)
    throw refuseSigning('provider', `Only ${provider.name} knows how a ${provider.scheme.kind} is signed.`);
  const draft = new Draft(provider, options as SigningOptions);
  await signer(draft, options as SigningOptions);
  return draft.delivery;
}
