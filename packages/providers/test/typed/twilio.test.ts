import type { EventOf } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type TwilioEvents, twilio } from '../../src/twilio.ts';
import { received, recordedText } from './payloads.ts';

type Event = EventOf<typeof twilio>;
type Payload = TwilioEvents[string];

describe('the payloads of Twilio', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://www.twilio.com/docs/messaging/guides/webhook-request, with values of our own; read 2026-11-27.
    const payload = {
      MessageSid: 'SM00000000000000000000000000000001',
      AccountSid: 'AC00000000000000000000000000000001',
      From: '+14155550100',
      To: '+14155550101',
      Body: 'Olá',
      NumMedia: '1',
      MediaUrl0: 'https://api.twilio.com/media',
      MediaContentType0: 'image/png',
    } satisfies Payload;
    expect(
      await received(twilio, new URLSearchParams(payload).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ).toEqual([{ type: undefined, payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, NumMedia: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are those of every event, which has no name', () => {
    const read = (event: Event) => event.payload.From;
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    expectTypeOf<Event['type']>().toEqualTypeOf<string | undefined>();
    expect(read).toBeTypeOf('function');
  });

  it('have the fields of the recorded call', () => {
    const recorded = {
      CallSid: 'CA00000000000000000000000000000001',
      From: '+14155550100',
      Body: 'Olá, 100% & more',
    } satisfies Payload;
    const fields = new URLSearchParams(recordedText('twilio'));
    expect(Object.fromEntries(fields)).toEqual({ ...recorded, Digits: '2' });
  });
});
