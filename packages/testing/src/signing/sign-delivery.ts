/** Signs deliveries as a sender does, from its description, using only node:crypto and none of the verifier's code. */

import type { EventTypeOf, Provider } from '@countersign/core';
import type { OwnScheme, OwnSchemeKind, SchemeKind } from '@countersign/core/describe';
import { signDetached } from './detached-token.ts';
import { Draft } from './draft.ts';
import { knownEventsOf } from './known-events.ts';
import { signMessage } from './message-signature.ts';
import { type OtherType, refuseSigning, type SignedDelivery, type SigningOptions } from './signing-options.ts';
import { signText } from './text-signature.ts';
import { signStoredToken, signToken } from './token.ts';

const signedKinds: Readonly<Record<string, true>> = {
  hmac: true,
  public_key: true,
  shared_token: true,
  jwt: true,
  detached_jws: true,
  http_signature: true,
} satisfies Record<Exclude<SchemeKind, OwnSchemeKind>, true>;

/**
 * True if {@link signDelivery} knows how this provider signs its deliveries; false for a scheme of your own.
 *
 * @example
 * if (canSign(provider)) await endpoint(await signDelivery(provider, { secret }));
 */
export function canSign(provider: Provider): boolean {
  return Object.hasOwn(signedKinds, provider.scheme.kind);
}

/**
 * Makes a delivery as the sender would post it: body, headers, signature.
 *
 * For tests of your own endpoint: sign with the test's secret; use an old `at` to test the replay window, another
 * secret for a forgery, and change the result to tamper with it.
 *
 * @example
 * const delivery = await signDelivery(stripe, { secret, type: 'invoice.paid', payload: { livemode: false } });
 * const response = await fetch(toRequest({ ...delivery, url: 'http://localhost:3000/webhooks/stripe' }));
 *
 * @throws options_invalid for a scheme of your own, and if secret, key or body cannot be used
 */
export async function signDelivery<P extends Provider, Type extends EventTypeOf<P> | OtherType = OtherType>(
  provider: P,
  options: SigningOptions<P, Type>,
): Promise<SignedDelivery> {
  if (!canSign(provider))
    throw refuseSigning('provider', `Only ${provider.name} knows how a ${provider.scheme.kind} is signed.`);
  const draft = new Draft(provider, options as SigningOptions, await knownEventsOf(provider));
  await signDraft(draft, options as SigningOptions);
  return draft.delivery;
}

function signDraft(draft: Draft, options: SigningOptions): void | Promise<void> {
  const { scheme } = draft.provider;
  switch (scheme.kind) {
    case 'hmac':
    case 'public_key':
      return signText(draft, scheme.description, options);
    case 'shared_token':
      return signStoredToken(draft, scheme.description, options);
    case 'jwt':
      return signToken(draft, scheme.description, options);
    case 'detached_jws':
      return signDetached(draft, scheme.description, options);
    case 'http_signature':
      return signMessage(draft, scheme.description, options);
    default:
      scheme satisfies OwnScheme;
  }
}
