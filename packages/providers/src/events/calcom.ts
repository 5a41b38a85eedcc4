/** Trigger events of Cal.com. A payload template of your own can leave the name out. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const calcom = {
  source: {
    title: 'Cal.com’s OpenAPI description, API v2, in a copy by api-evangelist/cal-com',
    url: 'https://github.com/api-evangelist/cal-com/blob/main/openapi/_original/cal-com-openapi.json',
    readOn: '2026-11-27',
  },
  names: [
    'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
    'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
    'BOOKING_CANCELLED',
    'BOOKING_CREATED',
    'BOOKING_NO_SHOW_UPDATED',
    'BOOKING_PAID',
    'BOOKING_PAYMENT_INITIATED',
    'BOOKING_REJECTED',
    'BOOKING_REQUESTED',
    'BOOKING_RESCHEDULED',
    'DELEGATION_CREDENTIAL_ERROR',
    'FORM_SUBMITTED',
    'FORM_SUBMITTED_NO_EVENT',
    'INSTANT_MEETING',
    'MEETING_ENDED',
    'MEETING_STARTED',
    'OOO_CREATED',
    'RECORDING_READY',
    'RECORDING_TRANSCRIPTION_GENERATED',
    'WRONG_ASSIGNMENT_REPORT',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The usual body of a webhook of Cal.com. A payload template of your own has another form. */
export interface CalcomPayload<Event extends string, Data> {
  readonly triggerEvent: Event;
  /** As in ISO 8601. */
  readonly createdAt: string;
  readonly payload: Data;
}

/**
 * A booking.
 *
 * @see https://github.com/calcom/cal.com/blob/main/docs/developing/guides/automation/webhooks.mdx (read 2026-11-27)
 */
export interface CalcomBooking {
  /** The slug of the event type. */
  readonly type: string;
  readonly title: string;
  readonly description?: string | null;
  readonly additionalNotes?: string | null;
  readonly customInputs?: Readonly<Record<string, unknown>> | null;
  readonly startTime: string;
  readonly endTime: string;
  readonly organizer: CalcomPerson & { readonly id?: number; readonly username?: string; readonly timeFormat?: string };
  readonly attendees: readonly CalcomPerson[];
  readonly responses?: Readonly<Record<string, { readonly label: string; readonly value?: unknown }>> | null;
  readonly userFieldsResponses?: Readonly<Record<string, unknown>> | null;
  readonly location?: string | null;
  readonly destinationCalendar?: unknown;
  readonly hideCalendarNotes?: boolean;
  readonly requiresConfirmation?: boolean | null;
  readonly eventTypeId?: number | null;
  readonly seatsShowAttendees?: boolean | null;
  readonly seatsPerTimeSlot?: number | null;
  /** The id of the booking in URLs. */
  readonly uid: string;
  readonly rescheduleUid?: string;
  readonly cancellationReason?: string;
  readonly rejectionReason?: string;
  readonly team?: unknown;
  readonly appsStatus?: readonly unknown[];
  readonly eventTitle?: string;
  readonly eventDescription?: string | null;
  readonly price?: number;
  readonly currency?: string;
  /** Minutes. */
  readonly length?: number;
  readonly bookingId?: number;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly status?: string;
}

/** A person who takes part in a booking. */
export interface CalcomPerson {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly language?: { readonly locale: string };
}

type CalcomPayloads = {
  readonly [Name in `BOOKING_${'CREATED' | 'RESCHEDULED' | 'CANCELLED' | 'REJECTED' | 'REQUESTED'}`]: CalcomPayload<
    Name,
    CalcomBooking
  >;
};

/** The events of Cal.com. Bookings have the fields of its example and its list of variables; others have an unknown payload. */
export interface CalcomEvents extends TypedEvents<NamedEvents<typeof calcom>, CalcomPayloads> {}
