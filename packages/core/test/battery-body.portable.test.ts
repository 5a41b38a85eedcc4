import { memoryStore } from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';
import { B, bytes, codeOf, deliveryOf, expectRefused, K1, known, now, R, receiverOf, sign, T } from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const byId = { ...R, eventId: { json: 'id' } } as const;
const signed = (body: Uint8Array) => deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
const verify = (body: Uint8Array, provider: typeof R = R) => receiverOf(provider, K1).verify(signed(body));
const verifyOther = (received: Uint8Array, original: Uint8Array) =>
  receiverOf(R, K1).verify(deliveryOf({ 'x-sig': sign(K1, original).toString('hex') }, received));

describe('body bytes', () => {
  it('BB-01 accepts a number that a parser would rewrite', async () => {
    const event = await receiverOf(R, K1).verify(deliveryOf({ 'x-sig': known.rK1 }));
    expect(event.payload).toEqual({ id: 'evt_1', type: 't', n: 475.5 });
    expect(bytes(JSON.stringify(event.payload))).not.toEqual(B);
  });

  it('BB-02 refuses anything but bytes with a hint, and never serializes it', async () => {
    for (const body of [
      JSON.parse(Buffer.from(B).toString()),
      Buffer.from(B).toString(),
      null,
      5,
      [1, 2],
      new ArrayBuffer(4),
      new Uint16Array(4),
    ]) {
      const promise = receiverOf(R, K1).verify(deliveryOf({ 'x-sig': known.rK1 }, body as Uint8Array));
      await expectRefused(promise, 'raw_body_unavailable');
      await expect(promise).rejects.toThrow(/body parser/);
    }
    // The default of deliveryOf would replace undefined:
    const promise = receiverOf(R, K1).verify({ headers: { 'x-sig': known.rK1 } } as never);
    await expectRefused(promise, 'raw_body_unavailable');
  });

  it('BB-03 BB-04 BB-06 BB-07 refuses every change that parses the same', async () => {
    const text = '{"name":"Ren\u00e9","odd":"\ufffd"}\r\n';
    const original = bytes(text);
    const changed = [
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), original]),
      Buffer.from(Buffer.from(original).toString('latin1').replace('\u00ef\u00bf\u00bd', '\u00ff'), 'latin1'),
      bytes(text.replace('\r\n', '\n')),
      bytes(`${text}\n`),
      bytes(`${text} `),
      bytes(text.normalize('NFD')),
    ];
    await verifyOther(original, original);
    for (const received of changed) {
      expect(Buffer.from(received).equals(original)).toBe(false);
      await expectRefused(verifyOther(received, original), 'signature_mismatch');
    }
  });

  it('BB-05 accepts signed bytes that are not UTF-8 and refuses to parse them', async () => {
    const body = Uint8Array.of(0x7b, 0xff, 0x7d);
    const event = await verify(body);
    expect(event.body).toBe(body);
    expect(() => event.payload).toThrowError(expect.objectContaining({ code: 'payload_malformed' }));
    expect(() => event.text()).toThrowError(expect.objectContaining({ code: 'payload_malformed' }));
    expect(event.id).toBeUndefined();
  });

  it('BB-08 accepts an empty body with its MAC', async () => {
    const event = await receiverOf(R, K1).verify(deliveryOf({ 'x-sig': known.rEmptyBody }, new Uint8Array()));
    expect(event.body.byteLength).toBe(0);
    expect((await event.identity()).from).toBe('digest');
  });

  it('BB-09 passes on bodies that are JSON but not objects', async () => {
    for (const [text, value] of [
      ['0', 0],
      ['null', null],
      ['""', ''],
      ['[]', []],
      ['false', false],
    ] as const) {
      const handle = vi.fn();
      const outcome = await receiverOf(byId, K1).receive(signed(bytes(text)), (event) => handle(event.payload));
      expect(outcome.kind).toBe('handled');
      expect(handle).toHaveBeenCalledWith(value);
    }
  });

  it('BB-10 reports malformed JSON as a fault of the payload and keeps no record', async () => {
    const dedupe = memoryStore();
    const handle = vi.fn();
    const receiver = receiverOf(byId, K1, { dedupe });
    for (let attempt = 0; attempt < 2; attempt++) {
      const outcome = await receiver.receive(signed(bytes('{"id":')), handle);
      expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'payload_malformed' } });
    }
    expect(handle).not.toHaveBeenCalled();
  });

  it('BB-11 parses __proto__ without touching a prototype', async () => {
    const event = await verify(bytes('{"__proto__":{"x":1},"id":"e"}'), byId as typeof R);
    expect(event.id).toBe('e');
    expect((event.payload as { x?: number }).x).toBeUndefined();
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('finds only own values', async () => {
    for (const path of ['constructor.name', '__proto__.x', 'toString']) {
      const event = await verify(bytes('{"id":"e"}'), { ...R, eventId: { json: path } } as typeof R);
      expect(event.id).toBeUndefined();
    }
  });

  it('BB-12 distinguishes numeric ids that are the same number in JavaScript', async () => {
    const [first, second, small] = await Promise.all(
      ['9007199254740992', '9007199254740993', '42'].map((id) => verify(bytes(`{"id":${id}}`), byId as typeof R)),
    );
    expect((await first?.identity())?.key).not.toBe((await second?.identity())?.key);
    expect((await first?.identity())?.from).toBe('digest');
    expect(small?.id).toBe('42');
  });

  it('BB-13 reads JSON from a form field, chosen by the signed bytes, not by the content type', async () => {
    const provider = { ...R, payload: { formField: 'payload' }, eventId: { json: 'id' } } as const;
    const body = bytes(`payload=${encodeURIComponent('{"id":"a&b"}')}`);
    expect((await verify(body, provider as typeof R)).payload).toEqual({ id: 'a&b' });
    expect((await verify(bytes('{"id":"json"}'), provider as typeof R)).id).toBe('json');
    const relabelled = {
      ...signed(bytes('{"id":"json"}')),
      headers: {
        'x-sig': sign(K1, '{"id":"json"}').toString('hex'),
        'content-type': 'application/x-www-form-urlencoded',
      },
    };
    expect((await receiverOf(provider, K1).verify(relabelled)).id).toBe('json');
  });

  it('reads forms, and JSON or forms, by their bytes', async () => {
    const form = { ...R, payload: 'form' } as const;
    expect((await verify(bytes('a=1&b=2&a=3&__proto__=x'), form as typeof R)).payload).toEqual(
      Object.fromEntries([
        ['a', ['1', '3']],
        ['b', '2'],
        ['__proto__', 'x'],
      ]),
    );
    const either = { ...R, payload: 'json_or_form' } as const;
    expect((await verify(bytes('{"a":1}'), either as typeof R)).payload).toEqual({ a: 1 });
    expect((await verify(bytes('a=1'), either as typeof R)).payload).toEqual({ a: '1' });
  });

  it('BB-14 hashes a view, not the buffer beneath it', async () => {
    const buffer = new Uint8Array(64).fill(0x20);
    buffer.set(B, 16);
    await receiverOf(R, K1).verify(deliveryOf({ 'x-sig': known.rK1 }, buffer.subarray(16, 16 + B.length)));
  });

  it('BB-15 accepts 1 MiB of any bytes and refuses one byte more', async () => {
    const body = new Uint8Array(1_048_576).map((_, index) => (index * 2_654_435_761) >>> 24);
    expect((await verify(body)).body).toBe(body);
    expect(await codeOf(verify(new Uint8Array(1_048_577)))).toBe('body_too_large');
  });

  it('creates no Headers, no copy and no text of the body on the accepted path', async () => {
    const body = bytes(JSON.stringify({ id: 'e', data: 'x'.repeat(100_000) }));
    const delivery = signed(body);
    const receiver = receiverOf(byId, K1);
    const decode = vi.spyOn(TextDecoder.prototype, 'decode');
    const parse = vi.spyOn(JSON, 'parse');
    // The test runner parses small texts of its own in the meantime.
    const parses = () => parse.mock.calls.filter(([text]) => text.length > 1000).length;
    const OriginalHeaders = globalThis.Headers;
    const headers = vi.fn();
    globalThis.Headers = headers as never;
    try {
      const event = await receiver.verify(delivery);
      expect(decode).not.toHaveBeenCalled();
      expect(parses()).toBe(0);
      expect(headers).not.toHaveBeenCalled();
      expect(event.body).toBe(body);
      expect(event.payload).toMatchObject({ id: 'e' });
      expect(event.payload).toBe(event.payload);
      expect(parses()).toBe(1);
    } finally {
      globalThis.Headers = OriginalHeaders;
      vi.restoreAllMocks();
    }
  });

  it('accepts a signed byte order mark in JSON', async () => {
    const body = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes('{"id":"e"}'));
    expect((await verify(body, byId as typeof R)).id).toBe('e');
  });

  it('RX-06 parses deep nesting or refuses it, and throws nothing else', async () => {
    for (const body of [bytes('['.repeat(100_000)), bytes('['.repeat(100_000) + ']'.repeat(100_000))]) {
      const outcome = await receiverOf(byId, K1).receive(signed(body), () => undefined);
      expect(['handled', 'rejected']).toContain(outcome.kind);
      if (outcome.kind === 'rejected') expect(outcome.error.code).toBe('payload_malformed');
    }
  });

  it('refuses another method and an encoded body before anything is computed', async () => {
    const headers = { 'x-sig': `t=${now},v1=${known.tK1}` };
    const receiver = receiverOf(T, K1);
    for (const method of ['GET', 'HEAD', 'PUT', 'post']) {
      expect(await codeOf(receiver.verify(deliveryOf(headers, B, { method })))).toBe('method_unsupported');
      expect((await headRefusal(receiver, { headers, method }))?.code).toBe('method_unsupported');
    }
    await receiver.verify(deliveryOf(headers, B, { method: 'POST' }));
    expect(await codeOf(receiver.verify(deliveryOf({ ...headers, 'content-encoding': 'gzip' })))).toBe(
      'encoding_unsupported',
    );
    await receiver.verify(deliveryOf({ ...headers, 'content-encoding': 'identity' }));
  });
});
