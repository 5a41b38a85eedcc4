/** Adyen's standard webhooks: HMAC-SHA-256 over eight fields of each notification, inside the body. */

import { batches, bodyValues, composedText, definePreset, hmac } from '@countersign/core/preset';
import type { AdyenEvents } from './events/adyen.ts';

export type { AdyenEvents } from './events/adyen.ts';

const colon = { text: ':' };

/**
 * Adyen's standard webhooks. Each notification carries its own signature in `additionalData.hmacSignature`, over eight
 * fields joined by colons. Each notification of a batch must verify; each is handled separately.
 *
 * Only those eight fields are signed: `pspReference`, `originalReference`, `merchantAccountCode`, `merchantReference`,
 * `amount`, `eventCode` and `success`. Everything else in the body, including `live` and the rest of `additionalData`,
 * can be set by anyone: `event.signed.body` is false. The signed fields are the identity of an event. No timestamp is
 * signed.
 *
 * `eventDate` is one of the unsigned fields: use it for ordering, and do not trust it for anything else.
 *
 * A delivery is acknowledged with the text `[accepted]`. For Adyen's platform webhooks, which sign the body, use
 * `adyenPlatform`.
 *
 * @see https://github.com/Adyen/adyen-node-api-library (src/utils/hmacValidator.ts, read 2026-11-26)
 * @see https://docs.adyen.com/development-resources/webhooks/troubleshoot (the retries; read 2026-11-26)
 */
export const adyen = definePreset<AdyenEvents>({
  name: 'adyen',
  title: 'Adyen',
  scheme: hmac(
    {
      hash: 'SHA-256',
      each: 'notificationItems.*.NotificationRequestItem',
      signature: { json: 'additionalData.hmacSignature', encoding: 'base64' },
      signs: [
        { json: 'pspReference' },
        colon,
        { json: 'originalReference', otherwise: '' },
        colon,
        { json: 'merchantAccountCode' },
        colon,
        // Chosen by the merchant, so it may hold colons. No other field does.
        { json: 'merchantReference', otherwise: '', free: true },
        colon,
        { json: 'amount.value', otherwise: '' },
        colon,
        { json: 'amount.currency', otherwise: '' },
        colon,
        { json: 'eventCode' },
        colon,
        { json: 'success' },
      ],
      secret: { encoding: 'hex' },
    },
    composedText,
    bodyValues,
  ),
  eventId: { json: ['pspReference', 'eventCode', 'success'], join: ':' },
  eventType: { json: 'eventCode' },
  eventCreatedAt: { json: 'eventDate', unit: 'iso8601' },
  ...batches,
  batch: { json: 'notificationItems.*.NotificationRequestItem' },
  responseDeadlineSeconds: 10,
  retries: {
    delaysSeconds: [9, 18, 27, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800],
    horizonSeconds: 2_592_000,
    note: 'Three attempts within a minute, then a queue with growing delays, from two minutes to eight hours, for up to 30 days.',
  },
  acknowledgement: { body: '[accepted]' },
  secretHelp: 'The HMAC key of the webhook, in hexadecimal, from the customer area.',
  source: {
    title: 'Adyen’s package for Node, src/utils/hmacValidator.ts',
    url: 'https://github.com/Adyen/adyen-node-api-library/blob/main/src/utils/hmacValidator.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: [
    'The acknowledgement [accepted]: newer webhooks accept any 2xx.',
    'That these fields make up the id of an event.',
    'Ten seconds for an answer, read in a third-party guide.',
  ],
});
