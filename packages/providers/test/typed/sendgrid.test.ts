import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { sendgrid as list } from '../../src/events/sendgrid.ts';
import { type SendgridEvents, sendgrid } from '../../src/sendgrid.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof sendgrid>;
type Payload = SendgridEvents['bounce'];

describe('the payloads of Twilio SendGrid', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, the bounce; read 2026-11-27.
    const payload = {
      email: 'example@test.com',
      timestamp: 1513299569,
      'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
      bounce_classification: 'invalid',
      event: 'bounce',
      category: 'cat facts',
      sg_event_id: 'sg_event_id',
      sg_message_id: 'sg_message_id',
      reason: '500 unknown recipient',
      status: '5.0.0',
      type: 'bounce',
    } satisfies Payload;
    expect(await received(sendgrid, [payload])).toEqual([{ type: 'bounce', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, timestamp: '1513299569' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'bounce' ? event.payload.reason : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'bounced';
    const handlers = {
      bounce: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      bounced: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<SendgridEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<SendgridEvents>, UntypedIn<SendgridEvents>>>().toEqualTypeOf<
      Exclude<Listed<typeof list>, 'account_status_change'>
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      email: 'zoë@example.com',
      event: 'delivered',
      sg_event_id: 'ZGVsaXZlcmVkLTAwMDE',
      timestamp: 1795251599,
    } satisfies FieldsOf<SendgridEvents['delivered']>;
    expect(recordedBody('sendgrid')).toEqual([
      recorded,
      { email: 'b@example.com', event: 'open', sg_event_id: 'b3Blbi0wMDAy', timestamp: 1795251600 },
    ]);
  });
});
