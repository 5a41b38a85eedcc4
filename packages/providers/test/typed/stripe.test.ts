import type { EventOf, HandlersByType } from '@countersign/core';
import type Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { stripe as list } from '../../src/events/stripe.ts';
import type { StripeEvent } from '../../src/stripe.ts';
import { stripe as preset } from '../../src/stripe.ts';
import { type StripeEvents, stripe } from '../../src/typed/stripe.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof stripe>;
type Payload = StripeEvents['plan.created'];

describe('the payloads of Stripe', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: Stripe’s OpenAPI description, github.com/stripe/openapi, openapi/fixtures3.json, the resource event,
    // without its decimal; read 2026-11-27.
    const payload = {
      id: 'evt_1Pgc76B7WZ01zgkWwyRHS12y',
      object: 'event',
      api_version: null,
      created: 1234567890,
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type: 'plan.created',
      data: {
        object: {
          active: true,
          amount: 2000,
          billing_scheme: 'per_unit',
          created: 1721948530,
          currency: 'usd',
          id: 'price_1PgafmB7WZ01zgkW6dKueIc5',
          interval: 'month',
          interval_count: 1,
          livemode: false,
          metadata: {},
          meter: null,
          nickname: null,
          object: 'plan',
          product: 'prod_QXg1hqf4jFNsqG',
          tiers_mode: null,
          transform_usage: null,
          trial_period_days: null,
          usage_type: 'licensed',
        },
      },
    } satisfies Part<Payload>;
    expect(await received(stripe, payload)).toEqual([{ type: 'plan.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created: 'today' }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'plan.created' ? event.payload.data.object.interval : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<Stripe.Plan['interval'] | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'plan.create';
    const handlers = {
      'plan.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'plan.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<StripeEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<StripeEvents>>().toEqualTypeOf<never>();
  });

  it('have classes for decimals, which are text in a delivery', () => {
    // stripe-node makes a Stripe.Decimal of what its API answers, and none of what constructEvent parses.
    // @ts-expect-error The same example of the sender.
    ({ amount_decimal: '2000' }) satisfies Partial<Stripe.Plan>;
    expectTypeOf<StripeEvents['plan.created']['data']['object']>().toEqualTypeOf<Stripe.Plan>();
  });

  it('of thin events have the form that all events have in common', () => {
    expectTypeOf<StripeEvents['v1.billing.meter.error_report_triggered']>().toEqualTypeOf<StripeEvent>();
    expectTypeOf<StripeEvents[Exclude<NamesIn<StripeEvents>, `v${1 | 2}.${string}`>]>().toEqualTypeOf<Stripe.Event>();
    expectTypeOf<Exclude<NamesIn<StripeEvents>, Stripe.Event['type'] | `v${1 | 2}.${string}`>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'evt_1Rec0001',
      object: 'event',
      type: 'invoice.paid',
      created: 1795251598,
      livemode: false,
      data: { object: { id: 'in_1Rec0001', object: 'invoice', amount_paid: 2000, description: 'Übernachtung ✓' } },
    } satisfies FieldsOf<StripeEvents['invoice.paid']>;
    expect(recordedBody('stripe')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/stripe', () => {
    expect(stripe).toBe(preset);
  });
});
