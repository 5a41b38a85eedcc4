import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { telnyx as list } from '../../src/events/telnyx.ts';
import { telnyx as preset } from '../../src/telnyx.ts';
import { type TelnyxEvents, telnyx } from '../../src/typed/telnyx.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof telnyx>;
type Payload = TelnyxEvents['call.answered'];

describe('the payloads of Telnyx', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/team-telnyx/telnyx-node, tests/webhooks.test.ts, without meta; read 2026-11-27.
    const payload = {
      data: {
        id: '12345678-1234-1234-1234-123456789012',
        event_type: 'call.answered',
        occurred_at: '2023-10-28T15:30:00.000000Z',
        payload: {
          call_control_id: 'v2:12345678-1234-1234-1234-123456789012',
          call_leg_id: '87654321-4321-4321-4321-210987654321',
          call_session_id: '11111111-1111-1111-1111-111111111111',
          connection_id: '123456789',
          from: '+15551234567',
          to: '+15557654321',
          state: 'answered',
          start_time: '2023-10-28T15:30:00.000000Z',
        },
        record_type: 'event',
      },
    } satisfies Payload;
    expect(await received(telnyx, payload)).toEqual([{ type: 'call.answered', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, data: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'call.answered' ? event.payload.data.payload?.from : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'call.answere';
    const handlers = {
      'call.answered': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'call.answere': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<TelnyxEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<TelnyxEvents>>().toEqualTypeOf<'conference.floor.changed'>();
  });

  it('lack meta, which is sent beside data', () => {
    expectTypeOf<keyof Payload>().toEqualTypeOf<'data'>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      data: {
        event_type: 'message.received',
        occurred_at: '2026-11-21T08:59:59.527992Z',
        id: '9f3c1f0e-7d4a-4c0b-9a63-2f9f7ab3f5d1',
        payload: { text: '¿Qué tal?  — ❤' },
      },
    } satisfies FieldsOf<TelnyxEvents['message.received']>;
    expect(recordedBody('telnyx')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/telnyx', () => {
    expect(telnyx).toBe(preset);
  });
});
