import { createHmac } from 'node:crypto';
import { defineProvider, type HeaderSource, hmac, isWebhookError, memoryStore, rawBodyHmac } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64Url, decodeHex, encodeBase64, encodeBase64Url, encodeHex } from '../src/encoding.ts';
import {
  codeOf,
  deliveryOf,
  K1,
  K1Base64,
  now,
  R,
  receiverOf,
  S,
  sign,
  signT,
  standardHeaders,
  T,
} from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const runs = Number(process.env.FAST_CHECK_RUNS ?? 300);
const body = () => fc.uint8Array({ maxLength: 2000 });
const secret = () => fc.uint8Array({ minLength: 16, maxLength: 200 }).filter((bytes) => new Set(bytes).size > 1);
const check = (property: fc.IAsyncProperty<never> | fc.IProperty<never>) =>
  fc.assert(property as fc.IProperty<never>, { numRuns: runs });

const flip = (bytes: Uint8Array, bit: number) => {
  const copy = new Uint8Array(bytes);
  const at = Math.floor((bit % (copy.length * 8)) / 8);
  copy[at] = (copy[at] as number) ^ (1 << (bit % 8));
  return copy;
};

describe('properties', () => {
  it('any body under any secret survives signing and verifying, in every hash and encoding', async () => {
    const hashes = [
      ['SHA-1', 'sha1'],
      ['SHA-256', 'sha256'],
      ['SHA-384', 'sha384'],
      ['SHA-512', 'sha512'],
    ] as const;
    await check(
      fc.asyncProperty(
        body(),
        secret(),
        fc.constantFrom(...hashes),
        fc.constantFrom('hex', 'base64'),
        async (bytes, key, [hash, nodeName], encoding) => {
          const provider = defineProvider({ name: 'p', scheme: rawBodyHmac({ header: 'x-sig', encoding, hash }) });
          const header = createHmac(nodeName, key).update(bytes).digest(encoding);
          const event = await receiverOf(provider, key).verify(deliveryOf({ 'x-sig': header }, bytes));
          expect(event.body).toBe(bytes);
        },
      ) as never,
    );
  });

  it('texts of any length and script are signed the same, whether hashed in one step or piece by piece', async () => {
    const lengths = [0, 1, 63, 64, 65, 16_000, 16_127, 16_128, 16_129, 16_256, 16_383, 16_384, 16_385, 16_600, 70_000];
    const texts = ['.', 'a'.repeat(64), 'a'.repeat(65), 'é', '€uro '.repeat(20), '\u{1f511}'.repeat(40)];
    // Two keys take turns, so that neither may leave anything behind for the other.
    const keys = [new Uint8Array(20).map((_, at) => at + 1), new Uint8Array(150).map((_, at) => 200 - at)];
    for (const [hash, nodeName] of [['SHA-256', 'sha256'] as const, ['SHA-512', 'sha512'] as const]) {
      for (const text of texts) {
        const provider = defineProvider({
          name: 'p',
          scheme: hmac({ hash, signature: { header: 'x-sig', encoding: 'hex' }, signs: [{ text }, 'body', { text }] }),
        });
        for (const length of lengths) {
          const bytes = new Uint8Array(length).map((_, at) => at);
          for (const key of keys) {
            const header = createHmac(nodeName, key).update(text).update(bytes).update(text).digest('hex');
            const event = await receiverOf(provider, key).verify(deliveryOf({ 'x-sig': header }, bytes));
            expect(event.body).toBe(bytes);
          }
        }
      }
    }
  });

  it('any single bit changed in body, signature or secret is refused', async () => {
    await check(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), secret(), fc.nat(), async (bytes, key, bit) => {
        const mac = sign(key, bytes);
        const verify = (given: { body?: Uint8Array; mac?: Uint8Array; key?: Uint8Array }) =>
          receiverOf(R, given.key ?? key, { dangerouslyAllowWeakSecrets: true }).verify(
            deliveryOf({ 'x-sig': Buffer.from(given.mac ?? mac).toString('hex') }, given.body ?? bytes),
          );
        await verify({});
        expect(await codeOf(verify({ body: flip(bytes, bit) }))).toBe('signature_mismatch');
        expect(await codeOf(verify({ mac: flip(mac, bit) }))).toBe('signature_mismatch');
        expect(await codeOf(verify({ key: flip(key, bit) }))).toBe('signature_mismatch');
      }) as never,
    );
  });

  it('any single character changed in a signed header is refused, unless it only changes the case of hex', async () => {
    const bytes = new TextEncoder().encode('{"id":1}');
    const header = signT(K1, now, bytes);
    await check(
      fc.asyncProperty(
        fc.nat(header.length - 1),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
        async (at, letter) => {
          fc.pre(header[at]?.toLowerCase() !== letter.toLowerCase());
          const changed = header.slice(0, at) + letter + header.slice(at + 1);
          await codeOf(receiverOf(T, K1).verify(deliveryOf({ 'x-sig': changed }, bytes)));
        },
      ) as never,
    );
  });

  it('for any input, verify only throws a WebhookError, receive never rejects, and screen never throws', async () => {
    const value = () =>
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.anything(),
        fc.array(fc.string()),
        fc.constant(`t=${now},v1=${'0'.repeat(64)}`),
      );
    const headers = () =>
      fc.oneof(
        fc.dictionary(
          fc.constantFrom('x-sig', 'X-Sig', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-encoding'),
          value(),
        ),
        fc.array(fc.tuple(fc.constantFrom('x-sig', 'webhook-signature'), value())),
        fc.anything(),
      );
    await check(
      fc.asyncProperty(headers(), fc.oneof(body(), fc.anything()), fc.anything(), async (given, bytes, method) => {
        for (const [provider, key] of [
          [T, K1],
          [R, K1],
          [S, K1Base64],
        ] as const) {
          const receiver = receiverOf(provider, key);
          const delivery = { headers: given as HeaderSource, body: bytes as Uint8Array, method: method as string };
          await receiver.verify(delivery).catch((error) => expect(isWebhookError(error)).toBe(true));
          expect((await receiver.receive(delivery, () => undefined)).kind).toBe('rejected');
          const refusal = await headRefusal(receiver, delivery);
          expect(refusal === undefined || isWebhookError(refusal)).toBe(true);
        }
      }) as never,
    );
  });

  it('refuses undefined and null in place of a delivery', async () => {
    for (const delivery of [undefined, null, 0, 'x']) {
      expect(['options_invalid', 'body_not_raw']).toContain(await codeOf(receiverOf(T, K1).verify(delivery as never)));
    }
  });

  it('decoders read what encoders write, like Node, and accept only one spelling', () => {
    check(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(encodeHex(bytes)).toBe(buffer.toString('hex'));
        expect(encodeBase64(bytes)).toBe(buffer.toString('base64'));
        expect(encodeBase64Url(bytes)).toBe(buffer.toString('base64url'));
        expect(decodeHex(encodeHex(bytes))).toEqual(bytes);
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }) as never,
    );
    check(
      fc.property(fc.string({ maxLength: 24, unit: fc.constantFrom(...'abAB09+/-_= \n\u00e9z') }), (text) => {
        const plain = decodeBase64(text);
        if (plain !== undefined) expect(encodeBase64(plain)).toBe(text);
        const url = decodeBase64Url(text);
        if (url !== undefined) expect(encodeBase64Url(url)).toBe(text);
        const hex = decodeHex(text);
        if (hex !== undefined) expect(encodeHex(hex)).toBe(text.toLowerCase());
      }) as never,
    );
  });

  it('different identities never share a key', async () => {
    const provider = (name: string) =>
      defineProvider({ name, scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });
    const seen = new Map<string, string>();
    const text = () => fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'a:b1.0') });
    await check(
      fc.asyncProperty(text(), text(), fc.constantFrom('a', 'a1', 'b'), async (namespace, id, name) => {
        const bytes = new TextEncoder().encode(JSON.stringify({ id }));
        const receiver = receiverOf(provider(name), K1, { dedupe: { store: memoryStore(), namespace } });
        const event = await receiver.verify(deliveryOf({ 'x-sig': sign(K1, bytes).toString('hex') }, bytes));
        const { key } = await event.identity();
        const parts = JSON.stringify([namespace, name, id]);
        expect(seen.get(key) ?? parts).toBe(parts);
        expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
        seen.set(key, parts);
      }) as never,
    );
  });

  it('reads a list header in every grammar back as it was written', async () => {
    await check(
      fc.asyncProperty(
        fc.constantFrom(',', ';', ' ', '&'),
        fc.constantFrom('=', '|', ':'),
        body(),
        async (separator, assign, bytes) => {
          const grammar = { header: 'x-sig', separator, assign } as const;
          const provider = defineProvider({
            name: 'p',
            scheme: hmac({
              hash: 'SHA-256',
              signature: { ...grammar, key: ['v1', 'v9'], encoding: 'hex' },
              timestamp: { ...grammar, key: 'ts', unit: 'seconds' },
              signs: ['timestamp', { text: ':' }, 'body'],
            }),
          });
          const mac = sign(K1, `${now}:`, bytes).toString('hex');
          const header = [`other${assign}x`, `v9${assign}${mac}`, `ts${assign}${now}`].join(separator);
          await receiverOf(provider, K1).verify(deliveryOf({ 'x-sig': header }, bytes));
        },
      ) as never,
    );
  });

  it('a standard webhook with a changed id, time or body is refused', async () => {
    await check(
      fc.asyncProperty(
        fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
        fc.integer({ min: now - 300, max: now + 300 }),
        body(),
        async (id, time, bytes) => {
          const signature = `v1,${sign(K1, `${id}.${time}.`, bytes).toString('base64')}`;
          const verify = (given: Record<string, string>, content = bytes) =>
            receiverOf(S, K1Base64).verify(deliveryOf(given, content));
          expect((await verify(standardHeaders(signature, id, time))).id).toBe(id);
          expect(await codeOf(verify(standardHeaders(signature, `${id}x`, time)))).toBe('signature_mismatch');
          const otherTime = time === now ? now - 1 : now;
          expect(await codeOf(verify(standardHeaders(signature, id, otherTime)))).toBe('signature_mismatch');
          expect(await codeOf(verify(standardHeaders(signature, id, time), Uint8Array.of(...bytes, 0)))).toBe(
            'signature_mismatch',
          );
        },
      ) as never,
    );
  });
});
