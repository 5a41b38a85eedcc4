import { readFileSync } from 'node:fs';
import { createReceiver, type Provider } from '@countersign/core';
import { createSigningKeys, signDelivery } from '@countersign/testing/signing';
import { describe, expect, it } from 'vitest';
import type { Part, PartsOf, SamplesOf } from '../src/events/sender-events.ts';
import { registry } from '../src/registry.ts';

const read = import.meta.glob('../src/samples/*.ts', { eager: true }) as Record<
  string,
  { readonly samples: Readonly<Record<string, object>> }
>;
const files = new Map(
  Object.entries(read).map(([path, { samples }]) => [path.slice(path.lastIndexOf('/') + 1, -'.ts'.length), samples]),
);
const typed = Object.keys(import.meta.glob('../src/typed/*.ts'))
  .map((path) => path.slice(path.lastIndexOf('/') + 1, -'.ts'.length))
  .filter((id) => id !== 'typed-events');
const ownTypes = [
  'calcom',
  'calendly',
  'intercom',
  'lemon-squeezy',
  'mailgun',
  'polar',
  'razorpay',
  'sendgrid',
  'sentry',
  'shopify',
  'twilio',
  'typeform',
];
const cases = [...files].flatMap(([id, samples]) => Object.keys(samples).map((type) => [id, type] as const));

describe('the samples of a sender', () => {
  it('are there for every sender with payload types', () => {
    expect([...files.keys()]).toEqual([...typed, ...ownTypes].sort());
  });

  it.each([...files])('are loaded with its names, and are among them: %s', async (id, samples) => {
    const events = await registry.get(id)?.events();
    expect(events?.samples).toBe(samples);
    const names = events !== undefined && 'names' in events ? events.names : [];
    for (const type of Object.keys(samples)) if (type !== '*') expect(names).toContain(type);
  });

  // The compiler refuses a sample that is not of its type; this proves that it was asked.
  it.each([...files.keys()])('have the types of its payloads: %s', (id) => {
    const text = readFileSync(new URL(`../src/samples/${id}.ts`, import.meta.url), 'utf8');
    expect(text).toMatch(/^export const samples: SenderSamples = \{$/m);
    expect(text).toMatch(/^\} satisfies (?:Samples|Parts)Of<(?:AsJson<)?\w+Events>+;$/m);
    expect(text).not.toMatch(/\bas (?:any|never|unknown)\b|: any\b|@ts-/);
  });

  it.each([...files.keys()])('contain invented values only: %s', (id) => {
    const text = JSON.stringify(files.get(id));
    for (const [, host = ''] of text.matchAll(/[a-z0-9._-]+@([a-z0-9.-]+\.[a-z]{2,})/gi))
      if (host !== 'github.com') expect(host).toMatch(/(?:^|\.)example\.(?:com|org)$/);
    expect(text).not.toMatch(/sk_(?:live|test)_|whsec_|xox[abp]-|ghp_|eyJ/);
    for (const [year] of text.matchAll(/(?<=")20\d\d(?=-\d\d-\d\dT)/g)) expect(year).toBe('2026');
  });
});

describe('a signed sample', () => {
  it.each(cases)('is verified, and arrives as it is with the id asked for: %s %s', async (id, type) => {
    const provider = await presetOf(id);
    const eventId = askedId(provider, type);
    const { event } = await arrived(provider, type, eventId);
    if (type !== '*') expect(event.type).toBe(type);
    if (event.id !== undefined) expect(event.id).toBe(eventId);
    // Some senders give their events no id.
    else expect(provider.eventId).toBeUndefined();
    const filled = filledIn(provider);
    expect(differencesOf(files.get(id)?.[type], event.payload).filter((path) => !filled.includes(path))).toEqual([]);
  });

  it.each([...files.keys()])('differs from the next, so that both are handled: %s', async (id) => {
    const provider = await presetOf(id);
    const { signing, receiver } = createSigningKeys(provider);
    const endpoint = createReceiver({ provider, ...receiver, publicUrl, onWarning: () => {} } as never);
    const handled: unknown[] = [];
    for (let count = 0; count < 2; count++)
      await endpoint.receive(await signDelivery(provider, signing), (event) => void handled.push(event.payload));
    expect(handled).toHaveLength(2);
  });

  it('would be found out if it did not arrive', () => {
    const sample = files.get('stripe')?.['invoice.paid'] as { readonly data: object };
    expect(differencesOf(sample, { ...sample, data: { object: {} } })).toContain('data.object.id');
  });

  it('gives way to the values of the caller, in addition to id and time', async () => {
    const provider = await presetOf('stripe');
    const { signing } = createSigningKeys(provider);
    const at = new Date('2026-11-27T12:00:00Z');
    const delivery = await signDelivery(provider, {
      ...signing,
      type: 'invoice.paid',
      id: 'evt_mine',
      at,
      payload: { livemode: true, data: { object: { amount_paid: 5 } } },
    });
    expect(JSON.parse(Buffer.from(delivery.body).toString())).toMatchObject({
      id: 'evt_mine',
      type: 'invoice.paid',
      created: at.getTime() / 1000,
      livemode: true,
      data: { object: { id: 'in_sample0001', amount_paid: 5, currency: 'eur' } },
    });
  });

  it('is the smallest event for a type that has none', async () => {
    const provider = await presetOf('stripe');
    const { event } = await arrived(provider, 'account.updated', 'evt_mine');
    expect(event.payload).toEqual({
      id: 'evt_mine',
      type: 'account.updated',
      created: expect.any(Number),
      object: 'event',
      livemode: false,
      data: { object: {} },
    });
    expect(
      Object.keys((await arrived(await presetOf('clerk'), 'role.created', 'msg_1')).event.payload as object).sort(),
    ).toEqual(['id', 'type']);
  });

  it('has an id that is a number where the sender’s is one', async () => {
    const telegram = await presetOf('telegram');
    const { signing } = createSigningKeys(telegram);
    const { body } = await signDelivery(telegram, signing);
    expect(JSON.parse(Buffer.from(body).toString()).update_id).toEqual(expect.any(Number));
    const shopify = await presetOf('shopify');
    const order = (await arrived(shopify, 'orders/paid', 'hook-1')).event.payload as Record<string, unknown>;
    expect(order.id).toEqual(expect.any(Number));
    expect(order.admin_graphql_api_id).toBe(`gid://shopify/Order/${order.id}`);
  });
});

describe('the types of samples', () => {
  interface Events {
    readonly paid: { readonly type: 'paid'; readonly order: { readonly amount: number; readonly lines: string[] } };
    readonly otherwise: unknown;
  }
  const paid = { type: 'paid' as const, order: { amount: 5, lines: ['a'] } };

  it('refuse what is not a payload of the type', () => {
    const good = { paid } satisfies SamplesOf<Events> & PartsOf<Events>;
    const refused = [
      // @ts-expect-error A value of another type.
      { paid: { type: 'paid', order: { amount: '5', lines: [] } } } satisfies SamplesOf<Events>,
      // @ts-expect-error A missing field.
      { paid: { type: 'paid', order: { amount: 5 } } } satisfies SamplesOf<Events>,
      // @ts-expect-error A field that the payload does not have.
      { paid: { type: 'paid', order: { amount: 5, lines: [], notAField: 1 } } } satisfies SamplesOf<Events>,
      // @ts-expect-error A value of another type.
      { paid: { order: { amount: '5' } } } satisfies PartsOf<Events>,
      // @ts-expect-error A field that the payload does not have.
      { paid: { order: { notAField: 1 } } } satisfies PartsOf<Events>,
      // @ts-expect-error A misspelt name.
      { piad: paid } satisfies SamplesOf<Events>,
      // @ts-expect-error A part of a list has the type of the list.
      { order: { lines: [5] } } satisfies Part<Events['paid']>,
    ];
    expect([good, ...refused]).toHaveLength(8);
  });
});

const publicUrl = 'https://example.com';

async function presetOf(id: string): Promise<Provider> {
  return (await registry.get(id)?.load()) as Provider;
}

async function arrived(provider: Provider, type: string, id: string) {
  const { signing, receiver } = createSigningKeys(provider);
  const named = type === '*' ? {} : { type };
  const delivery = await signDelivery(provider, { ...signing, ...named, id });
  const endpoint = createReceiver({ provider, ...receiver, publicUrl, onWarning: () => {} } as never);
  const events: { readonly id: string | undefined; readonly type: string | undefined; readonly payload: unknown }[] =
    [];
  const outcome = await endpoint.receive(delivery, (event) => {
    events.push({ id: event.id, type: event.type, payload: event.payload });
  });
  if (outcome.kind === 'rejected') throw outcome.error;
  expect(events).toHaveLength(1);
  return { event: events[0] as (typeof events)[number] };
}

/** An id in the sender's form: Adyen's has three parts. */
function askedId({ name, eventId }: Provider, type: string): string {
  if (eventId !== undefined && 'join' in eventId) return ['sample', type, 'true'].join(eventId.join);
  return name === 'telegram' ? '123456789' : 'evt_asked_for';
}

/** The paths at which a payload differs from its sample; what it has in addition is left out. */
function differencesOf(sample: unknown, payload: unknown, path = ''): readonly string[] {
  if (sample === undefined) return [];
  if (typeof sample === 'object' && sample !== null && typeof payload === 'object' && payload !== null)
    return Object.entries(sample).flatMap(([name, value]) =>
      differencesOf(value, (payload as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`),
    );
  return Object.is(sample, payload) ? [] : [path];
}

/** The paths that a signer fills: id and time of the event, and values of the signature. */
function filledIn({ name, eventId, eventCreatedAt }: Provider): readonly string[] {
  const paths = [eventId, eventCreatedAt].flatMap((source) =>
    source !== undefined && 'json' in source ? [source.json].flat() : [],
  );
  return [...paths, ...(filledToo[name] ?? [])];
}

const filledToo: Readonly<Record<string, readonly string[]>> = {
  linear: ['webhookTimestamp'],
  mailgun: ['signature.timestamp', 'signature.signature'],
  'microsoft-graph': ['clientState'],
  figma: ['passcode'],
  // Events without a signed id have to differ; see the test below.
  shopify: ['id', 'admin_graphql_api_id'],
};
