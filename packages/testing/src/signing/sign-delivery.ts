/** Signs deliveries as a sender does, from its description, by node:crypto alone: nothing of the verifier takes part. */

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

/** Whether {@link signDelivery} knows how this provider's deliveries are signed; false for a scheme of your own. */
export function canSign(provider: Provider): boolean {
  return Object.hasOwn(signers, provider.scheme.kind);
}

/**
 * Makes a delivery as the sender would post it: body, headers, signature.
 *
 * For tests of your own endpoint: sign with the secret of the test, with an old `at` for the replay window, with another
 * secret for a forgery, and change what comes back to tamper with it.
 *
 * @example
 * const delivery = await signDelivery(stripe, { secret, type: 'invoice.paid', payload: { livemode: false } });
 * const response = await fetch(url, { method: 'POST', headers: delivery.headers, body: delivery.body });
 *
 * @throws options_invalid for a scheme of your own, and where secret, key or body do not do
 */
export async function signDelivery<P extends Provider, Type extends EventTypeOf<P> | OtherType = OtherType>(
  provider: P,
  options: SigningOptions<P, Type>,
): Promise<SignedDelivery> {
  const signer = Object.hasOwn(signers, provider.scheme.kind) ? signers[provider.scheme.kind] : undefined;
  if (signer === undefined)
    throw refuseSigning('provider', `Nobody but ${provider.name} knows how a ${provider.scheme.kind} is signed.`);
  const draft = new Draft(provider, options as SigningOptions);
  await signer(draft, options as SigningOptions);
  return draft.delivery;
}
