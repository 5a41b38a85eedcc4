import {
  createReceiver,
  defineProvider,
  type EventTypeOf,
  hmac,
  type Provider,
  rawBodyHmac,
  timestampedHmac,
} from '@countersign/core';
import { deliveriesOf, type SigningOptions, signDelivery } from '@countersign/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

interface OrderEvents {
  'order.paid': { id: string; type: 'order.paid'; order: { amount: number; currency: string; lines: string[] } };
  'order.lost': { id: string; type: 'order.lost'; reason: string };
  'order.odd': unknown;
}

const secret = 'secret-of-the-test-0123456789abcdef';
const scheme = rawBodyHmac({ header: 'x-sig' });
const places = { eventId: { json: 'id' }, eventType: { json: 'type' } } as const;
const shop = defineProvider<OrderEvents>({ name: 'shop', scheme, ...places });
const untyped = defineProvider({ name: 'untyped', scheme, ...places });
/** As the preset of Stripe is: one form for events of any type. */
const wide = defineProvider<{ readonly [type: string]: { id: string; livemode: boolean } }>({
  name: 'wide',
  scheme: timestampedHmac({ header: 'stripe-signature' }),
  ...places,
});
const paid = {
  id: 'evt_1',
  type: 'order.paid',
  order: { amount: 5, currency: 'EUR', lines: ['a'] },
} as const satisfies object;

const bodyOf = (delivery: { readonly body: Uint8Array }) => JSON.parse(Buffer.from(delivery.body).toString());

/** What a receiver takes from a delivery; rejects where it is not rightly signed. */
const verified = async (provider: Provider, delivery: Awaited<ReturnType<typeof signDelivery>>) => {
  const receiver = createReceiver({
    provider: provider as typeof untyped,
    secrets: secret,
    onWarning: () => undefined,
  });
  const { type, id, payload } = await receiver.verify(delivery);
  return { type, id, payload };
};

describe('the types of a signed delivery', () => {
  it('knows the types of a typed provider, and of the body of each', async () => {
    expectTypeOf<EventTypeOf<typeof shop>>().toEqualTypeOf<'order.paid' | 'order.lost' | 'order.odd'>();
    const body = { ...paid, order: { ...paid.order, lines: ['a'] } };
    const delivery = await signDelivery(shop, { secret, type: 'order.paid', body });
    expect(await verified(shop, delivery)).toEqual({ type: 'order.paid', id: 'evt_1', payload: body });
    const wrong = { ...body.order, amount: '5' };
    const refused = [
      // @ts-expect-error: the amount is a number
      () => signDelivery(shop, { secret, type: 'order.paid', body: { ...body, order: wrong } }),
      // @ts-expect-error: the body of another type of event
      () => signDelivery(shop, { secret, type: 'order.lost', body }),
      // @ts-expect-error: a field is missing
      () => signDelivery(shop, { secret, type: 'order.lost', body: { id: 'evt_1', type: 'order.lost' } }),
      // @ts-expect-error: there is no such field
      () => signDelivery(shop, { secret, type: 'order.lost', payload: { raeson: 'x' } }),
      // @ts-expect-error: a list in a part of a payload is whole
      () => signDelivery(shop, { secret, type: 'order.paid', payload: { order: { lines: [5] } } }),
      // @ts-expect-error: neither bytes nor text nor an object
      () => signDelivery(shop, { secret, body: 5 }),
    ];
    // The type checker has said so; at run time all but the last are signed as they are.
    for (const sign of refused.slice(0, -1)) await verified(shop, await sign());
  });

  it('takes bytes, text, and any object for a type that is unknown or not given', async () => {
    const odd = { anything: [1, 2] };
    for (const delivery of [
      await signDelivery(shop, { secret, type: 'order.paid', body: JSON.stringify(odd) }),
      await signDelivery(shop, { secret, type: 'order.paid', body: Buffer.from(JSON.stringify(odd)) }),
      await signDelivery(shop, { secret, type: 'order.new', body: odd }),
      await signDelivery(shop, { secret, type: 'order.odd', body: odd }),
      await signDelivery(shop, { secret, body: odd }),
    ])
      expect((await verified(shop, delivery)).payload).toEqual(odd);
  });

  it('leaves providers without events as they were, whatever the type', async () => {
    expectTypeOf<EventTypeOf<typeof untyped>>().toEqualTypeOf<string>();
    expectTypeOf<EventTypeOf<Provider>>().toEqualTypeOf<string>();
    expectTypeOf<EventTypeOf<typeof wide>>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<SigningOptions['body']>>().toEqualTypeOf<string | Uint8Array | object>();
    const body = { id: 'evt_1', anything: true };
    await signDelivery(untyped, { secret, type: 'some.thing', body });
    await signDelivery(wide, { secret, type: 'invoice.paid', body });
    const options: SigningOptions = { secret, body };
    for (const provider of [untyped, shop as Provider, wide as Provider]) await signDelivery(provider, options);
    await signDelivery(shop, options);
  });

  it("takes the events of the sender's own package for a preset that has one form for all", async () => {
    interface Events {
      'invoice.paid': { id: string; type: 'invoice.paid'; data: { object: { amount_paid: number } } };
    }
    const typed = defineProvider<Events>(wide);
    const delivery = await signDelivery(typed, {
      secret,
      type: 'invoice.paid',
      payload: { data: { object: { amount_paid: 900 } } },
    });
    expect(bodyOf(delivery).data).toEqual({ object: { amount_paid: 900 } });
    // @ts-expect-error: the amount is a number
    await signDelivery(typed, { secret, type: 'invoice.paid', payload: { data: { object: { amount_paid: '900' } } } });
  });
});

describe('a payload in part', () => {
  it('is merged into the default body, which keeps the id and the type at their places', async () => {
    const delivery = await signDelivery(shop, {
      secret,
      type: 'order.paid',
      id: 'evt_7',
      payload: { order: { amount: 7 } },
    });
    expect(await verified(shop, delivery)).toEqual({
      type: 'order.paid',
      id: 'evt_7',
      payload: { id: 'evt_7', type: 'order.paid', order: { amount: 7 } },
    });
  });

  it('may take the place of what the default body has, or leave it out', async () => {
    const sign = async (payload: object) =>
      bodyOf(await signDelivery(untyped, { secret, type: 'a', id: 'evt_1', payload }));
    expect(await sign({ id: 'own' })).toEqual({ id: 'own', type: 'a' });
    expect(await sign({ id: undefined, list: [1] })).toEqual({ type: 'a', list: [1] });
    expect(await sign({ 'a.b': 1, at: new Date(0) })).toEqual({
      id: 'evt_1',
      type: 'a',
      'a.b': 1,
      at: '1970-01-01T00:00:00.000Z',
    });
    const odd = JSON.parse('{"__proto__":{"x":1}}') as object;
    expect(Object.hasOwn(await sign(odd), '__proto__')).toBe(true);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('goes into the one event of a batch, and into the fields of a form', async () => {
    const batch = defineProvider({ name: 'batch', scheme, ...places, batch: { json: 'events.*' } });
    const list = await signDelivery(batch, { secret, type: 'a', id: 'evt_1', payload: { amount: 5 } });
    expect(bodyOf(list)).toEqual({ events: [{ id: 'evt_1', type: 'a', amount: 5 }] });
    const form = defineProvider({ name: 'form', scheme, ...places, payload: 'form' });
    const fields = await signDelivery(form, { secret, type: 'a', payload: { id: undefined, amount: 5 } });
    expect(Buffer.from(fields.body).toString()).toBe('type=a&amount=5');
  });

  it('is refused beside a body', async () => {
    const both = { secret, body: '{}', payload: {} };
    await expect(signDelivery(untyped, both)).rejects.toThrow(
      /options_invalid.*signDelivery\(\) payload.*body or payload/,
    );
  });
});

describe('deliveries of one sender', () => {
  it('share secret and defaults, and change by what each says', async () => {
    const deliveryOf = deliveriesOf(shop, {
      secret,
      payloads: { 'order.paid': { order: { currency: 'EUR', amount: 1, lines: [] } } },
    });
    const first = await deliveryOf('order.paid', { order: { amount: 5 } });
    expect((await verified(shop, first)).payload).toMatchObject({
      type: 'order.paid',
      order: { amount: 5, currency: 'EUR', lines: [] },
    });
    // What one changes is not there in the next.
    const second = await deliveryOf('order.paid', { id: 'own', order: { lines: ['b'] } });
    expect((await verified(shop, second)).payload).toEqual({
      id: 'own',
      type: 'order.paid',
      order: { amount: 1, currency: 'EUR', lines: ['b'] },
    });
    expect((await verified(shop, await deliveryOf('order.lost'))).type).toBe('order.lost');
    expect((await verified(shop, await deliveryOf('order.new', { any: 1 }))).payload).toMatchObject({ any: 1 });
    const left = await deliveryOf('order.paid', { id: undefined });
    expect(bodyOf(left)).not.toHaveProperty('id');
    // @ts-expect-error: the reason is a text
    await deliveryOf('order.lost', { reason: 5 });
    // @ts-expect-error: the amount is a number
    deliveriesOf(shop, { secret, payloads: { 'order.paid': { order: { amount: '1' } } } });
    // @ts-expect-error: there is no such type to have defaults
    deliveriesOf(shop, { secret, payloads: { 'order.piad': {} } });
  });

  it('takes further options for one delivery, and rejects as signDelivery does', async () => {
    const deliveryOf = deliveriesOf(wide, { secret });
    const old = await deliveryOf('invoice.paid', {}, { at: new Date(0), id: 'evt_old' });
    expect(old.headers['stripe-signature']).toMatch(/^t=0,v1=/);
    expect(bodyOf(old)).toMatchObject({ id: 'evt_old', type: 'invoice.paid' });
    const forged = await deliveryOf('invoice.paid', {}, { secret: 'another-secret-0123456789abcdef' });
    await expect(verified(wide as Provider, forged)).rejects.toThrow(/signature_mismatch/);
    const own = {
      ...shop,
      scheme: {
        ...hmac({ hash: 'SHA-256', signature: { header: 'x', encoding: 'hex' }, signs: ['body'] }),
        kind: 'own',
      },
    };
    await expect(deliveriesOf(own as Provider, { secret })('a')).rejects.toThrow(/options_invalid/);
  });
});
