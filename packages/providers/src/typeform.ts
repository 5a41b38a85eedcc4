/** Typeform: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { TypeformEvents } from './events/typeform.ts';

export type {
  TypeformAnswer,
  TypeformChoice,
  TypeformDefinition,
  TypeformEvents,
  TypeformPayload,
  TypeformResponse,
} from './events/typeform.ts';

/**
 * Typeform signs the body in `Typeform-Signature: sha256=...`, in base64.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * `event.createdAt` is the time of the answer, `form_response.submitted_at`.
 *
 * @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/ (quoted by a public description of its
 * webhooks and by a guide, which were read 2026-11-26 in its place)
 */
export const typeform = definePreset<TypeformEvents>({
  name: 'typeform',
  title: 'Typeform',
  scheme: rawBodyHmac({ header: 'typeform-signature', encoding: 'base64', prefix: 'sha256=' }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'form_response.submitted_at', unit: 'iso8601' },
  responseDeadlineSeconds: 30,
  retries: {
    // The longest reading of what is quoted.
    delaysSeconds: [300, 600, 1200, 3600, 7200, 10_800, 14_400],
    horizonSeconds: 38_100,
    finalOn: [404, 410],
    note: '408, 423, 429 and 503: every two to three minutes for ten hours. 404 and 410 disable the webhook immediately. Others: at 5, 10 and 20 minutes, then 1, 2, 3 and 4 hours.',
  },
  secretHelp: 'The secret entered for the webhook.',
  source: {
    title: 'A public AsyncAPI description that quotes Typeform, Webhooks',
    url: 'https://asyncapi.apis.io/asyncapis/typeform/typeform-asyncapi/',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['That the id is the same in every attempt.', 'Deadline and retries.'],
});
