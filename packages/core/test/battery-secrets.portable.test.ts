import { createReceiver, type SecretInput, secretsByTenant } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import {
  B,
  buildError,
  codeOf,
  deliveryOf,
  K1,
  K1Base64,
  K2,
  known,
  now,
  R,
  receiverOf,
  S,
  signT,
  standardHeaders,
  T,
} from './fixtures.ts';

const good = { 'x-sig': `t=${now},v1=${known.tK1}` };
const refusal = (secrets: unknown, provider = T) => buildError(() => receiverOf(provider, secrets as SecretInput));

describe('secrets and rotation', () => {
  it('SR-01 SR-02 SR-03 SR-04 SR-05 SR-06 refuses secrets that protect nothing, when the receiver is built', () => {
    const weak = [
      '',
      '   ',
      undefined,
      null,
      'undefined',
      'null',
      'changeme',
      'secret',
      `${K1}\n`,
      `${K1} `,
      ` ${K1}`,
      'a',
      'x'.repeat(15),
    ];
    for (const secret of weak) {
      const { code, message } = refusal(secret);
      expect(code).toBe('secret_invalid');
      expect(message).toContain('secrets');
    }
    for (const secret of ['whsec_', `whsec_${Buffer.alloc(23, 1).toString('base64')}`, Buffer.alloc(23, 1)]) {
      expect(refusal(secret, S).code).toBe('secret_invalid');
    }
    expect(refusal(new Uint8Array(15)).code).toBe('secret_invalid');
    receiverOf(T, new Uint8Array(16).fill(7));
    // Inside a secret, whitespace is a normal character: senders let people choose a sentence.
    receiverOf(T, `0123 ${K1}`);
  });

  it('refuses placeholders of a sufficient length', () => {
    const placeholders = [
      'your_webhook_secret',
      'REPLACE-WITH-YOUR-SECRET',
      '<signing secret>',
      ['$', '{WEBHOOK_SECRET}'].join(''),
      'process.env.SECRET',
      'a'.repeat(40),
      'change_me_please_now',
      '[object Object] xx',
      'my-webhook-secret-key',
    ];
    for (const secret of placeholders) expect(refusal(secret).code).toBe('secret_invalid');
  });

  it('names the missing option in one sentence', () => {
    const { message } = buildError(() =>
      createReceiver({ provider: T } as unknown as Parameters<typeof createReceiver>[0]),
    );
    expect(message).toMatch(/At secrets\. t needs the signing secret, but it is not set/);
  });

  it('never verifies with an empty key', async () => {
    for (const secret of ['', new Uint8Array()]) {
      expect(buildError(() => receiverOf(T, secret, { dangerouslyAllowWeakSecrets: true })).code).toBe(
        'secret_invalid',
      );
    }
    const receiver = receiverOf(T, () => '');
    expect(await codeOf(receiver.verify(deliveryOf({ 'x-sig': `t=${now},v1=${known.tEmptyKey}` })))).toBe(
      'secret_invalid',
    );
  });

  it('SR-07 accepts the older of two secrets and reports which one matched', async () => {
    const byPlace = await receiverOf(T, [K2, K1]).verify(deliveryOf(good));
    expect(byPlace.secretId).toBe('1');
    const byId = await receiverOf(T, [
      { id: 'new', value: K2 },
      { id: 'old', value: K1 },
    ]).verify(deliveryOf(good));
    expect(byId.secretId).toBe('old');
    expect((await receiverOf(T, [K1, K2]).verify(deliveryOf(good))).secretId).toBe('0');
  });

  it('respects the validity period of a secret', async () => {
    const at = (offset: number) => new Date((now + offset) * 1000);
    const verify = (secret: object) => receiverOf(T, [K2, { value: K1, ...secret }]).verify(deliveryOf(good));
    await verify({ notBefore: at(0), notAfter: at(0) });
    expect(await codeOf(verify({ notBefore: at(1) }))).toBe('signature_mismatch');
    expect(await codeOf(verify({ notAfter: at(-1) }))).toBe('signature_mismatch');
    const none = receiverOf(T, { value: K1, notAfter: at(-1) });
    expect(await codeOf(none.verify(deliveryOf(good)))).toBe('secret_invalid');
  });

  it('SR-08 SR-09 refuses an empty list, an empty member, too many, and two with one id', () => {
    for (const secrets of [
      [],
      [K1, ''],
      Array.from({ length: 17 }, (_, index) => `${K1}${index}`),
      [
        { id: 'a', value: K1 },
        { id: 'a', value: K2 },
      ],
    ]) {
      expect(refusal(secrets).code).toBe('secret_invalid');
    }
    expect(refusal([K1, '']).message).toContain('secrets[1]');
  });

  it('SR-10 SR-13 refuses an unknown tenant like a wrong signature', async () => {
    const secrets = secretsByTenant({ acme: K1 }, (delivery) => delivery.url?.split('/').at(-1));
    const verify = (tenant: string) =>
      receiverOf(T, secrets).verify(deliveryOf(good, B, { url: `/webhooks/${tenant}` }));
    expect((await verify('acme')).id).toBe('evt_1');
    for (const tenant of ['other', '__proto__', 'constructor', 'toString', '../b', 'a%00', '']) {
      expect(await codeOf(verify(tenant))).toBe('key_unknown');
    }
  });

  it('SR-11 makes the sender retry if the resolver throws or hangs', async () => {
    const throws = receiverOf(T, async () => {
      throw new Error('vault down');
    });
    await expect(throws.verify(deliveryOf(good))).rejects.toMatchObject({
      code: 'key_unavailable',
      retryAfterSeconds: expect.any(Number),
    });
    const hangs = receiverOf(T, () => new Promise<string>(() => undefined));
    expect(await codeOf(hangs.verify(deliveryOf(good)))).toBe('key_unavailable');
  }, 10_000);

  it('SR-12 fails closed if the resolver returns nothing', async () => {
    for (const answer of ['', undefined, null, [''], 'changeme']) {
      const receiver = receiverOf(T, () => answer as unknown as string);
      expect(await codeOf(receiver.verify(deliveryOf(good)))).toBe('secret_invalid');
    }
  });

  it('SR-14 accepts a secret as text, as bytes and as base64', async () => {
    await receiverOf(T, K1).verify(deliveryOf(good));
    await receiverOf(T, new TextEncoder().encode(K1)).verify(deliveryOf(good));
    await receiverOf(S, K1Base64).verify(deliveryOf(standardHeaders(known.sK1)));
    await receiverOf(S, K1Base64.slice('whsec_'.length)).verify(deliveryOf(standardHeaders(known.sK1)));
    await receiverOf(S, new TextEncoder().encode(K1)).verify(deliveryOf(standardHeaders(known.sK1)));
  });

  it('keeps its own copy of secret bytes', async () => {
    const bytes = new TextEncoder().encode(K1);
    const receiver = receiverOf(T, bytes);
    bytes.fill(0);
    await receiver.verify(deliveryOf(good));
  });

  it('refuses a PEM key as shared secret, even after whitespace', () => {
    const pem = '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----';
    for (const secret of [pem, `\n  ${pem}`]) expect(refusal(secret).message).toContain('PEM');
    expect(buildError(() => receiverOf(T, pem, { dangerouslyAllowWeakSecrets: true })).code).toBe('secret_invalid');
  });

  it('explains a key of the asymmetric form where base64 is expected', () => {
    expect(refusal('whpk_AAAA', S).message).toContain('whpk_');
  });

  it('resolves secrets per delivery for several tenants of one receiver', async () => {
    const receiver = receiverOf(T, ({ url }) => (url === '/a' ? K1 : [K2, { id: 'older', value: K1 }]));
    expect((await receiver.verify(deliveryOf(good, B, { url: '/a' }))).secretId).toBe('0');
    expect((await receiver.verify(deliveryOf(good, B, { url: '/b' }))).secretId).toBe('older');
    const other = deliveryOf({ 'x-sig': signT(K2, now, B) }, B, { url: '/a' });
    expect(await codeOf(receiver.verify(other))).toBe('signature_mismatch');
  });

  it('checks required headers in addition to the signature', async () => {
    const receiver = receiverOf(R, K1, { requiredHeaders: { 'X-Api-Key': 'a custom value' } });
    const verify = (headers: Record<string, string>) => receiver.verify(deliveryOf({ 'x-sig': known.rK1, ...headers }));
    await verify({ 'x-api-key': 'a custom value' });
    expect(await codeOf(verify({}))).toBe('header_missing');
    expect(await codeOf(verify({ 'x-api-key': 'a custom valuE' }))).toBe('signature_mismatch');
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-${index}`, 'value']));
    expect(buildError(() => receiverOf(R, K1, { requiredHeaders: many })).code).toBe('options_invalid');
  });
});
