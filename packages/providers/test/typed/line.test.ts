import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { line as list } from '../../src/events/line.ts';
import { line as preset } from '../../src/line.ts';
import { type LineEvents, line } from '../../src/typed/line.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof line>;
type Payload = LineEvents['message'];

describe('the payloads of LINE Messaging API', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://developers.line.biz/en/docs/messaging-api/get-quote-tokens (the message) and
    // github.com/line/line-openapi, webhook.yml (the event), with values of our own; read 2026-11-27.
    const payload = {
      type: 'message',
      message: { type: 'text', id: '14353798921116', text: 'Hello, world', quoteToken: 'q3Plxr4AgKd' },
      timestamp: 1795251600000,
      source: { type: 'user', userId: 'U80696558e1aa831' },
      replyToken: '757913772c4646b784d4b7ce46d12671',
      mode: 'active',
      webhookEventId: '01FZ74A0TDDPYRVKNK77XKC3ZR',
      deliveryContext: { isRedelivery: false },
    } satisfies Payload;
    expect(await received(line, { destination: 'U0000', events: [payload] })).toEqual([
      { type: 'message', payload: payload },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, timestamp: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'message' ? event.payload.webhookEventId : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'messaged';
    const handlers = {
      message: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      messaged: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<LineEvents>, Listed<typeof list>>>().toEqualTypeOf<'messageEdited'>();
    expectTypeOf<UntypedIn<LineEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'message',
      webhookEventId: '01H0000000000000000000001',
      message: { type: 'text', text: 'こんにちは' },
      deliveryContext: { isRedelivery: false },
    } satisfies FieldsOf<LineEvents['message']>;
    expect(recordedBody('line')).toEqual({
      destination: 'U0000',
      events: [recorded, { type: 'follow', webhookEventId: '01H0000000000000000000002' }],
    });
  });

  it('come with the very preset of @countersign/providers/line', () => {
    expect(line).toBe(preset);
  });
});
