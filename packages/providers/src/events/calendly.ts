/** Event names of Calendly, from its documentation. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const calendly = {
  source: {
    title: 'Calendly documentation, Get sample webhook data, values of event',
    url: 'https://developer.calendly.com/api-docs/calendly-api/webhooks/get-sample-webhook-data',
    readOn: '2026-11-27',
  },
  names: [
    'contact.created',
    'contact.deleted',
    'contact.updated',
    'event_type.created',
    'event_type.deleted',
    'event_type.updated',
    'invitee.canceled',
    'invitee.created',
    'invitee_no_show.created',
    'invitee_no_show.deleted',
    'meeting_recap.created',
    'meeting_recap.deleted',
    'meeting_recap.updated',
    'routing_form_submission.created',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Calendly, with unknown payloads. */
export interface CalendlyEvents extends NamedEvents<typeof calendly> {}
