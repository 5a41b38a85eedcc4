/** Braintree: HMAC-SHA-1 over one field of a form, keyed by the hash of the private key. */

import { WebhookError } from '@countersign/core';
import { bodyValues, composedText, definePreset, forms, handshakes, hmac } from '@countersign/core/preset';
import type { BraintreeEvents } from './events/braintree.ts';

export type { BraintreeEvents } from './events/braintree.ts';

/** The API key pair whose signature in `bt_signature` is checked. */
export interface BraintreeOptions {
  /** The public key of the API key pair whose private key is the receiver's secret. */
  readonly publicKey: string;
}

/**
 * Braintree posts a form with `bt_payload`, XML in base64, and `bt_signature`, a list of `{publicKey}|{hmac}` joined by
 * `&`. The key is the SHA-1 of the private key.
 *
 * `event.payload` has the fields of the form as text; your code decodes the XML. Id and type are only in the XML, so
 * the digest of `bt_payload` identifies an event. The time in the XML is signed but not checked here.
 *
 * A GET with `bt_challenge`, which Braintree sends when a URL is entered, is answered.
 *
 * @example
 * const provider = braintree({ publicKey: process.env.BRAINTREE_PUBLIC_KEY! });
 * const receiver = createReceiver({ provider, secrets: process.env.BRAINTREE_PRIVATE_KEY! });
 *
 * @throws options_invalid without a public key
 * @see https://github.com/braintree/braintree_node (lib/braintree/webhook_notification_gateway.js, read 2026-11-26)
 * @see https://developer.paypal.com/braintree/docs/guides/webhooks/parse (retries and deadline; read 2026-11-26)
 */
export function braintree(options: BraintreeOptions) {
  const publicKey: unknown = options?.publicKey;
  if (typeof publicKey !== 'string' || !/^[A-Za-z0-9_]+$/.test(publicKey)) {
    throw new WebhookError('options_invalid', {
      at: 'braintree.publicKey',
      hint: 'Pass the public key shown next to the private key in the control panel: braintree({ publicKey }).',
    });
  }
  return definePreset<BraintreeEvents>({
    name: 'braintree',
    title: 'Braintree',
    scheme: hmac(
      {
        hash: 'SHA-1',
        signature: { form: 'bt_signature', key: publicKey, separator: '&', assign: '|', encoding: 'hex' },
        // A notification in XML is longer than any challenge, so no answer to a challenge is the signature of a
        // notification.
        signs: [{ form: 'bt_payload', payload: true, minLength: 64 }],
        secret: { derive: 'SHA-1' },
      },
      composedText,
      bodyValues,
    ),
    ...forms,
    payload: 'form',
    identity: {
      bytesRepeat: false,
      source: 'https://developer.paypal.com/braintree/docs/guides/webhooks/parse (read 2026-11-26)',
      note: 'Every notification has a time in its signed XML, in whole seconds.',
    },
    responseDeadlineSeconds: 30,
    retries: {
      horizonSeconds: 86_400,
      note: 'Every hour for 24 hours in production, for 3 hours in the sandbox, until a 2xx response within 30 seconds.',
    },
    handshakes: handshakes([
      {
        name: 'bt_challenge',
        when: { method: 'GET', query: { bt_challenge: '*' } },
        signed: false,
        response: {
          body: {
            macOf: { query: 'bt_challenge' },
            // The package's own rule for what it signs.
            grammar: { characters: 'lower_hex', minLength: 20, maxLength: 32 },
            encoding: 'hex',
            prefix: `${publicKey}|`,
          },
        },
      },
    ]),
    secretHelp: 'The private key of an API key pair, in the control panel.',
    rotation: 'A pair for each API key; the one with your public key counts.',
    source: {
      title: 'Braintree’s package for Node, lib/braintree/webhook_notification_gateway.js',
      url: 'https://github.com/braintree/braintree_node/blob/master/lib/braintree/webhook_notification_gateway.js',
      readOn: '2026-11-26',
    },
    confidence: 'sdk_source',
    unsaid: [
      'An id of the event: the XML has a kind, a time and the object.',
      'Whether a retry has the bytes of the first attempt.',
    ],
  });
}
