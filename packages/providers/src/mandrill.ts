/** Mailchimp Transactional (Mandrill): HMAC-SHA-1 over the URL and the fields of the form. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Mandrill, which signs the URL it posts to and, behind it, the fields of the form in `X-Mandrill-Signature`. The receiver
 * needs `publicUrl`. The form has one field, `mandrill_events`, whose JSON is an array of events; each is handled on its
 * own. No time is signed.
 *
 * When a webhook is created, Mandrill asks by HEAD whether the address is there, and posts an empty list of events that is
 * signed with a test key, which this preset does not know and answers with 401.
 *
 * @see https://github.com/anymail/django-anymail (anymail/webhooks/mandrill.py; not by Mailchimp; read 2026-11-20)
 */
export const mandrill = defineProvider({
  name: 'mandrill',
  title: 'Mailchimp Transactional (Mandrill)',
  scheme: hmac({
    hash: 'SHA-1',
    signature: { header: 'x-mandrill-signature', encoding: 'base64' },
    signs: ['url', 'sorted_form'],
  }),
  eventId: { json: ['_id', 'event'], join: ':' },
  eventType: { json: 'event' },
  batch: { json: '*' },
  payload: { formField: 'mandrill_events' },
  handshakes: [{ name: 'head', when: { method: 'HEAD' }, signed: false, answer: {} }],
  secretHelp: 'The key of the webhook.',
  source: {
    title: 'django-anymail, anymail/webhooks/mandrill.py (public code of others)',
    url: 'https://github.com/anymail/django-anymail/blob/main/anymail/webhooks/mandrill.py',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The checks when a webhook is created.', 'The place of the event’s type.'],
});
