import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { lithic as list } from '../../src/events/lithic.ts';
import { lithic as preset } from '../../src/lithic.ts';
import { type LithicEvents, lithic } from '../../src/typed/lithic.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof lithic>;
type Payload = LithicEvents['card.created'];

describe('the payloads of Lithic', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Types: The package’s own comments, lithic 0.145.0, CardCreatedWebhookEvent, with values of our own.
    const payload = {
      event_type: 'card.created',
      card_token: '00000000-0000-0000-0000-000000000001',
      replacement_for: null,
    } satisfies Payload;
    expect(await received(lithic, payload)).toEqual([{ type: 'card.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, card_token: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'card.created' ? event.payload.card_token : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'card.create';
    const handlers = {
      'card.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'card.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<LithicEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<LithicEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      event_type: 'example.created',
      timestamp: '2026-11-21T09:00:00Z',
      data: { name: 'Zoë  €', n: 1.0 },
    } satisfies FieldsOf<LithicEvents['card.created']> & { readonly timestamp: string; readonly data: object };
    expect(recordedBody('lithic')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/lithic', () => {
    expect(lithic).toBe(preset);
  });
});
