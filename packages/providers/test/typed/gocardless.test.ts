import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { gocardless as list } from '../../src/events/gocardless.ts';
import { gocardless as preset } from '../../src/gocardless.ts';
import { type GoCardlessEvents, gocardless } from '../../src/typed/gocardless.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof gocardless>;
type Payload = GoCardlessEvents['subscriptions.created'];

describe('the payloads of GoCardless', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/gocardless/gocardless-nodejs, src/fixtures/webhook_body.json; read 2026-11-27.
    const payload = {
      id: 'EV00BD05S5VM2T',
      created_at: '2018-07-05T09:13:51.404Z',
      resource_type: 'subscriptions',
      action: 'created',
      links: { subscription: 'SB0003JJQ2MR06' },
      details: { origin: 'api', cause: 'subscription_created', description: 'Subscription created via the API.' },
      metadata: {},
    } satisfies Payload;
    expect(await received(gocardless, { events: [payload] })).toEqual([
      { type: 'subscriptions.created', payload: payload },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) =>
      event.type === 'subscriptions.created' ? event.payload.links?.subscription : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'subscriptions.create';
    const handlers = {
      'subscriptions.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'subscriptions.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<GoCardlessEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<GoCardlessEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'EV123',
      created_at: '2026-11-21T08:59:58.000Z',
      resource_type: 'payments',
      action: 'confirmed',
      details: { description: '£4.50  paid' },
    } satisfies FieldsOf<GoCardlessEvents['payments.confirmed']>;
    expect(recordedBody('gocardless')).toEqual({
      events: [recorded, { id: 'EV456', resource_type: 'mandates', action: 'created' }],
      meta: { webhook_id: 'WB123' },
    });
  });

  it('come with the very preset of @countersign/providers/gocardless', () => {
    expect(gocardless).toBe(preset);
  });
});
