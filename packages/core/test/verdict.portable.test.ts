/** Verdicts that were wrong once: forged, confused with another event, refused although genuine, or too expensive. */

import { createHash, createHmac } from 'node:crypto';
import {
  createReceiver,
  type Delivery,
  defineProvider,
  handshakes,
  hmac,
  joinPairs,
  memoryStore,
  type Outcome,
  type Provider,
  rawBodyHmac,
  secretsByTenant,
  sharedToken,
  standardWebhooksHmac,
  timestampedHmac,
  type WebhookEvent,
} from '@countersign/core';
import type { HmacDescription, SignedPart } from '@countersign/core/describe';
import { jwt } from '@countersign/core/jwt';
import { type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { buildError, bytes, codeOf, deliveryOf, K1, K1Base64, K2, now, R, receiverOf, S, sign, T } from './fixtures.ts';

const hex = (secret: string | Uint8Array, ...parts: (string | Uint8Array)[]) => sign(secret, ...parts).toString('hex');
const keyOf = async (event: Promise<WebhookEvent> | WebhookEvent) => (await (await event).identity()).key;
const header = { header: 'x-sig', encoding: 'hex' } as const;
const described = (description: Omit<HmacDescription, 'hash' | 'signature'>) =>
  hmac({ hash: 'SHA-256', signature: header, ...description });

describe('a handshake that signs', () => {
  const handshake = (grammar: unknown) => ({
    name: 'crc',
    when: { method: 'GET' as const, query: { c: '*' } },
    signed: false,
    response: { body: { macOf: { query: 'c' }, grammar, encoding: 'hex' as const } },
  });
  const define = (scheme: Provider['scheme'], grammar: unknown, more: object = {}) =>
    buildError(() =>
      defineProvider({
        name: 'v',
        scheme: scheme as never,
        handshakes: handshakes([handshake(grammar) as never]),
        ...more,
      }),
    );
  const token = { characters: 'token', minLength: 1, maxLength: 256 };
  const get = (value: string): Delivery => ({
    method: 'GET',
    url: `/?c=${encodeURIComponent(value)}`,
    headers: {},
    body: new Uint8Array(),
  });

  it('states what may be signed, or is refused when defined', () => {
    for (const grammar of [
      undefined,
      {},
      { ...token, characters: 'any' },
      { ...token, minLength: 0 },
      { ...token, maxLength: 257 },
      { ...token, minLength: 9, maxLength: 8 },
      { ...token, maxLength: 1.5 },
    ]) {
      const error = define(R.scheme, grammar);
      expect(error.code).toBe('options_invalid');
      expect(error.message).toContain('grammar');
    }
  });

  it('is refused when defined if a delivery of the same provider could have that text', () => {
    const forms: [SignedPart[], object?][] = [
      [[{ json: 'token' }]],
      [['timestamp', { json: 'token' }], { timestamp: { header: 'x-time', unit: 'seconds' } }],
      [[{ form: 'payload', payload: true }]],
      [[{ bodyDigest: 'SHA-256', encoding: 'hex' }]],
    ];
    for (const [signs, more = {}] of forms) {
      expect(define(described({ signs, ...more }), token).message, JSON.stringify(signs)).toContain(
        'could be the signed text of a delivery',
      );
    }
    for (const payload of ['text', 'bytes', 'form', 'json_or_form']) {
      expect(define(R.scheme, token, { payload }).message, payload).toContain('could be the signed text of a delivery');
    }
  });

  it('is accepted if a fixed text, the form of the body or the length distinguishes deliveries', () => {
    const grammar = token as never;
    const make = (scheme: Provider['scheme'], more: object = {}) =>
      defineProvider({
        name: 'v',
        scheme: scheme as never,
        handshakes: handshakes([handshake(grammar) as never]),
        ...more,
      });
    make(R.scheme);
    make(T.scheme);
    make(described({ signs: [{ text: 'v0:' }, { json: 'token' }] }));
    make(described({ signs: [{ form: 'payload', payload: true, minLength: 257 }] }));
    defineProvider({
      name: 'v',
      scheme: R.scheme,
      payload: 'form',
      handshakes: handshakes([handshake({ characters: 'hex', minLength: 20, maxLength: 32 }) as never]),
    });
  });

  it('is refused with schemes that have no MAC, and with a plain hash, which could be extended', () => {
    expect(define(sharedToken({ token: { header: 'x-token' } }), token).message).toContain('hmac()');
    const hash = hmac({ hash: 'SHA-256', construction: 'secret_prefix', signature: header, signs: ['body'] });
    expect(define(hash, token).message).toContain('lengthened');
  });

  it('signs nothing that is then accepted as a delivery, including JSON scalars', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: R.scheme,
      handshakes: handshakes([handshake(token) as never]),
    });
    const store = memoryStore();
    const handle = vi.fn();
    const receiver = receiverOf(provider, K1, { dedupe: store });
    for (const text of ['12345', 'null', 'true', '1e5', 'abc', '-1', 'a=b']) {
      const answered = (await receiver.receive(get(text), handle)) as Extract<Outcome, { kind: 'handshake' }>;
      const mac = answered.response.body as string;
      expect(mac, text).toBe(hex(K1, text));
      const delivery = deliveryOf({ 'x-sig': mac }, bytes(text));
      expect(await receiver.receive(delivery, handle), text).toMatchObject({
        kind: 'rejected',
        error: { code: 'signature_mismatch' },
      });
      expect(await codeOf(receiver.verify(delivery)), text).toBe('signature_mismatch');
    }
    expect(handle).not.toHaveBeenCalled();
    expect(store.size).toBe(0);
    const event = '{"a":1}';
    expect((await receiver.receive(deliveryOf({ 'x-sig': hex(K1, event) }, bytes(event)), handle)).kind).toBe(
      'handled',
    );
  });

  it('is answered with the secret that signed it, which may not be the newest', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: T.scheme,
      handshakes: handshakes([
        {
          name: 'validation',
          when: { method: 'POST', json: { plain: '*' } },
          signed: true,
          response: { body: { macOf: { json: 'plain' }, grammar: token as never, encoding: 'hex' } },
        },
      ]),
    });
    const receiver = receiverOf(provider, [K2, K1]);
    const body = '{"plain":"abc"}';
    for (const secret of [K1, K2]) {
      const headers = { 'x-sig': `t=${now},v1=${hex(secret, `${now}.${body}`)}` };
      const outcome = await receiver.receive(deliveryOf(headers, bytes(body)), () => undefined);
      expect(outcome).toMatchObject({ kind: 'handshake', response: { body: hex(secret, 'abc') } });
    }
  });
});

describe('a signed text', () => {
  const error = (signs: SignedPart[], more: Partial<HmacDescription> = {}) =>
    buildError(() => described({ signs, id: { header: 'x-id' }, nonce: { header: 'x-nonce' }, ...more }));
  const seconds = { timestamp: { header: 'x-time', unit: 'seconds' } } as const;

  it('is refused when defined if two of its parts can run into each other', () => {
    const ambiguous: [SignedPart[], Partial<HmacDescription>?][] = [
      [['id', 'body']],
      [['body', 'id']],
      [['nonce', 'id']],
      [['url', 'nonce']],
      [['url', 'sorted_form']],
      [['sorted_form', { text: '.' }, 'body']],
      [['body', { text: '.' }, 'body']],
      [[{ json: 'a', free: true }, { text: ':' }, { json: 'b', free: true }]],
      [[{ json: 'a' }, { json: 'b' }]],
      [['method', 'body']],
      [['method', { text: 'X' }, 'body']],
      [['id', 'timestamp', 'body'], seconds],
      [['timestamp', 'id', 'body'], seconds],
    ];
    for (const [signs, more] of ambiguous) {
      const refused = error(signs, more);
      expect(refused.code, JSON.stringify(signs)).toBe('options_invalid');
      expect(refused.message, JSON.stringify(signs)).toContain('can run into each other');
      // If the sender really signs this way, the description says so, and the body counts as unsigned.
      expect(
        described({ signs, id: { header: 'x-id' }, nonce: { header: 'x-nonce' }, ...more, ambiguous: true }).signed
          .body,
      ).toBe(false);
    }
  });

  it('is accepted if texts, widths and forms keep its parts apart', () => {
    const iso = { timestamp: { header: 'x-time', unit: 'iso8601' } } as const;
    const sound: [SignedPart[], Partial<HmacDescription>?][] = [
      [['body']],
      [['timestamp', 'body'], seconds],
      [['body', 'timestamp'], iso],
      [['id', 'timestamp', 'body'], iso],
      [['method', 'url', 'body', 'timestamp'], seconds],
      [['body', 'url']],
      [['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'], seconds],
      [[{ json: 'a' }, { text: ':' }, { json: 'b', free: true }, { text: ':' }, { json: 'c' }]],
      [[{ bodyDigest: 'SHA-256', encoding: 'base64' }, { text: '|' }, 'id']],
    ];
    for (const [signs, more = {}] of sound)
      described({ signs, id: { header: 'x-id' }, nonce: { header: 'x-nonce' }, ...more });
  });

  it('moves nothing between fields that a separator divides: an amount of 1 stays 1', async () => {
    const receiver = receiverOf(
      defineProvider({
        name: 'v',
        scheme: described({
          signs: [
            { json: 'merchant' },
            { text: ':' },
            { json: 'reference', free: true },
            { text: ':' },
            { json: 'amount' },
            { text: ':' },
            { json: 'currency' },
          ],
        }),
      }),
      K1,
    );
    const headers = { 'x-sig': hex(K1, 'Shop:order:1000000:1:EUR') };
    const send = (fields: object) => receiver.verify(deliveryOf(headers, bytes(JSON.stringify(fields))));
    await send({ merchant: 'Shop', reference: 'order:1000000', amount: 1, currency: 'EUR' });
    // The same text, with the amount moved.
    for (const fields of [
      { merchant: 'Shop', reference: 'order', amount: '1000000:1', currency: 'EUR' },
      { merchant: 'Shop:order', reference: '1000000', amount: 1, currency: 'EUR' },
      { merchant: 'Shop', reference: 'order', amount: 1_000_000, currency: '1:EUR' },
    ]) {
      expect(await codeOf(send(fields)), JSON.stringify(fields)).toBe('header_malformed');
    }
  });

  it('distinguishes a URL from the body next to it, and refuses text that could be both', async () => {
    const receiver = receiverOf(defineProvider({ name: 'v', scheme: described({ signs: ['url', 'body'] }) }), K1);
    const body = '{"a":1}';
    const url = 'https://example.com/h?x=1';
    const send = (target: string, content: string) =>
      receiver.verify({ url: target, headers: { 'x-sig': hex(K1, url + body) }, body: bytes(content) });
    await send(url, body);
    expect(await codeOf(send(`${url}{"a":`, '1}'))).toBe('header_malformed');
    expect(await codeOf(send('https://example.com/h?x=', `1${body}`))).toBe('header_malformed');
    expect(await codeOf(send(url + body, ''))).toBe('header_malformed');
  });

  it('of pairs has their separators in at most one value', () => {
    const layout = { assign: '\n', end: '\n' };
    expect(
      joinPairs(
        [
          { name: 'a', value: '1\n2', free: true },
          { name: 'b', value: '3' },
        ],
        layout,
      ),
    ).toBe('a\n1\n2\nb\n3\n');
    for (const pairs of [
      [{ name: 'a', value: '1\n2' }],
      [{ name: 'a\nb', value: '1' }],
      [
        { name: 'a', value: '1\n', free: true },
        { name: 'b', value: '2\n', free: true },
      ],
    ]) {
      expect(() => joinPairs(pairs, layout)).toThrow(expect.objectContaining({ code: 'header_malformed' }));
    }
  });
});

describe('the identity of an event', () => {
  it('is not one key for all deliveries if the signed data never changes', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({ signs: ['url', { text: ' ' }, 'nonce'], nonce: { header: 'x-nonce' } }),
    });
    const send = (body: string, nonce: string) =>
      receiverOf(provider, K1).verify({
        url: 'https://example.com/h',
        headers: { 'x-sig': hex(K1, `https://example.com/h ${nonce}`), 'x-nonce': nonce },
        body: bytes(body),
      });
    expect(await keyOf(send('{"a":1}', '1'))).not.toBe(await keyOf(send('{"a":2}', '2')));
    expect(await keyOf(send('{"a":1}', '1'))).toBe(await keyOf(send('{"a":1}', '3')));
  });

  it('uses the signed spelling, whatever was requested', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({
        signs: ['url', 'sorted_form'],
        ambiguous: true,
        urlForms: ['exact', 'without_port_legacy_query', 'without_port'],
      }),
    });
    const receiver = receiverOf(provider, K1, { publicUrl: 'https://example.com' });
    const headers = { 'x-sig': hex(K1, 'https://example.com/h?tenant=7a1') };
    const send = (url: string) => receiver.verify({ url, headers, body: bytes('a=1') });
    const original = await keyOf(send('/h?tenant=7'));
    for (const url of ['/h?tenant=%37', '/h?&tenant=7', '/h?tenant=7&', '/h?tenant=7#x'])
      expect(await keyOf(send(url)), url).toBe(original);
  });

  it('reads no id from unsigned data: decided for each value by where it was read', async () => {
    const secret = '0123456789abcdef0123456789abcdeF';
    const provider = defineProvider({
      name: 'v',
      scheme: jwt({
        token: { header: 'x-token' },
        algorithms: ['HS256'],
        claims: { expiry: 'optional' },
        id: { claim: 'eid' },
      }),
      eventId: { header: 'x-event-id' },
    });
    const tokenWith = (claims: Record<string, string>) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
    const receiver = receiverOf(provider, secret);
    const [bare, named] = [await tokenWith({}), await tokenWith({ eid: 'e1' })];
    const send = (token: string, id: string) => receiver.verify(deliveryOf({ 'x-token': token, 'x-event-id': id }));
    const event = await send(bare, 'a');
    expect(event).toMatchObject({ id: 'a', signed: { id: false } });
    expect(await keyOf(event)).toBe(await keyOf(send(bare, 'b')));
    const signed = await send(named, 'a');
    expect(signed).toMatchObject({ id: 'e1', signed: { id: true } });
    expect(await keyOf(signed)).toBe(await keyOf(send(named, 'b')));
    expect(await send(await tokenWith({ eid: '  ' }), 'a')).toMatchObject({ signed: { id: false } });
  });

  it('counts an id in a header as signed if the header is', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({ signs: [{ header: 'X-Request' }, { text: '.' }, 'body'] }),
      eventId: { header: 'x-request' },
    });
    const event = await receiverOf(provider, K1).verify(
      deliveryOf({ 'x-sig': hex(K1, 'r1.{}'), 'x-request': 'r1' }, bytes('{}')),
    );
    expect(event).toMatchObject({ id: 'r1', signed: { id: true } });
    expect((await event.identity()).from).toBe('id');
  });

  const raw = (more: object) => defineProvider({ name: 'v', scheme: R.scheme, ...more });
  const event = (provider: Provider, body: string, headers: Record<string, string> = {}, policy: object = {}) =>
    receiverOf(provider, K1, policy).verify(deliveryOf({ 'x-sig': hex(K1, body), ...headers }, bytes(body)));

  it('treats whitespace as no id', async () => {
    const provider = raw({ eventId: { json: 'id' } });
    for (const id of ['   ', '\t', '\u00a0', '\u2028', '']) {
      const body = JSON.stringify({ id, n: 1 });
      expect((await event(provider, body)).id, JSON.stringify(id)).toBeUndefined();
      expect(await (await event(provider, body)).identity()).toMatchObject({ from: 'digest' });
    }
    expect((await event(raw({ eventId: { header: 'x-id' } }), '{}', { 'x-id': ' ' })).id).toBeUndefined();
  });

  it('distinguishes ids that only differ in lone surrogates', async () => {
    const provider = raw({ eventId: { json: 'id' } });
    const keys = await Promise.all(
      ['\\ud800', '\\ud801', '\\udc00', '\\ufffd', 'a\\ud800', '\\ud800a'].map((id) =>
        keyOf(event(provider, `{"id":"${id}"}`)),
      ),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('distinguishes joined ids whose texts are the same', async () => {
    const provider = raw({ eventId: { json: ['a', 'b'], join: ':' } });
    const [left, right] = [await event(provider, '{"a":"x:y","b":"z"}'), await event(provider, '{"a":"x","b":"y:z"}')];
    expect(left.id).toBe(right.id);
    expect(await keyOf(left)).not.toBe(await keyOf(right));
  });

  it('has parts of a joined id that may be missing, each in its place', async () => {
    const provider = raw({ eventId: { json: ['a', 'b', 'c'], join: ':', optional: ['b', 'c'] } });
    expect((await event(provider, '{"a":1}')).id).toBe('1');
    expect((await event(provider, '{"b":1,"c":2}')).id).toBeUndefined();
    expect(await keyOf(event(provider, '{"a":1,"b":2}'))).not.toBe(await keyOf(event(provider, '{"a":1,"c":2}')));
    expect(buildError(() => raw({ eventId: { json: ['a'], join: ':', optional: ['b'] } })).message).toContain(
      'optional',
    );
  });

  describe('of a sender that can send two events with the same bytes', () => {
    const identity = { bytesRepeat: true, idKept: true, source: 'the page of the sender, 2026-11-26' };
    const ids = { eventId: { header: 'x-id' }, eventType: { header: 'x-type' } };
    const both = async (
      provider: Provider,
      one: Record<string, string>,
      other: Record<string, string>,
      policy = {},
    ) => [
      await (await event(provider, '{"id":25}', one, policy)).identity(),
      await (await event(provider, '{"id":25}', other, policy)).identity(),
    ];

    it('adds the unsigned id to the digest, and says so', async () => {
      const [one, other] = await both(raw({ ...ids, identity }), { 'x-id': '1' }, { 'x-id': '2' });
      expect(one).toMatchObject({ from: 'digest', joined: 'id' });
      expect(one?.key).not.toBe(other?.key);
    });

    it('adds the unsigned type if there is no id', async () => {
      const [one, other] = await both(raw({ ...ids, identity }), { 'x-type': 'a' }, { 'x-type': 'b' });
      expect(one).toMatchObject({ from: 'digest', joined: 'type' });
      expect(one?.key).not.toBe(other?.key);
    });

    it('adds nothing if one of the facts or the source is missing, or if the app is strict', async () => {
      for (const facts of [
        undefined,
        { bytesRepeat: false, idKept: true, source: 'x' },
        { bytesRepeat: true, idKept: false, source: 'x' },
        { idKept: true, source: 'x' },
      ]) {
        const provider = raw({ eventId: ids.eventId, ...(facts && { identity: facts }) });
        const strict = { dedupe: { store: memoryStore(), identity: 'strict' } };
        const [one, other] = await both(provider, { 'x-id': '1' }, { 'x-id': '2' }, facts?.bytesRepeat ? strict : {});
        expect(one, JSON.stringify(facts)).toMatchObject({ from: 'digest' });
        expect(one?.key, JSON.stringify(facts)).toBe(other?.key);
      }
      const [one, other] = await both(
        raw({ ...ids, identity }),
        { 'x-id': '1' },
        { 'x-id': '2' },
        {
          dedupe: { store: memoryStore(), identity: 'strict' },
        },
      );
      expect(one).toEqual({ from: 'digest', key: other?.key });
      expect(buildError(() => raw({ identity: { bytesRepeat: true } })).message).toContain('identity.source');
    });

    it('runs each delivery if nothing tells them apart, and warns about it at startup', async () => {
      const provider = raw({ identity: { bytesRepeat: true, source: 'x' } });
      const onWarning = vi.fn();
      const store = memoryStore();
      const receiver = receiverOf(provider, K1, { dedupe: store, onWarning });
      const handle = vi.fn();
      for (let attempt = 0; attempt < 3; attempt++) {
        const delivery = deliveryOf({ 'x-sig': hex(K1, '{"a":1}') }, bytes('{"a":1}'));
        expect((await receiver.receive(delivery, handle)).kind).toBe('handled');
      }
      expect(handle).toHaveBeenCalledTimes(3);
      expect(onWarning.mock.calls.map(([{ code }]) => code)).toContain('events_alike');
      const strict = receiverOf(provider, K1, {
        dedupe: { store: memoryStore(), identity: 'strict' },
        onWarning: vi.fn(),
      });
      const again = () => strict.receive(deliveryOf({ 'x-sig': hex(K1, '{}') }, bytes('{}')), handle);
      expect((await again()).kind).toBe('handled');
      expect((await again()).kind).toBe('duplicate');
    });

    it('reports a duplicate whose unsigned id differed', async () => {
      const receiver = receiverOf(raw({ eventId: ids.eventId }), K1, { dedupe: memoryStore() });
      const send = (id: string) =>
        receiver.receive(deliveryOf({ 'x-sig': hex(K1, '{}'), 'x-id': id }, bytes('{}')), () => undefined);
      expect((await send('1')).kind).toBe('handled');
      expect(await send('1')).not.toHaveProperty('idChanged');
      expect(await send('2')).toMatchObject({ kind: 'duplicate', idChanged: true });
    });
  });

  it('is the preset’s own if the rule of the app returns undefined', async () => {
    const provider = raw({ eventId: { json: 'id' } });
    const policy = { dedupe: { store: memoryStore(), identity: ({ type }: WebhookEvent) => type } };
    expect(await (await event(provider, '{"id":"a"}', {}, policy)).identity()).toMatchObject({ from: 'id' });
  });

  it('contains the tenant whose secret matched', async () => {
    const provider = raw({ eventId: { json: 'id' } });
    const secrets = secretsByTenant({ a: K1, b: K2 }, ({ url }) => url?.slice(1));
    const receiver = createReceiver({
      provider,
      secrets: secrets as never,
      dedupe: memoryStore(),
      onWarning: () => {},
    });
    const send = (tenant: string, secret: string) =>
      receiver.receive(
        { url: `/${tenant}`, headers: { 'x-sig': hex(secret, '{"id":"e"}') }, body: bytes('{"id":"e"}') },
        () => undefined,
      );
    // B signs A's id with its own secret: that must not use up A's event.
    expect((await send('b', K2)).kind).toBe('handled');
    expect((await send('a', K1)).kind).toBe('handled');
    expect((await send('a', K1)).kind).toBe('duplicate');
    expect((await send('a', K2)).kind).toBe('rejected');
    for (const tenant of ['', 7, undefined]) {
      const odd = createReceiver({ provider, secrets: (() => ({ tenant, secrets: K1 })) as never });
      expect(await codeOf(odd.verify(deliveryOf({ 'x-sig': hex(K1, '{}') }, bytes('{}'))))).toBe('secret_invalid');
    }
  });

  it('of a request without a body comes from the signed URL, and its payload is the query', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({ signs: ['method', { text: ' ' }, 'url'] }),
      methods: ['GET', 'DELETE'],
    });
    const send = (url: string, method = 'GET') =>
      receiverOf(provider, K1).verify({
        method,
        url,
        headers: { 'x-sig': hex(K1, `${method} ${url}`) },
        body: bytes(''),
      });
    const one = await send('https://example.com/h?id=1&x=a&x=b');
    expect(one.payload).toEqual({ id: '1', x: ['a', 'b'] });
    expect(await keyOf(one)).not.toBe(await keyOf(send('https://example.com/h?id=2')));
    expect((await send('https://example.com/h', 'DELETE')).payload).toEqual({});
    // If the sender does not sign the URL, nothing of it is trusted.
    const unsigned = raw({ methods: ['GET'] });
    const bare = { method: 'GET', url: '/h?id=1', headers: { 'x-sig': hex(K1, '') }, body: bytes('') };
    expect((await receiverOf(unsigned, K1).verify(bare)).payload).toEqual({});
  });
});

describe('a batch of several kinds', () => {
  const provider = defineProvider({
    name: 'v',
    scheme: R.scheme,
    eventType: { json: 'object' },
    batch: {
      json: 'entry.*',
      each: [
        {
          json: 'changes.*',
          each: [
            { json: 'value.messages.*', eventId: { json: 'id' } },
            { json: 'value.statuses.*', eventId: { json: ['id', 'status'], join: ':' } },
          ],
        },
        { json: 'messaging.*', eventId: { json: 'message.mid' } },
      ],
      keepsShape: true,
    },
  });
  const split = async (body: object) => {
    const text = JSON.stringify(body);
    const whole = await receiverOf(provider, K1).verify(deliveryOf({ 'x-sig': hex(K1, text) }, bytes(text)));
    return whole.split();
  };
  const change = (value: object) => ({ field: 'messages', value: { metadata: { phone: '1' }, ...value } });

  it('recognizes each message by its own id, whichever came with it before', async () => {
    const m1 = { id: 'm1', text: 'a' };
    const m2 = { id: 'm2', text: 'b' };
    const entry = (...messages: object[]) => ({
      object: 'wa',
      entry: [{ id: 'page', changes: [change({ messages })] }],
    });
    const [alone] = await split(entry(m1));
    const both = await split(entry(m1, m2));
    expect(both.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(await keyOf(both[0] as WebhookEvent)).toBe(await keyOf(alone as WebhookEvent));
    expect(both[1]).toMatchObject({ type: 'wa', signed: { id: true } });
    expect(both[1]?.payload).toEqual(entry(m2));
  });

  it('loses nothing if a delivery mixes messages, statuses, other changes and entries without any', async () => {
    const body = {
      object: 'wa',
      entry: [
        {
          id: 'page',
          changes: [
            change({
              messages: [{ id: 'm1' }],
              statuses: [
                { id: 'm0', status: 'read' },
                { id: 'm0', status: 'sent' },
              ],
            }),
            { field: 'account_update', value: { event: 'x' } },
            change({ messages: [] }),
          ],
        },
        { id: 'page', messaging: [{ message: { mid: 'mid1' } }, { read: { watermark: 1 } }] },
        { id: 'page', uid: '1', changed_fields: ['name'] },
      ],
    };
    const events = await split(body);
    expect(events.map(({ id }) => id)).toEqual([
      'm1',
      'm0:read',
      'm0:sent',
      undefined,
      undefined,
      'mid1',
      undefined,
      undefined,
    ]);
    expect(new Set(await Promise.all(events.map(keyOf))).size).toBe(events.length);
    expect(events[1]?.payload).toEqual({
      object: 'wa',
      entry: [
        {
          id: 'page',
          changes: [
            { field: 'messages', value: { metadata: { phone: '1' }, statuses: [{ id: 'm0', status: 'read' }] } },
          ],
        },
      ],
    });
    expect(events[3]?.payload).toMatchObject({ entry: [{ changes: [{ field: 'account_update' }] }] });
    expect(events[7]?.payload).toEqual({ object: 'wa', entry: [{ id: 'page', uid: '1', changed_fields: ['name'] }] });
    expect(await split({ object: 'wa' })).toHaveLength(1);
  });
});

describe('genuine deliveries', () => {
  it('are accepted with an unreadable entry next to a readable one', async () => {
    const good = hex(K1, `${now}.`, '{}');
    const send = (value: string) => receiverOf(T, K1).verify(deliveryOf({ 'x-sig': value }, bytes('{}')));
    for (const value of [
      `t=${now},v1=${good},v1=potato`,
      `t=${now},v1=potato,v1=${good}`,
      `t=${now},v1=${good},v1=`,
      `t=${now},v1=${good},note`,
      `t=${now},v1=${good},`,
      `v1=${good.slice(2)},v1=${good},t=${now}`,
    ])
      await send(value);
    for (const value of [`t=${now},v1=potato`, `t=${now}`, `v1=${good}`, `t=${now},v1=`, ','])
      expect(await codeOf(send(value)), value).toBe('header_malformed');
    const standard = sign(K1, 'm1.', `${now}.`, '{}').toString('base64');
    const headers = (signature: string) => ({
      'webhook-id': 'm1',
      'webhook-timestamp': String(now),
      'webhook-signature': signature,
    });
    const receiver = receiverOf(S, K1Base64);
    await receiver.verify(deliveryOf(headers(`v1,${standard} v1,AAAA`), bytes('{}')));
    await receiver.verify(deliveryOf(headers(`v1a,zzz v1,${standard} nonsense`), bytes('{}')));
    expect(await codeOf(receiver.verify(deliveryOf(headers('v1,AAAA v1,BBBB'), bytes('{}'))))).toBe('header_malformed');
  });

  it('are accepted as long as the sender repeats them, with a separate window for each side', async () => {
    const provider = { ...T, toleranceSeconds: { past: 28_800, future: 60 } };
    const at = (seconds: number, policy = {}) => {
      const time = now + seconds;
      return receiverOf(provider, K1, policy).verify(
        deliveryOf({ 'x-sig': `t=${time},v1=${hex(K1, `${time}.{}`)}` }, bytes('{}')),
      );
    };
    await at(-28_800);
    await at(60);
    expect(await codeOf(at(-28_801))).toBe('timestamp_too_old');
    expect(await codeOf(at(61))).toBe('timestamp_too_new');
    expect(await codeOf(at(-301, { toleranceSeconds: 300 }))).toBe('timestamp_too_old');
    await at(-2_678_400, { toleranceSeconds: { past: 2_678_400, future: 1 } });
    for (const toleranceSeconds of [
      { past: 2_678_401, future: 60 },
      { past: 60, future: 86_401 },
      { past: 60 },
      { past: 60, future: 0 },
      { past: 60, future: 60, more: 1 },
      86_401,
      0,
      Number.NaN,
    ])
      expect(buildError(() => receiverOf(T, K1, { toleranceSeconds } as never)).code).toBe('options_invalid');
  });

  it('are remembered for both sides of the window, and a long past without dedupe causes a warning', () => {
    const provider = { ...T, toleranceSeconds: { past: 700_000, future: 300 } };
    const store = memoryStore();
    expect(
      buildError(() => receiverOf(provider, K1, { dedupe: { store, retentionSeconds: 700_299 } })).message,
    ).toContain('700300');
    receiverOf(provider, K1, { dedupe: { store, retentionSeconds: 700_300 } });
    const onWarning = vi.fn();
    receiverOf(provider, K1, { onWarning });
    expect(onWarning.mock.calls.map(([{ code }]) => code)).toContain('window_without_dedupe');
    const quiet = vi.fn();
    receiverOf(T, K1, { onWarning: quiet });
    expect(quiet.mock.calls.map(([{ code }]) => code)).not.toContain('window_without_dedupe');
  });

  it('with a secret that contains whitespace are accepted; damaged secrets are refused at startup', async () => {
    const secret = "It's a Secret to Everybody";
    await receiverOf(R, secret).verify(deliveryOf({ 'x-sig': hex(secret, '{}') }, bytes('{}')));
    for (const damaged of [`${K1}\0`, `\0${K1}`, `${K1}\ud800`, `${K1}\n`, ` ${K1}`, `${K1}\ufeff`])
      expect(buildError(() => receiverOf(R, damaged)).code, JSON.stringify(damaged)).toBe('secret_invalid');
  });

  it('are accepted if the sender uses one secret in two ways, with either', async () => {
    const text = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
    const provider = defineProvider({
      name: 'v',
      scheme: standardWebhooksHmac({ secret: { encoding: 'utf8', or: { encoding: 'base64', prefix: 'whsec_' } } }),
    });
    const send = (key: string | Uint8Array, given = text) =>
      receiverOf(provider, given).verify(
        deliveryOf(
          {
            'webhook-id': 'm1',
            'webhook-timestamp': String(now),
            'webhook-signature': `v1,${sign(key, `m1.${now}.{}`).toString('base64')}`,
          },
          bytes('{}'),
        ),
      );
    expect((await send(text)).secretId).toBe('0');
    expect((await send(K1)).secretId).toBe('0');
    expect(await codeOf(send(K2))).toBe('signature_mismatch');
    const plain = 'a text that is no base64 at all';
    await send(plain, plain);
  });

  it('of Supabase are accepted with the secret as displayed, and several in one text are named', async () => {
    const body = bytes('{}');
    const headers = {
      'webhook-id': 'm1',
      'webhook-timestamp': String(now),
      'webhook-signature': `v1,${sign(K1, `m1.${now}.`, body).toString('base64')}`,
    };
    await receiverOf(S, `v1,${K1Base64}`).verify(deliveryOf(headers, body));
    const several = buildError(() => receiverOf(S, `v1,${K1Base64}|v1,${K1Base64}`));
    expect(several.message).toContain("split('|')");
  });

  it('with a stored token that is not ASCII are compared by their bytes', async () => {
    const secret = 'pässwort-für-Ünterwegs';
    const receiver = receiverOf(
      defineProvider({ name: 'v', scheme: sharedToken({ token: { header: 'x-token' } }) }),
      secret,
    );
    const utf8 = Buffer.from(secret).toString('latin1');
    await receiver.verify(deliveryOf({ 'x-token': utf8 }));
    await receiver.verify(deliveryOf({ 'x-token': secret }));
    expect(await codeOf(receiver.verify(deliveryOf({ 'x-token': secret.replace('ü', 'u') })))).toBe(
      'signature_mismatch',
    );
    const required = receiverOf(R, K1, { requiredHeaders: { 'x-own': secret } });
    await required.verify(deliveryOf({ 'x-sig': hex(K1, '{}'), 'x-own': utf8 }, bytes('{}')));
  });
});

describe('faults that are not the sender’s', () => {
  it('include a body that arrived shorter than announced: the sender retries', async () => {
    const receiver = receiverOf(R, K1);
    const send = (length: string, text = '{"a":1}') =>
      receiver.verify(deliveryOf({ 'x-sig': hex(K1, '{"a":1}'), 'content-length': length }, bytes(text)));
    await send('7');
    // A proxy that decompresses a body leaves the shorter length.
    await send('5');
    expect(await codeOf(send('8'))).toBe('body_incomplete');
    expect(await codeOf(send('7', '{"a":'))).toBe('body_incomplete');
    await send('potato');
    const token = receiverOf(defineProvider({ name: 'v', scheme: sharedToken({ token: { header: 'x-token' } }) }), K1);
    expect(await codeOf(token.verify(deliveryOf({ 'x-token': K1, 'content-length': '9' }, bytes('{}'))))).toBe(
      'body_incomplete',
    );
  });

  it('include a secret of another kind, named when the receiver is built', () => {
    const provider = defineProvider({
      name: 'v',
      scheme: T.scheme,
      wrongSecrets: { sk_: 'an API key' },
      secretHelp: 'The signing secret of the endpoint, which starts with whsec_.',
    });
    for (const secrets of [`sk_live_${K1}`, [K1, `sk_${K1}`], { value: `sk_${K1}` }]) {
      const error = buildError(() => receiverOf(provider, secrets as never));
      expect(error.code).toBe('secret_invalid');
      expect(error.message).toContain('sk_, which is the prefix of an API key');
      expect(error.message).toContain('whsec_');
      expect(error.message).not.toContain(K1);
    }
    receiverOf(provider, `whsec_${K1}`);
  });

  it('never put the name and password of publicUrl into a message', async () => {
    const provider = defineProvider({ name: 'v', scheme: described({ signs: ['url', 'body'] }) });
    const receiver = receiverOf(provider, K1, { publicUrl: 'https://user:hunter2@example.com' });
    const error = await receiver
      .verify({ url: '/h?token=abc', headers: { 'x-sig': '0'.repeat(64) }, body: bytes('{}') })
      .catch((refusal: unknown) => refusal);
    expect(String(error)).toContain('https://example.com/h');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2|user:|token=abc/);
  });
});

describe('a store', () => {
  it('is not used for a delivery that verifies but does not parse, as with an extended plain hash', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: hmac({ hash: 'SHA-256', construction: 'secret_prefix', signature: header, signs: ['body'] }),
    });
    const store = memoryStore();
    const receiver = receiverOf(provider, K1, { dedupe: store });
    for (let index = 0; index < 100; index++) {
      const body = bytes(`{"a":1}\u0080${index}`);
      const signature = createHash('sha256').update(K1).update(body).digest('hex');
      expect(await receiver.receive(deliveryOf({ 'x-sig': signature }, body), () => undefined)).toMatchObject({
        kind: 'rejected',
        error: { code: 'payload_malformed' },
      });
    }
    expect(store.size).toBe(0);
  });

  it('of one process fails closed if a clock returns no time', async () => {
    let time = new Date(now * 1000);
    const store = memoryStore({ clock: () => time });
    const receiver = receiverOf({ ...R, eventId: { json: 'id' } }, K1, { dedupe: store });
    const send = () =>
      receiver.receive(deliveryOf({ 'x-sig': hex(K1, '{"id":"a"}') }, bytes('{"id":"a"}')), () => undefined);
    expect((await send()).kind).toBe('handled');
    time = new Date(Number.NaN);
    expect(await send()).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable' } });
    time = new Date((now - 86_400) * 1000);
    expect((await send()).kind).toBe('duplicate');
  });

  it('requires a position for ordering, or is refused when the receiver is built', () => {
    const ordering = { entity: () => 'e' };
    const build = (provider: Provider, more: object = {}) =>
      receiverOf(provider, K1, { dedupe: { store: memoryStore() }, ordering: { ...ordering, ...more } });
    const error = buildError(() => build(R));
    expect(error.code).toBe('options_invalid');
    expect(error.message).toContain('ordering.position');
    build(R, { position: () => 1 });
    build({ ...R, eventCreatedAt: { json: 'at', unit: 'seconds' } });
  });
});

describe('a description', () => {
  it('cannot name a place in a payload that is not parsed', () => {
    for (const payload of ['bytes', 'text'] as const) {
      for (const place of [
        { eventId: { json: 'id' } },
        { eventType: { json: 'type' } },
        { eventCreatedAt: { json: 'at', unit: 'seconds' } },
        { batch: { json: '*' } },
      ]) {
        const error = buildError(() => defineProvider({ name: 'v', scheme: R.scheme, payload, ...(place as object) }));
        expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringContaining(payload) });
      }
      defineProvider({ name: 'v', scheme: R.scheme, payload, eventId: { header: 'x-id' } });
    }
  });

  it('of a form reads one value of each field, and at most 1,000 fields', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: hmac({
        hash: 'SHA-256',
        signature: { form: 'sig', encoding: 'hex' },
        signs: [{ form: 'data', payload: true }],
      }),
      payload: 'form',
    });
    const mac = createHmac('sha256', K1).update('x').digest('hex');
    const send = (form: string) => receiverOf(provider, K1).verify(deliveryOf({}, bytes(form)));
    const original = await send(`data=x&sig=${mac}`);
    expect(original.payload).toEqual({ data: 'x' });
    const more = await send(`other=1&data=%78&sig=${mac}&other=2`);
    expect(more.payload).toEqual({ data: 'x' });
    expect(await keyOf(more)).toBe(await keyOf(original));
    for (const form of [`data=x&data=x&sig=${mac}`, `data=y&data=x&sig=${mac}`, `data=x&sig=${mac}&sig=${mac}`])
      expect(await codeOf(send(form)), form).toBe('header_repeated');
    const many = `data=x&sig=${mac}${'&a=1'.repeat(998)}`;
    await send(many);
    expect(await codeOf(send(`${many}&a=1`))).toBe('header_missing');
  });

  it('may sign the field of a form, or the body if it is JSON', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({ signs: [{ form: 'payload', payload: true, orBody: true }] }),
      payload: { formField: 'payload' },
      eventId: { json: 'id' },
    });
    const json = '{"id":"a","n":1}';
    const send = (body: string) => receiverOf(provider, K1).verify(deliveryOf({ 'x-sig': hex(K1, json) }, bytes(body)));
    const [plain, form] = [await send(json), await send(`payload=${encodeURIComponent(json)}`)];
    expect(form.payload).toEqual({ id: 'a', n: 1 });
    expect(form).toMatchObject({ id: 'a', signed: { body: true, id: true } });
    expect(await keyOf(form)).toBe(await keyOf(plain));
    expect(await codeOf(send(`payload=${encodeURIComponent(json)}&payload=x`))).toBe('header_repeated');
    expect(await codeOf(send('payload=x'))).toBe('signature_mismatch');
  });
});

describe('a description is refused if the signed data and the handled data differ', () => {
  const refused = (build: () => unknown) => {
    const error = buildError(build);
    expect(error.code).toBe('options_invalid');
    return error.message;
  };

  it('if a field or the body is signed and the payload is read in another way', () => {
    const scheme = described({ signs: [{ form: 'payload', payload: true, orBody: true }] });
    for (const payload of [undefined, 'json', 'form', 'json_or_form', { formField: 'other' }] as const)
      expect(refused(() => defineProvider({ name: 'v', scheme, ...(payload && { payload }) }))).toContain(
        'provider.payload',
      );
    defineProvider({ name: 'v', scheme, payload: { formField: 'payload' } });
  });

  it('if the signed events are not the handled ones', () => {
    const scheme = described({
      each: 'items.*',
      signature: { json: 'sig', encoding: 'hex' },
      signs: [{ json: 'id' }],
    } as never);
    for (const batch of [{ json: 'other.*' }, { json: 'items.*', each: [{ json: 'more.*' }] }])
      expect(refused(() => defineProvider({ name: 'v', scheme, batch }))).toContain('provider.batch');
    defineProvider({ name: 'v', scheme, batch: { json: 'items.*' } });
  });

  it('if a fixed text is empty', () => {
    refused(() => described({ signs: ['body', { text: '' }] }));
  });

  it('counts a time next to a signed field as unsigned', () => {
    const scheme = hmac({
      hash: 'SHA-256',
      signature: header,
      timestamp: { form: 't', unit: 'seconds' },
      signs: [{ form: 'payload', payload: true }],
    });
    expect(scheme.signed).toMatchObject({ body: true, timestamp: false });
  });

  it('refuses pairs without separators, and another number of pairs than declared', async () => {
    const send = (
      layout: { assign: string; end: string },
      pairs: readonly { name: string; value: string; free?: boolean }[],
      pairCount?: number,
    ) =>
      receiverOf(
        defineProvider({
          name: 'v',
          scheme: described({
            signs: [
              {
                name: 'pairs',
                covers: ['body'],
                layout,
                ...(pairCount !== undefined && { pairCount }),
                compute: () => pairs,
              },
              ...(pairCount === undefined ? [] : (['body'] as const)),
            ],
          }),
        }),
        K1,
      ).verify(deliveryOf({ 'x-sig': '0'.repeat(64) }, bytes('{}')));
    const [a, b] = [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ];
    expect(await codeOf(send({ assign: '', end: ';' }, [a, b]))).toBe('header_malformed');
    expect(await codeOf(send({ assign: '=', end: '' }, [a, b]))).toBe('header_malformed');
    expect(await codeOf(send({ assign: '=', end: ';' }, [a], 2))).toBe('header_malformed');
    expect(await codeOf(send({ assign: '=', end: ';' }, [a, { ...b, free: true }], 2))).toBe('header_malformed');
    expect(await codeOf(send({ assign: '=', end: ';' }, [a, b], 2))).toBe('signature_mismatch');
    expect(await codeOf(send({ assign: '=', end: ';' }, [{ name: 'a', value: '\ud800' }]))).toBe('header_malformed');
  });
});

describe('individually signed events', () => {
  const provider = defineProvider({
    name: 'v',
    scheme: hmac({
      hash: 'SHA-256',
      each: 'items.*',
      signature: { json: 'sig', encoding: 'hex' },
      signs: [{ json: 'id' }],
    }),
    batch: { json: 'items.*' },
  });
  const item = { id: 'a', sig: hex(K1, 'a') };
  const post = (...items: unknown[]) => deliveryOf({}, bytes(JSON.stringify({ ...item, items })));

  it('are objects: a missing one is not searched for in the whole body', async () => {
    const receiver = receiverOf(provider, K1);
    await receiver.verify(post(item));
    for (const other of [null, 1, 'a', true])
      expect(await codeOf(receiver.verify(post(item, other))), `${other}`).toBe('header_malformed');
  });

  it('are never passed on as a whole, which anyone could combine differently', async () => {
    const receiver = receiverOf(provider, K1, { dedupe: memoryStore() });
    const handle = vi.fn();
    for (const items of [[item], [item, item]]) {
      expect(await receiver.receive(post(...items), handle, { split: false })).toMatchObject({
        kind: 'rejected',
        error: { code: 'options_invalid', at: 'split' },
      });
    }
    await receiver.receive(post(item), handle);
    await receiver.receive(post(item, item, item), handle);
    expect(handle).toHaveBeenCalledTimes(1);
  });
});

describe('an app that is strict', () => {
  const strict = () => ({ dedupe: { store: memoryStore(), identity: 'strict' as const } });

  it('uses the nonce as the identity if the body is not signed', async () => {
    const provider = defineProvider({
      name: 'v',
      scheme: described({ signs: ['url', { text: ' ' }, 'nonce'], nonce: { header: 'x-nonce' } }),
    });
    const send = (body: string, nonce = '1') =>
      receiverOf(provider, K1, strict()).verify({
        url: 'https://example.com/h',
        headers: { 'x-sig': hex(K1, `https://example.com/h ${nonce}`), 'x-nonce': nonce },
        body: bytes(body),
      });
    expect(await keyOf(send('{"a":1}'))).toBe(await keyOf(send('{"a":2}')));
    expect(await keyOf(send('{"a":1}'))).not.toBe(await keyOf(send('{"a":1}', '2')));
  });

  it('uses a token with jti as the identity if it binds nothing of the body, and no other: it may serve many', async () => {
    const secret = '0123456789abcdef0123456789abcdeF';
    const provider = defineProvider({
      name: 'v',
      scheme: jwt({ token: { header: 'x-token' }, algorithms: ['HS256'], claims: { expiry: 'optional' } }),
    });
    const tokenOf = (claims: JWTPayload) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
    const send = async (claims: JWTPayload, body: string) =>
      receiverOf(provider, secret, strict()).verify(deliveryOf({ 'x-token': await tokenOf(claims) }, bytes(body)));
    expect(await keyOf(send({ jti: '1' }, '{"a":1}'))).toBe(await keyOf(send({ jti: '1' }, '{"a":2}')));
    expect(await keyOf(send({ jti: '1' }, '{"a":1}'))).not.toBe(await keyOf(send({ jti: '2' }, '{"a":1}')));
    for (const claims of [{ iat: 1 }, { jti: ' ' }])
      expect(await keyOf(send(claims, '{"a":1}'))).not.toBe(await keyOf(send(claims, '{"a":2}')));
  });
});

it('a plain hash of secret and text only counts over text: an extended one never verifies', async () => {
  const provider = defineProvider({
    name: 'v',
    scheme: hmac({ hash: 'SHA-256', construction: 'secret_prefix', signature: header, signs: ['body'] }),
  });
  const send = (body: Uint8Array) =>
    receiverOf(provider, K1).verify(
      deliveryOf({ 'x-sig': createHash('sha256').update(K1).update(body).digest('hex') }, body),
    );
  await send(bytes('{"a":"\u00e4"}'));
  expect(await codeOf(send(new Uint8Array([...bytes('{}'), 0x80, 0, 0, 16, ...bytes('{}')])))).toBe(
    'signature_mismatch',
  );
});

it('a secret with a long random part is not a placeholder', () => {
  for (const secret of ['my_secret_9f86d081884c7d659a2feaa0c55ad015', 'my-github-webhook-secret-Zx81kQ0pL5v9T2'])
    receiverOf(R, secret);
  for (const secret of [
    'your_webhook_secret_here',
    'my-secret-key-for-webhooks',
    'replace_with_secret_1234567890',
    'my_secret_aaaaaaaaaaaaaaaa',
  ])
    expect(buildError(() => receiverOf(R, secret)).code, secret).toBe('secret_invalid');
});

describe('a mistake in the options', () => {
  const wrong = { ...R, wrongSecrets: { sk_: 'an API key' } };
  const build = (options: object, provider: Provider = wrong) =>
    buildError(() => createReceiver({ provider, ...options } as never));

  it.each<[string, object, string, string]>([
    ['an API key of one tenant', { a: K1, b: `sk_${K1}` }, 'secret_invalid', 'At secrets.b. Starts with sk_'],
    ['an empty secret of one tenant', { a: K1, b: '' }, 'secret_invalid', 'At secrets.b. r: It is empty.'],
    ['a placeholder among those of a tenant', { a: [K1, 'changeme'] }, 'secret_invalid', 'At secrets.a[1].'],
  ])('is found when the receiver is built: %s', (_, secrets, code, text) => {
    const error = build({ secrets: secretsByTenant(secrets as Record<string, string>, () => 'a') });
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it.each<[string, object, string]>([
    ['quotes of a file with variables', { secrets: `"${K1}"` }, 'It is in quotes'],
    ['keys in the place of secrets', { keys: K1 }, 'pass it as secrets'],
    ['a store that was not called', { secrets: K1, dedupe: memoryStore }, 'call it'],
    ['half of a tolerance', { secrets: K1, toleranceSeconds: { past: 300 } }, 'both of { past, future }'],
  ])('is named: %s', (_, options, text) => {
    expect(build(options).message).toContain(text);
  });

  it('does not include a tenant with an empty list, or quotes that an app vouches for', () => {
    createReceiver({ provider: R, secrets: secretsByTenant({ a: K1, b: [] }, () => 'a'), onWarning: () => {} });
    receiverOf(R, `"${K1}"`, { dangerouslyAllowWeakSecrets: true });
    receiverOf(R, `"${K1}`);
  });
});

it('a URL with the other kind of bracket is distinguished from the body next to it', async () => {
  const receiver = receiverOf(defineProvider({ name: 'v', scheme: described({ signs: ['url', 'body'] }) }), K1);
  const send = (url: string, body: string, signed = url + body) =>
    receiver.verify({ url, headers: { 'x-sig': hex(K1, signed) }, body: bytes(body) });
  await send('https://example.com/h?a[]=1', '{"a":1}');
  await send('https://example.com/h?a={}', '[{"a":1}]\n');
  expect(await codeOf(send('https://example.com/h?a={}', '{"a":1}'))).toBe('header_malformed');
  expect(await codeOf(send('https://example.com/h?a', '[]=1{"a":1}', 'https://example.com/h?a[]=1{"a":1}'))).toBe(
    'header_malformed',
  );
});

it('for a token with a maximum age, the record outlives it, and without dedupe a long age causes a warning', () => {
  const aged = defineProvider({
    name: 'v',
    scheme: jwt({
      token: { header: 'x-token' },
      algorithms: ['HS256'],
      claims: { expiry: 'optional', maxAgeSeconds: 2_592_000, clockToleranceSeconds: 60 },
    }),
  });
  const store = memoryStore();
  expect(buildError(() => receiverOf(aged, K1, { dedupe: { store, retentionSeconds: 604_800 } })).message).toContain(
    '2592060',
  );
  receiverOf(aged, K1, { dedupe: { store, retentionSeconds: 2_592_060 } });
  const onWarning = vi.fn();
  receiverOf(aged, K1, { onWarning });
  expect(onWarning.mock.calls.map(([{ code }]) => code)).toContain('window_without_dedupe');
});

it('two tenants with one secret cause a warning, and a tenant without a name is refused', () => {
  const onWarning = vi.fn();
  const build = (secrets: object, policy: object = {}) =>
    createReceiver({
      provider: R,
      secrets: secretsByTenant(secrets as Record<string, string>, () => 'a'),
      onWarning: () => undefined,
      ...policy,
    } as never);
  build({ a: [K1, K2], b: { value: K2, id: 'old' } }, { onWarning });
  expect(onWarning.mock.calls).toEqual([
    [expect.objectContaining({ code: 'shared_secret', message: expect.stringContaining('tenants a and b') })],
  ]);
  const quiet = vi.fn();
  build({ a: K1, b: K2 }, { onWarning: quiet });
  expect(quiet).not.toHaveBeenCalled();
  for (const names of [{ '': K1 }, new Map([[5, K1]])])
    expect(buildError(() => build(names))).toMatchObject({ code: 'secret_invalid', at: 'secretsByTenant' });
});

it('a secret of 300 kB is checked like any other', () => {
  receiverOf(R, new Uint8Array(300_000).fill(7), { dedupe: memoryStore(), onWarning: () => undefined });
});

it('an ambiguous text contains no list of events', () => {
  const describe = (ambiguous: boolean) => () =>
    defineProvider({
      name: 'v',
      scheme: described({ signs: ['url', 'sorted_form'], ambiguous }),
      payload: { formField: 'events' },
      batch: { json: '*' },
    });
  expect(buildError(describe(true))).toMatchObject({ code: 'options_invalid', at: 'provider.batch' });
});

describe('without an observer', () => {
  const forged = () => deliveryOf({ 'x-sig': '0'.repeat(64) }, bytes('{}'));
  const build = (name: string, policy: object = {}) =>
    createReceiver({ provider: { ...R, name }, secrets: K1, onWarning: () => {}, ...policy } as never);

  it('refusals are logged: one line for each kind a minute, without any text of the delivery, and at most 20', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now * 1000);
    const lines = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      const receiver = build('printed');
      const url = '/\u001b[31mpath?token=abc';
      for (let index = 0; index < 50; index++) await receiver.receive({ ...forged(), url }, () => undefined);
      expect(lines).toHaveBeenCalledTimes(1);
      expect(lines.mock.calls[0]?.[0]).toMatch(/^countersign: printed: .*signature_mismatch/);
      expect(lines.mock.calls[0]?.[0]).toContain('At x-sig.');
      expect(lines.mock.calls[0]?.[0]).not.toMatch(/path|token|\[31m/);
      await receiver.receive(deliveryOf({}, bytes('{}')), () => undefined);
      expect(lines).toHaveBeenCalledTimes(2);
      clock.mockReturnValue(now * 1000 + 60_000);
      await receiver.receive(forged(), () => undefined);
      expect(lines).toHaveBeenCalledTimes(3);
      for (let index = 0; index < 40; index++) await build(`printed-${index}`).receive(forged(), () => undefined);
      // Earlier tests may have used some of the twenty.
      expect(lines.mock.calls.length).toBeGreaterThan(5);
      expect(lines.mock.calls.length).toBeLessThanOrEqual(20);
      expect(lines.mock.calls.at(-1)?.[0]).toContain('No more refusals are printed');
    } finally {
      lines.mockRestore();
      clock.mockRestore();
    }
  });

  it('only failures are logged if there is one', async () => {
    const [warnings, errors] = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
    warnings.mockImplementation(() => undefined);
    errors.mockImplementation(() => undefined);
    try {
      const receiver = build('observed', { onOutcome: () => undefined });
      await receiver.receive(forged(), () => undefined);
      expect([...warnings.mock.calls, ...errors.mock.calls]).toEqual([]);
      await receiver.receive(deliveryOf({ 'x-sig': hex(K1, '{}') }, bytes('{}')), () => {
        throw new Error('of the handler');
      });
      expect(errors).toHaveBeenCalledTimes(1);
    } finally {
      warnings.mockRestore();
      errors.mockRestore();
    }
  });

  it("failures of the app's input are logged with their cause", async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const cause = new Error('vault down');
    try {
      const secrets = () => {
        throw cause;
      };
      const receiver = createReceiver({ provider: { ...R, name: 'cause' }, secrets, onWarning: () => {} });
      await receiver.receive(forged(), () => undefined);
      expect(errors.mock.calls).toEqual([[expect.stringContaining('The function threw.'), cause]]);
    } finally {
      errors.mockRestore();
    }
  });

  it('rejections of a callback are caught and end no process', async () => {
    const rejected: unknown[] = [];
    const listen = (reason: unknown) => rejected.push(reason);
    process.on('unhandledRejection', listen);
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const reject = async () => {
        throw new Error('of a callback');
      };
      const provider = { ...R, eventCreatedAt: { json: 'at', unit: 'seconds' as const }, toleranceSeconds: 300 };
      for (const policy of [
        { onOutcome: reject },
        { onWarning: reject, dedupe: { ...memoryStore(), check: async () => [{ code: 'may_evict', message: 'x' }] } },
        { dedupe: { store: memoryStore(), identity: reject } },
        { dedupe: { store: memoryStore() }, ordering: { entity: reject, position: reject } },
        { clock: reject },
      ]) {
        const receiver = receiverOf(provider, K1, policy as never);
        await receiver.receive(deliveryOf({ 'x-sig': hex(K1, '{}') }, bytes('{}')), () => undefined);
        await receiver.receive(forged(), () => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(rejected).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
      errors.mockRestore();
    }
  });
});

it('keeps a receiver of the shortcuts unchanged', async () => {
  for (const scheme of [timestampedHmac({ header: 'x-sig' }), rawBodyHmac({ header: 'x-sig' })])
    expect(scheme.signed.body).toBe(true);
});

it('a list of any length is the sender’s fault, not a stack overflow', async () => {
  const provider = defineProvider({
    name: 'v',
    scheme: sharedToken({ token: { json: 'value.*.state' } }),
  });
  const body = `{"value":[${'1,'.repeat(300_000)}1]}`;
  expect((await receiverOf(provider, K1).receive(deliveryOf({}, bytes(body)), () => undefined)).kind).toBe('rejected');
  expect(await codeOf(receiverOf(provider, K1).verify(deliveryOf({}, bytes(body))))).toMatch(/^(header_|signature_)/);
});
