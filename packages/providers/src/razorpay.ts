/** Razorpay: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Razorpay, which signs the body in `X-Razorpay-Signature`, in hexadecimal. The id of the event stands in a header
 * that nobody signs, so the digest of the body identifies it.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/razorpay/razorpay-node (lib/utils/razorpay-utils.js, read 2026-11-20)
 */
export const razorpay = defineProvider({
  name: 'razorpay',
  title: 'Razorpay',
  scheme: rawBodyHmac({ header: 'x-razorpay-signature' }),
  eventId: { header: 'x-razorpay-event-id' },
  eventType: { json: 'event' },
  secretHelp: 'The secret entered for the webhook.',
  source: {
    title: 'Razorpay’s package for Node, lib/utils/razorpay-utils.js',
    url: 'https://github.com/razorpay/razorpay-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The header with the id, and the place of the type.'],
});
