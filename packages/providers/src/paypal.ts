/** PayPal: RSA over ids, time and a checksum of the body, with a certificate that a header names. */

import { type Delivery, WebhookError } from '@countersign/core';
import type { CertificateSource } from '@countersign/core/describe';
import { composedText, computedText, definePreset } from '@countersign/core/preset';
import { certificates, publicKey } from '@countersign/core/preset/public-key';
import type { PayPalEvents } from './events/paypal.ts';

export type { PayPalEvents } from './events/paypal.ts';

/** The webhook whose deliveries are accepted. */
export interface PaypalOptions {
  /** The id of the webhook from the dashboard. It is signed, so that deliveries for other webhooks are refused. */
  readonly webhookId: string;
  /**
   * Trusted certificates as PEM, to which the fetched chain must lead. Without them, trust rests on https and the host.
   */
  readonly roots?: string;
  /** Used instead of the global fetch for certificates. */
  readonly fetch?: CertificateSource['fetch'];
}

/**
 * PayPal signs `{transmission id}|{transmission time}|{webhook id}|{CRC-32 of the body}` with RSA and SHA-256. The
 * certificate is fetched from the URL in `PAYPAL-CERT-URL`, which must be one of PayPal's own.
 *
 * PayPal retries for three days. Its documentation calls the time in the header that of the HTTP transmission and does
 * not say whether a retry has a new one. If your log shows `timestamp_too_old` for retries, widen the window, and
 * consider the next paragraph.
 *
 * Only a CRC-32 binds the body: anyone who can change a delivery in transit can make another body with the same
 * checksum. So `event.signed.body` is false; for important data, fetch the resource from PayPal's API.
 *
 * @example
 * const receiver = createReceiver({ provider: paypal({ webhookId: process.env.PAYPAL_WEBHOOK_ID! }) });
 *
 * @throws options_invalid without the id of the webhook
 * @see https://github.com/paypal/PayPal-Python-SDK (paypalrestsdk/notifications.py, read 2026-11-26)
 * @see https://developer.paypal.com/api/rest/webhooks/ (retries, as quoted in public code, read 2026-11-26)
 */
export function paypal(options: PaypalOptions) {
  const { webhookId, roots, fetch } = options ?? {};
  if (typeof webhookId !== 'string' || !/^[A-Za-z0-9-]{6,64}$/.test(webhookId)) {
    throw new WebhookError('options_invalid', {
      at: 'paypal.webhookId',
      hint: 'Pass the id of the webhook from the dashboard: paypal({ webhookId }).',
    });
  }
  const bar = { text: '|' };
  return definePreset<PayPalEvents, 'none'>({
    name: 'paypal',
    title: 'PayPal',
    scheme: publicKey(
      {
        algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
        signature: { header: 'paypal-transmission-sig', encoding: 'base64' },
        timestamp: { header: 'paypal-transmission-time', unit: 'iso8601' },
        signs: [
          { header: 'paypal-transmission-id' },
          bar,
          'timestamp',
          { text: `|${webhookId}|` },
          {
            name: 'CRC-32 of the body, in decimal',
            // Only a checksum of the body is signed, and anyone who has seen one delivery can make another body with it.
            covers: [],
            layout: { assign: '', end: '' },
            compute: ({ body }: Delivery) => [{ name: '', value: String(crc32(body)) }],
          },
        ],
        guards: { 'paypal-auth-algo': 'SHA256withRSA' },
        certificate: {
          url: { header: 'paypal-cert-url' },
          // api.paypal.com and api.sandbox.paypal.com among them; the Python package accepts any name below paypal.com.
          hosts: paypalNames,
          names: paypalNames,
          ...(roots !== undefined && { roots }),
          ...(fetch !== undefined && { fetch }),
        },
      },
      composedText,
      computedText,
      certificates,
    ),
    eventId: { json: 'id' },
    eventType: { json: 'event_type' },
    eventCreatedAt: { json: 'create_time', unit: 'iso8601' },
    retries: { horizonSeconds: 259_200, note: 'Up to 25 times within three days, after any response other than 2xx.' },
    secretHelp: 'None. The certificate is fetched from PayPal; the preset needs the id of the webhook.',
    source: {
      title: 'PayPal’s package for Python, paypalrestsdk/notifications.py',
      url: 'https://github.com/paypal/PayPal-Python-SDK/blob/master/paypalrestsdk/notifications.py',
      readOn: '2026-11-26',
    },
    confidence: 'sdk_source',
    unverified: ['On which hosts of paypal.com certificates are kept, apart from api.paypal.com.'],
    unsaid: [
      'The maximum age of a delivery; the preset uses 300 seconds, and a retry may carry the time of the first attempt.',
    ],
  });
}

/** One label below paypal.com, and one below sandbox.paypal.com. */
const paypalNames = [
  { label: 'any', after: '.paypal.com' },
  { label: 'any', after: '.sandbox.paypal.com' },
] as const;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32 as in ISO-HDLC and zlib. */
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (crcTable[(rest ^ byte) & 255] as number) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
