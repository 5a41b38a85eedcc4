/** Mollie’s next-generation webhooks: HMAC-SHA-256 over the raw body. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { MollieEvents } from './events/mollie.ts';

export type { MollieEvents } from './events/mollie.ts';

/**
 * Mollie’s next-generation webhooks sign the body in `X-Mollie-Signature`, in hexadecimal, with or
 * without `sha256=` before it.
 *
 * Mollie’s classic webhooks, forms with an `id` such as `tr_...`, carry no signature and cannot be verified: fetch
 * the object from the API by that id and believe only the answer.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/mollie/mollie-api-php (src/Webhooks/SignatureValidator.php, src/Resources/WebhookEvent.php, read
 * 2026-11-26)
 */
export const mollie = definePreset<MollieEvents>({
  name: 'mollie',
  title: 'Mollie',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-mollie-signature', encoding: 'hex', prefix: 'sha256=', prefixOptional: true },
    signs: ['body'],
  }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'createdAt', unit: 'iso8601' },
  secretHelp: 'The signing secret of the webhook, used as text.',
  wrongSecrets: { access_: 'an access token' },
  rotation: 'Mollie’s package tries several values of the header; this preset accepts one, and several secrets.',
  source: {
    title: 'Mollie’s package for PHP, src/Webhooks/SignatureValidator.php',
    url: 'https://github.com/mollie/mollie-api-php',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['How deliveries are retried.'],
});
