import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { postmark as list } from '../../src/events/postmark.ts';
import { postmark as preset } from '../../src/postmark.ts';
import { type PostmarkEvents, postmark } from '../../src/typed/postmark.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof postmark>;
type Payload = PostmarkEvents['Bounce'];

describe('the payloads of Postmark', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Types: The package’s own types, postmark 5.1.0, BounceWebhook, with values of our own.
    const payload = {
      RecordType: 'Bounce',
      MessageStream: 'outbound',
      ID: 692560173,
      Type: 'HardBounce',
      TypeCode: 1,
      Name: 'Hard bounce',
      Tag: 'Test',
      MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
      Metadata: { a_key: 'a_value' },
      ServerID: 23,
      Description: 'The server was unable to deliver your message.',
      Details: 'Unknown user',
      Email: 'john@example.com',
      From: 'sender@example.com',
      BouncedAt: '2026-11-05T16:33:54.9070259Z',
      DumpAvailable: true,
      Inactive: true,
      CanActivate: true,
      Subject: 'Test subject',
      Content: 'The bounced message',
    } satisfies Payload;
    expect(await received(postmark, payload)).toEqual([{ type: 'Bounce', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, TypeCode: '1' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'Bounce' ? event.payload.TypeCode : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'Bounced';
    const handlers = {
      Bounce: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      Bounced: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<PostmarkEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<PostmarkEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      RecordType: 'Bounce',
      MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
      Description: 'Empfänger unbekannt',
    } satisfies FieldsOf<PostmarkEvents['Bounce']>;
    expect(recordedBody('postmark')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/postmark', () => {
    expect(postmark).toBe(preset);
  });
});
