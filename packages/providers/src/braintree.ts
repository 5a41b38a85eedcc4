/** Braintree: HMAC-SHA-1 over one field of a form, keyed by the hash of the private key. */

import { defineProvider, hmac, WebhookError } from '@countersign/core';

/** Whose signature in `bt_signature` is to be checked. */
export interface BraintreeOptions {
  /** The public key of the API key pair whose private key is the receiver's secret. */
  readonly publicKey: string;
}

/**
 * Braintree, which posts a form with `bt_payload`, XML in base64, and `bt_signature`, a list of `{publicKey}|{hmac}` joined
 * by `&`. The key is the SHA-1 of the private key.
 *
 * `event.payload` has the fields of the form as text; the XML is yours to decode. Neither id nor type can be told without
 * reading it, so the digest of `bt_payload` identifies an event. The time in the XML is signed but not checked here.
 *
 * A GET with `bt_challenge` is answered, which Braintree asks when an address is entered.
 *
 * @example
 * const provider = braintree({ publicKey: process.env.BRAINTREE_PUBLIC_KEY! });
 * const receiver = createReceiver({ provider, secrets: process.env.BRAINTREE_PRIVATE_KEY! });
 *
 * @throws options_invalid without a public key
 * @see https://github.com/braintree/braintree_node (lib/braintree/webhook_notification_gateway.js, read 2026-11-20)
 */
export function braintree(options: BraintreeOptions) {
  const publicKey: unknown = options?.publicKey;
  if (typeof publicKey !== 'string' || !/^[A-Za-z0-9_]+$/.test(publicKey)) {
    throw new WebhookError('options_invalid', {
      at: 'braintree.publicKey',
      hint: 'Give the public key that stands beside the private key in the control panel: braintree({ publicKey }).',
    });
  }
  return defineProvider({
    name: 'braintree',
    title: 'Braintree',
    scheme: hmac({
      hash: 'SHA-1',
      signature: { form: 'bt_signature', key: publicKey, separator: '&', assign: '|', encoding: 'hex' },
      signs: [{ form: 'bt_payload', isPayload: true }],
      secret: { derive: 'SHA-1' },
    }),
    payload: 'form',
    handshakes: [
      {
        name: 'bt_challenge',
        when: { method: 'GET', query: { bt_challenge: '*' } },
        signed: false,
        answer: { body: { macOf: { query: 'bt_challenge' }, encoding: 'hex', prefix: `${publicKey}|` } },
      },
    ],
    secretHelp: 'The private key of an API key pair, in the control panel.',
    rotation: 'A pair for each API key; the one with your public key counts.',
    source: {
      title: 'Braintree’s package for Node, lib/braintree/webhook_notification_gateway.js',
      url: 'https://github.com/braintree/braintree_node/blob/master/lib/braintree/webhook_notification_gateway.js',
      readOn: '2026-11-20',
    },
    confidence: 'sdk_source',
    unsaid: ['How deliveries are repeated, and how long an answer may take.'],
  });
}
