/** Trigger events of Cal.com. A payload template of your own can leave the name out. */

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

/** The events of Cal.com, with unknown payloads. */
export interface CalcomEvents extends NamedEvents<typeof calcom> {}
