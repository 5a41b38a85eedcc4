/** Event names of SendGrid’s Event Webhook. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const sendgrid = {
  source: {
    title: 'SendGrid documentation, Event Webhook Reference; Update an Event Webhook (account_status_change)',
    url: 'https://github.com/sendgrid/docs/blob/02c1275b9154eecde622c5df8e4d5f5251839911/content/docs/for-developers/tracking-events/event.md',
    readOn: '2026-11-27',
  },
  names: [
    'account_status_change',
    'bounce',
    'click',
    'deferred',
    'delivered',
    'dropped',
    'group_resubscribe',
    'group_unsubscribe',
    'open',
    'processed',
    'spamreport',
    'unsubscribe',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Twilio SendGrid, with unknown payloads. */
export interface SendgridEvents extends NamedEvents<typeof sendgrid> {}
