import {
  createReceiver,
  defineProvider,
  gone,
  type HandlerContext,
  type HeaderSource,
  memoryStore,
  rawBodyHmac,
  retryLater,
} from '@countersign/core';
import { describe, expect, it } from 'vitest';

const secret = 'unsigned-R7kQ2mXv9Ls4Tz8p4Ls9dQk7Xw2';
const provider = defineProvider({
  name: 'unsigned',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventId: { json: 'id' },
});
const text = '{"id":"evt_1"}';
const body = new TextEncoder().encode(text);
const key = await crypto.subtle.importKey(
  'raw',
  new TextEncoder().encode(secret),
  { name: 'HMAC', hash: 'SHA-256' },
  false,
  ['sign'],
);
const signature = [...new Uint8Array(await crypto.subtle.sign('HMAC', key, body))]
  .map((byte) => byte.toString(16).padStart(2, '0'))
  .join('');

const forms: readonly (readonly [string, (fields: readonly (readonly [string, string])[]) => HeaderSource])[] = [
  ['Headers', (fields) => new Headers(fields as [string, string][])],
  ['pairs', (fields) => fields],
  ['a Map', (fields) => new Map(fields)],
  ['a record', (fields) => Object.fromEntries(fields)],
];

async function contextOf(headers: HeaderSource, dedupe: boolean): Promise<HandlerContext> {
  const receiver = createReceiver({
    provider,
    secrets: secret,
    onWarning: () => undefined,
    ...(dedupe && { dedupe: memoryStore() }),
  });
  let seen: HandlerContext | undefined;
  const outcome = await receiver.receive({ body, headers, url: '/hooks?shop=1', method: 'POST' }, (_, context) => {
    seen = context;
  });
  expect(outcome.kind).toBe('handled');
  return seen as HandlerContext;
}

describe('the unsigned parts of a request', () => {
  it.each(forms.flatMap(([name, form]) => [false, true].map((dedupe) => [name, dedupe, form] as const)))(
    'are in the context of the handler, for headers as %s, with dedupe %s',
    async (_, dedupe, form) => {
      const { unsigned } = await contextOf(
        form([
          ['X-Signature', signature],
          ['X-Shop-Domain', 'shop.example'],
        ]),
        dedupe,
      );
      expect(unsigned.method).toBe('POST');
      expect(unsigned.url).toBe('/hooks?shop=1');
      expect(unsigned.header('x-shop-domain')).toBe('shop.example');
      expect(unsigned.header('X-SHOP-DOMAIN')).toBe('shop.example');
      expect(unsigned.header('x-missing')).toBeUndefined();
    },
  );

  it('join the lines of a repeated header, and stay what they were when the app changes its own object', async () => {
    const headers: Record<string, string | string[]> = { 'x-signature': signature, 'x-line': ['one', 'two'] };
    const { unsigned } = await contextOf(headers, true);
    expect(unsigned.header('x-line')).toBe('one, two');
  });

  it('have a header of any length', async () => {
    const { unsigned } = await contextOf({ 'x-signature': signature, 'x-long': 'a'.repeat(9000) }, false);
    expect(unsigned.header('x-long')).toHaveLength(9000);
  });
});

describe('the responses for special cases', () => {
  const respond = async (handle: () => unknown) => {
    const receiver = createReceiver({ provider, secrets: secret, onWarning: () => undefined, dedupe: memoryStore() });
    let runs = 0;
    const delivery = { body, headers: { 'x-signature': signature } };
    const run = () =>
      receiver.receive(delivery, () => {
        runs++;
        return handle() as undefined;
      });
    const outcomes = [await run(), await run()];
    return { outcomes, runs };
  };

  it('release the event with retryLater(), so that the next attempt runs', async () => {
    const { outcomes, runs } = await respond(() => retryLater(60));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(outcomes[0]).toMatchObject({ response: { status: 503, headers: { 'retry-after': '60' } } });
    expect(runs).toBe(2);
    expect(retryLater()).toEqual({ status: 503 });
  });

  it('finish the event with gone(), and repeat that for a duplicate', async () => {
    const { outcomes, runs } = await respond(() => gone());
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'duplicate']);
    expect(outcomes[1]).toMatchObject({ response: { status: 410 } });
    expect(runs).toBe(1);
  });

  it.each([0, -1, 1.5, 86_401, Number.NaN])('refuse %s seconds', (seconds) => {
    expect(() => retryLater(seconds)).toThrow(expect.objectContaining({ code: 'options_invalid' }));
  });
});
