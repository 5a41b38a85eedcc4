import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { chargebee as preset } from '../../src/chargebee.ts';
import type { chargebee as list } from '../../src/events/chargebee.ts';
import { type ChargebeeEvents, chargebee } from '../../src/typed/chargebee.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof chargebee>;
type Payload = ChargebeeEvents['customer_deleted'];

describe('the payloads of Chargebee', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Types: The package’s own types, chargebee 3.33.0, CustomerDeletedContent, with values of our own.
    const payload = {
      id: 'ev_16BHbhF4s42tO2lK',
      occurred_at: 1795251599,
      source: 'admin_console',
      user: 'user@example.com',
      webhook_status: 'scheduled',
      event_type: 'customer_deleted',
      api_version: 'v2',
      content: { customer: { id: 'cus_1', email: 'john@example.com', first_name: 'John', deleted: true } },
    } satisfies Part<Payload>;
    expect(await received(chargebee, payload)).toEqual([{ type: 'customer_deleted', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, occurred_at: 'now' }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'customer_deleted' ? event.payload.id : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'customer_delete';
    const handlers = {
      customer_deleted: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      customer_delete: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<ChargebeeEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<ChargebeeEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'ev_16BHbhF4s42tO2lK',
      event_type: 'subscription_created',
      occurred_at: 1795251599,
      content: { note: 'Straße' },
    } satisfies FieldsOf<ChargebeeEvents['subscription_created']>;
    expect(recordedBody('chargebee')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/chargebee', () => {
    expect(chargebee).toBe(preset);
  });
});
