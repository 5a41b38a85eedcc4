/** Razorpay: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { RazorpayEvents } from './events/razorpay.ts';

export type {
  RazorpayEntity,
  RazorpayEvents,
  RazorpayNotes,
  RazorpayOrder,
  RazorpayPayload,
  RazorpayPayment,
  RazorpayRefund,
} from './events/razorpay.ts';

/**
 * Razorpay signs the body in `X-Razorpay-Signature`, in hexadecimal. The id of the event is in an unsigned
 * header, so the digest of the body, which always has a time and the entity, identifies it.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/razorpay/razorpay-node (lib/utils/razorpay-utils.js, read 2026-11-20)
 * @see https://razorpay.com/docs/webhooks/best-practices/ (id, deadline and retries, read 2026-11-26)
 */
export const razorpay = definePreset<RazorpayEvents>({
  name: 'razorpay',
  title: 'Razorpay',
  scheme: rawBodyHmac({ header: 'x-razorpay-signature' }),
  eventId: { header: 'x-razorpay-event-id' },
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'created_at', unit: 'seconds' },
  identity: {
    bytesRepeat: false,
    idKept: true,
    source: 'https://razorpay.com/docs/webhooks/best-practices/, read 2026-11-26',
    note: 'The header is unique to an event and finds duplicates; the body has created_at and the entity.',
  },
  responseDeadlineSeconds: 5,
  retries: {
    horizonSeconds: 86_400,
    note: 'With growing delays for 24 hours after the event, after any response other than 2xx; then the webhook is disabled. Events may arrive in any order.',
  },
  secretHelp: 'The secret entered for the webhook.',
  wrongSecrets: { rzp_live_: 'the id of an API key', rzp_test_: 'the id of an API key' },
  source: {
    title: 'Razorpay documentation, Webhooks, Best practices',
    url: 'https://razorpay.com/docs/webhooks/best-practices/',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
});
