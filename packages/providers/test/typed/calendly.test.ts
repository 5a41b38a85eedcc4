import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CalendlyEvents, calendly } from '../../src/calendly.ts';
import type { calendly as list } from '../../src/events/calendly.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof calendly>;
type Payload = CalendlyEvents['invitee.canceled'];

describe('the payloads of Calendly', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: github.com/api-evangelist/calendly, asyncapi/calendly-webhook-api-asyncapi.yml, InviteeCanceledExample;
    // read 2026-11-27.
    const payload = {
      event: 'invitee.canceled',
      created_at: '2024-01-16T08:00:00.000000Z',
      created_by: 'https://api.calendly.com/users/abc123',
      payload: {
        uri: 'https://api.calendly.com/scheduled_events/evt123/invitees/inv456',
        email: 'jane@example.com',
        name: 'Jane Doe',
        status: 'canceled',
        timezone: 'America/New_York',
        event: 'https://api.calendly.com/scheduled_events/evt123',
        cancellation: {
          canceled_by: 'Jane Doe',
          reason: 'Schedule conflict',
          canceler_type: 'invitee',
          created_at: '2024-01-16T08:00:00.000000Z',
        },
        rescheduled: false,
      },
    } satisfies Payload;
    expect(await received(calendly, payload)).toEqual([{ type: 'invitee.canceled', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) =>
      event.type === 'invitee.canceled' ? event.payload.payload.cancellation?.canceler_type : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<'host' | 'invitee' | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'invitee.cancele';
    const handlers = {
      'invitee.canceled': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'invitee.cancele': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<CalendlyEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<CalendlyEvents>, UntypedIn<CalendlyEvents>>>().toEqualTypeOf<
      'invitee.canceled' | 'invitee.created'
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      created_at: '2026-11-21T09:00:00.000000Z',
      event: 'invitee.created',
      payload: { name: 'Zoë  Å', n: 1.0 },
    } satisfies FieldsOf<CalendlyEvents['invitee.created']>;
    expect(recordedBody('calendly')).toEqual(recorded);
  });
});
