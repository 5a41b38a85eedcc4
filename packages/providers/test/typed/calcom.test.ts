import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CalcomEvents, calcom } from '../../src/calcom.ts';
import type { calcom as list } from '../../src/events/calcom.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof calcom>;
type Payload = CalcomEvents['BOOKING_CREATED'];

describe('the payloads of Cal.com', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/calcom/cal.com, docs/developing/guides/automation/webhooks.mdx, without some responses; read
    // 2026-11-27.
    const payload = {
      triggerEvent: 'BOOKING_CREATED',
      createdAt: '2023-05-24T09:30:00.538Z',
      payload: {
        type: '60min',
        title: '60min between Pro Example and John Doe',
        description: '',
        additionalNotes: '',
        customInputs: {},
        startTime: '2023-05-25T09:30:00Z',
        endTime: '2023-05-25T10:30:00Z',
        organizer: {
          id: 5,
          name: 'Pro Example',
          email: 'pro@example.com',
          username: 'pro',
          timeZone: 'Asia/Kolkata',
          language: { locale: 'en' },
          timeFormat: 'h:mma',
        },
        responses: {
          name: { label: 'your_name', value: 'John Doe' },
          location: { label: 'location', value: { optionValue: '', value: 'inPerson' } },
          notes: { label: 'additional_notes' },
        },
        userFieldsResponses: {},
        attendees: [
          { email: 'john.doe@example.com', name: 'John Doe', timeZone: 'Asia/Kolkata', language: { locale: 'en' } },
        ],
        location: 'Calcom HQ',
        destinationCalendar: { id: 10, integration: 'apple_calendar' },
        hideCalendarNotes: false,
        requiresConfirmation: null,
        eventTypeId: 7,
        seatsShowAttendees: true,
        seatsPerTimeSlot: null,
        uid: 'bFJeNb2uX8ANpT3JL5EfXw',
        appsStatus: [
          { appName: 'Apple Calendar', type: 'apple_calendar', success: 1, failures: 0, errors: [], warnings: [] },
        ],
        eventTitle: '60min',
        eventDescription: '',
        price: 0,
        currency: 'usd',
        length: 60,
        bookingId: 91,
        metadata: {},
        status: 'ACCEPTED',
      },
    } satisfies Payload;
    expect(await received(calcom, payload)).toEqual([{ type: 'BOOKING_CREATED', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, createdAt: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'BOOKING_CREATED' ? event.payload.payload.uid : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'BOOKING_CREATE';
    const handlers = {
      BOOKING_CREATED: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      BOOKING_CREATE: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<CalcomEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<
      Exclude<NamesIn<CalcomEvents>, UntypedIn<CalcomEvents>>
    >().toEqualTypeOf<`BOOKING_${'CREATED' | 'RESCHEDULED' | 'CANCELLED' | 'REJECTED' | 'REQUESTED'}`>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      triggerEvent: 'BOOKING_CREATED',
      createdAt: '2026-11-21T09:00:00.000Z',
      payload: { title: '30 min  mit Jürgen' },
    } satisfies FieldsOf<CalcomEvents['BOOKING_CREATED']>;
    expect(recordedBody('calcom')).toEqual(recorded);
  });
});
