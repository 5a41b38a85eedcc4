/** Mailchimp Transactional (Mandrill): HMAC-SHA-1 over the URL and the fields of the form. */

import {
  batches,
  bodyValues,
  composedText,
  definePreset,
  forms,
  handshakes,
  hmac,
  signedUrl,
} from '@countersign/core/preset';
import type { MandrillEvents } from './events/mandrill.ts';

export type { MandrillEvents } from './events/mandrill.ts';

/**
 * Mandrill signs the URL it posts to, followed by the fields of the form, in `X-Mandrill-Signature`. The receiver needs
 * `publicUrl`, which must not contain `mandrill_events`. The form has one field, `mandrill_events`, whose JSON is an
 * array of events; each is handled separately. No timestamp is signed. A message can be opened or clicked many times,
 * so an event is identified by `_id`, `event` and `ts` together; inbound mail and changes of a list have no `_id` and
 * are identified by the digest of the delivery.
 *
 * When a webhook is created, Mandrill checks the URL with HEAD, and posts an empty list of events that is signed with a
 * test key, which this preset does not know and answers with 401.
 *
 * @see https://github.com/anymail/django-anymail (anymail/webhooks/mandrill.py; not by Mailchimp; read 2026-11-26)
 * @see https://mailchimp.com/developer/transactional/docs/webhooks/ (field, batch, events; read 2026-11-26)
 */
export const mandrill = definePreset<MandrillEvents>({
  name: 'mandrill',
  title: 'Mailchimp Transactional (Mandrill)',
  scheme: hmac(
    {
      hash: 'SHA-1',
      signature: { header: 'x-mandrill-signature', encoding: 'base64' },
      // The fields of a form follow the URL without anything between them; this sender posts one field, whose name ends the URL.
      signs: ['url', { text: 'mandrill_events' }, { form: 'mandrill_events', payload: true, orBody: true }],
    },
    composedText,
    bodyValues,
    signedUrl,
  ),
  eventId: { json: ['_id', 'event', 'ts'], join: ':' },
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'ts', unit: 'seconds' },
  ...batches,
  batch: { json: '*' },
  ...forms,
  payload: { formField: 'mandrill_events' },
  handshakes: handshakes([{ name: 'head', when: { method: 'HEAD' }, signed: false, response: {} }]),
  secretHelp: 'The key of the webhook, used as text.',
  wrongSecrets: { 'md-': 'an API key' },
  source: {
    title: 'django-anymail, anymail/webhooks/mandrill.py (public code of others)',
    url: 'https://github.com/anymail/django-anymail/blob/main/anymail/webhooks/mandrill.py',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The checks when a webhook is created.', 'The places of id, type and time of an event.'],
  unsaid: ['How deliveries are retried.'],
});
