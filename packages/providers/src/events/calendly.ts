/** Event names of Calendly, from its documentation. */

import type { TypedEvents } from '../typed/typed-events.ts';
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

/** The body of a webhook of Calendly. */
export interface CalendlyPayload<Event extends string, Data> {
  readonly event: Event;
  /** As in ISO 8601. */
  readonly created_at: string;
  /** The URI of a user. */
  readonly created_by: string;
  readonly payload: Data;
}

/**
 * An invitee of a meeting.
 *
 * @see https://github.com/api-evangelist/calendly, asyncapi/calendly-webhook-api-asyncapi.yml (a copy of the description; read 2026-11-27)
 */
export interface CalendlyInvitee {
  readonly uri: string;
  readonly email: string;
  readonly name: string;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly status: 'active' | 'canceled';
  readonly timezone?: string | null;
  /** The URI of the meeting. */
  readonly event: string;
  readonly text_reminder_number?: string | null;
  readonly rescheduled?: boolean;
  readonly old_invitee?: string | null;
  readonly new_invitee?: string | null;
  readonly cancel_url?: string;
  readonly reschedule_url?: string;
  readonly cancellation?: {
    readonly canceled_by: string;
    readonly reason?: string | null;
    readonly canceler_type: 'host' | 'invitee';
    readonly created_at?: string;
  };
  readonly questions_and_answers?: readonly {
    readonly question: string;
    readonly answer: string;
    readonly position: number;
  }[];
  readonly tracking?: Readonly<Record<string, string | null>>;
  readonly payment?: {
    readonly external_id: string;
    readonly provider: string;
    readonly amount: number;
    readonly currency: string;
    readonly terms?: string | null;
    readonly successful: boolean;
  } | null;
  readonly scheduled_event?: CalendlyMeeting;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A meeting. */
export interface CalendlyMeeting {
  readonly uri: string;
  readonly name: string | null;
  readonly status: 'active' | 'canceled';
  readonly start_time: string;
  readonly end_time: string;
  /** The URI of its type. */
  readonly event_type: string | null;
  readonly location?: { readonly type: string; readonly location?: string | null; readonly join_url?: string | null };
  readonly event_memberships?: readonly { readonly user: string; readonly user_email?: string }[];
}

interface CalendlyPayloads {
  readonly 'invitee.created': CalendlyPayload<'invitee.created', CalendlyInvitee>;
  readonly 'invitee.canceled': CalendlyPayload<'invitee.canceled', CalendlyInvitee>;
}

/** The events of Calendly. Those of invitees have the fields of its description; others have an unknown payload. */
export interface CalendlyEvents extends TypedEvents<NamedEvents<typeof calendly>, CalendlyPayloads> {}
