/** Event names of Mailchimp Transactional. Changes of its lists have a type in place of an event. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const mandrill = {
  source: {
    title:
      'Mailchimp Transactional documentation, Webhooks, and django-anymail, anymail/webhooks/mandrill.py (spelling)',
    url: 'https://mailchimp.com/developer/transactional/docs/webhooks/',
    readOn: '2026-11-27',
  },
  names: [
    'click',
    'deferral',
    'delivered',
    'hard_bounce',
    'inbound',
    'open',
    'reject',
    'send',
    'soft_bounce',
    'spam',
    'unsub',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Mailchimp Transactional (Mandrill), with unknown payloads. */
export interface MandrillEvents extends NamedEvents<typeof mandrill> {}
