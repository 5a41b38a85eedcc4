/**
 * Sample payloads of Calendly: an invitee books a meeting, and cancels it.
 *
 * Fields: github.com/api-evangelist/calendly, asyncapi/calendly-webhook-api-asyncapi.yml, a copy of Calendly’s
 * description; read 2026-11-27.
 */

import type { CalendlyEvents, CalendlyInvitee } from '../events/calendly.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const created_by = 'https://api.calendly.com/users/SAMPLEUSER000001';

const invitee: CalendlyInvitee = {
  uri: 'https://api.calendly.com/scheduled_events/SAMPLEEVENT00001/invitees/SAMPLEINVITEE001',
  email: 'ada@example.com',
  name: 'Ada Example',
  first_name: null,
  last_name: null,
  status: 'active',
  timezone: 'Europe/Berlin',
  event: 'https://api.calendly.com/scheduled_events/SAMPLEEVENT00001',
  text_reminder_number: null,
  rescheduled: false,
  old_invitee: null,
  new_invitee: null,
  cancel_url: 'https://calendly.com/cancellations/SAMPLEINVITEE001',
  reschedule_url: 'https://calendly.com/reschedulings/SAMPLEINVITEE001',
  questions_and_answers: [{ question: 'What shall we talk about?', answer: 'Webhooks', position: 0 }],
  tracking: { utm_source: 'newsletter', utm_campaign: null },
  payment: null,
  scheduled_event: {
    uri: 'https://api.calendly.com/scheduled_events/SAMPLEEVENT00001',
    name: 'Example call',
    status: 'active',
    start_time: '2026-03-10T09:00:00.000000Z',
    end_time: '2026-03-10T09:30:00.000000Z',
    event_type: 'https://api.calendly.com/event_types/SAMPLETYPE000001',
    location: { type: 'custom', location: 'https://meet.example.com/sample' },
    event_memberships: [{ user: created_by, user_email: 'host@example.com' }],
  },
  created_at: '2026-03-01T10:00:00.000000Z',
  updated_at: '2026-03-01T10:00:00.000000Z',
};

export const samples: SenderSamples = {
  'invitee.created': {
    event: 'invitee.created',
    created_at: '2026-03-01T10:00:00.000000Z',
    created_by,
    payload: invitee,
  },
  'invitee.canceled': {
    event: 'invitee.canceled',
    created_at: '2026-03-02T14:00:00.000000Z',
    created_by,
    payload: {
      ...invitee,
      status: 'canceled',
      cancellation: {
        canceled_by: 'Ada Example',
        reason: 'Something came up',
        canceler_type: 'invitee',
        created_at: '2026-03-02T14:00:00.000000Z',
      },
      updated_at: '2026-03-02T14:00:00.000000Z',
    },
  },
} satisfies SamplesOf<CalendlyEvents>;
