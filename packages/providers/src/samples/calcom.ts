/**
 * Sample payloads of Cal.com: a booking that is made, moved and cancelled.
 *
 * Fields: github.com/calcom/cal.com, docs/developing/guides/automation/webhooks.mdx; read 2026-11-27.
 */

import type { CalcomBooking, CalcomEvents } from '../events/calcom.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const booking: CalcomBooking = {
  type: 'example-call',
  title: 'Example call between Host Example and Ada Example',
  description: '',
  additionalNotes: '',
  customInputs: {},
  startTime: '2026-03-10T09:00:00Z',
  endTime: '2026-03-10T09:30:00Z',
  organizer: {
    id: 41,
    name: 'Host Example',
    email: 'host@example.com',
    username: 'host',
    timeZone: 'Europe/Berlin',
    language: { locale: 'en' },
    timeFormat: 'HH:mm',
  },
  attendees: [{ name: 'Ada Example', email: 'ada@example.com', timeZone: 'Europe/Berlin', language: { locale: 'en' } }],
  responses: {
    name: { label: 'your_name', value: 'Ada Example' },
    email: { label: 'email_address', value: 'ada@example.com' },
  },
  userFieldsResponses: {},
  location: 'https://meet.example.com/sample',
  destinationCalendar: null,
  hideCalendarNotes: false,
  requiresConfirmation: false,
  eventTypeId: 51,
  seatsShowAttendees: false,
  seatsPerTimeSlot: null,
  uid: 'sampleBooking00000001',
  appsStatus: [],
  eventTitle: 'Example call',
  eventDescription: '',
  price: 0,
  currency: 'eur',
  length: 30,
  bookingId: 61,
  metadata: {},
  status: 'ACCEPTED',
};

export const samples: SenderSamples = {
  BOOKING_CREATED: { triggerEvent: 'BOOKING_CREATED', createdAt: '2026-03-01T10:00:00.000Z', payload: booking },
  BOOKING_RESCHEDULED: {
    triggerEvent: 'BOOKING_RESCHEDULED',
    createdAt: '2026-03-02T11:00:00.000Z',
    payload: {
      ...booking,
      uid: 'sampleBooking00000002',
      bookingId: 62,
      rescheduleUid: 'sampleBooking00000001',
      startTime: '2026-03-11T09:00:00Z',
      endTime: '2026-03-11T09:30:00Z',
    },
  },
  BOOKING_CANCELLED: {
    triggerEvent: 'BOOKING_CANCELLED',
    createdAt: '2026-03-03T12:00:00.000Z',
    payload: { ...booking, status: 'CANCELLED', cancellationReason: 'Something came up' },
  },
} satisfies SamplesOf<CalcomEvents>;
