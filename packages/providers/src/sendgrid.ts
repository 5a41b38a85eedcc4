/** Twilio SendGrid's Event Webhook: ECDSA over timestamp and body, several events in one delivery. */

import { batches, definePreset } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { SendgridEvents } from './events/sendgrid.ts';

export type {
  SendgridClient,
  SendgridDeliveryEvents,
  SendgridEngagementEvents,
  SendgridEvent,
  SendgridEvents,
} from './events/sendgrid.ts';

/**
 * SendGrid's Event Webhook signs `{timestamp}{body}` with ECDSA on P-256, in DER and base64.
 *
 * The body is an array of events with a line break between them and at the end, which is signed as well: JSON that was
 * parsed and serialised again never verifies. Each event is handled separately.
 *
 * Some old or unusual events have no `sg_event_id`. A user reports that it differs between a delivery and its retry (issue
 * 1435 of the package, not answered): then a retry runs again. Compare `sg_message_id`, `event` and `timestamp` where that
 * matters.
 *
 * @see https://github.com/sendgrid/sendgrid-nodejs (packages/eventwebhook/src/eventwebhook.js and its spec, read
 * 2026-11-20)
 * @see https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting (ids and retries, read 2026-11-26)
 */
export const sendgrid = definePreset<SendgridEvents, 'keys'>({
  name: 'sendgrid',
  title: 'Twilio SendGrid',
  scheme: publicKey({
    algorithm: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format: 'der' },
    signature: { header: 'x-twilio-email-event-webhook-signature', encoding: 'base64' },
    timestamp: { header: 'x-twilio-email-event-webhook-timestamp', unit: 'seconds' },
    signs: ['timestamp', 'body'],
  }),
  eventId: { json: 'sg_event_id' },
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'timestamp', unit: 'seconds' },
  ...batches,
  batch: { json: '*' },
  retries: {
    horizonSeconds: 86_400,
    note: 'At growing intervals for up to 24 hours, after any response other than 2xx.',
  },
  secretHelp: 'The verification key of the event webhook: a public key in base64, without the lines of PEM.',
  wrongSecrets: { 'SG.': 'an API key' },
  source: {
    title: 'SendGrid’s package @sendgrid/eventwebhook',
    url: 'https://github.com/sendgrid/sendgrid-nodejs/tree/main/packages/eventwebhook',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: [
    'The maximum age of a delivery; the package checks no time, the preset uses 300 seconds.',
    'Whether a retry has a new timestamp and signature.',
  ],
});
