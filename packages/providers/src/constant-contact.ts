/** Constant Contact: a detached JWS whose payload is the body as it is. */

import { WebhookError } from '@countersign/core';
import { detachedJws } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { ConstantContactEvents } from './events/constant-contact.ts';

export type { ConstantContactEvents } from './events/constant-contact.ts';

/** The facts that Constant Contact's documentation leaves open and a receiver needs. */
export interface ConstantContactOptions {
  /** The header with the signature, as your deliveries show it. */
  readonly header: string;
}

/**
 * Constant Contact signs the body with RS256 as a detached JWS with an unencoded payload (RFC 7797). The time is `ts`
 * in the header of the JWS. Code that encodes the payload, as most libraries do, refuses every delivery.
 *
 * The name of the header was not read in the documentation, so you must pass it. Third-party code reads
 * `X-CTCT-WEBHOOK-SIG`.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: constantContact({ header: 'the-header-that-your-deliveries-show' }),
 *   keys: { url: 'https://developer.constantcontact.com/.well-known/jwks.json' },
 * });
 *
 * @throws options_invalid without the header
 * @see https://developer.constantcontact.com/api_guide/webhook_authenticity.html (read 2026-11-20)
 */
export function constantContact(options: ConstantContactOptions) {
  if (typeof options?.header !== 'string' || options.header === '') {
    const hint = 'Pass the name of the header that your deliveries show.';
    throw new WebhookError('options_invalid', { at: 'constantContact.header', hint });
  }
  return definePreset<ConstantContactEvents, 'keys'>({
    name: 'constant-contact',
    title: 'Constant Contact',
    scheme: detachedJws({
      header: options.header,
      algorithms: ['RS256'],
      unencoded: true,
      timestamp: { jose: 'ts', unit: 'seconds' },
    }),
    secretHelp: 'The JWK Set at https://developer.constantcontact.com/.well-known/jwks.json.',
    source: {
      title: 'Constant Contact documentation, Webhook authenticity',
      url: 'https://developer.constantcontact.com/api_guide/webhook_authenticity.html',
      readOn: '2026-11-20',
    },
    confidence: 'integration_code',
    unsaid: ['The maximum age of a delivery; the preset uses 300 seconds.', 'The places of an event’s id and type.'],
  });
}
