/** Seals of stored events, and what of a delivery may be stored. */

import { createHmac, hkdfSync } from 'node:crypto';
import { defineProvider, sharedToken } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { publicPartsOf } from '../src/stored/public-parts.ts';
import { createSealer } from '../src/stored/seal.ts';
import { restoredProofOf, storedHeadOf, storedProofOf } from '../src/stored/stored-delivery.ts';
import { buildError, bytes, K1, K2, R } from './fixtures.ts';

const sealKey = 'a-seal-key-of-this-test-0123456789abcdef';

describe('a seal', () => {
  const parts = ['billing', undefined, '', 'a:b', 'é', '\ud800'];
  const text = '7:purpose7:billing-0:3:a:b2:é~8:"\\ud800"';

  it.each([
    ['of a secret', undefined, K1],
    ['of a key', { keys: sealKey }, sealKey],
  ])('%s is HMAC-SHA-256 under HKDF-SHA-256, over values with their lengths', async (_, options, material) => {
    const secret = Buffer.from(material);
    const derived = (info: string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, 'countersign', info, 32)).subarray(0, length);
    const sealer = createSealer('purpose', options, [Buffer.from(K1)]);
    const key = derived('countersign: the name of a seal key', 6).toString('base64url');
    const mac = createHmac('sha256', derived('countersign: the seal of purpose', 32)).update(text).digest('base64url');
    expect(await sealer.seal(parts, 0)).toEqual({ key, mac });
    expect(await sealer.check(parts, 0, { key, mac })).toBe('genuine');
    // A handshake may make the receiver sign a text that a stranger chose.
    const underSecret = createHmac('sha256', secret).update(text).digest('base64url');
    const underLabel = createHmac(
      'sha256',
      createHmac('sha256', secret).update('countersign: the seal of purpose').digest(),
    );
    for (const forged of [underSecret, underLabel.update(text).digest('base64url')])
      expect(await sealer.check(parts, 0, { key, mac: forged })).toBe('altered');
    expect(await sealer.check(parts, 0, { key: 'another', mac })).toBe('unknown_key');
  });

  it('differs for every change of a value, of its place and of the purpose', async () => {
    const sealer = createSealer('one', undefined, [Buffer.from(K1)]);
    const seal = await sealer.seal(['ab', 'c'], 0);
    for (const other of [['a', 'bc'], ['abc'], ['ab', 'c', ''], ['ab', undefined, 'c'], ['c', 'ab'], ['ab1:c']])
      expect(await sealer.check(other, 0, seal)).toBe('altered');
    expect(await createSealer('two', undefined, [Buffer.from(K1)]).check(['ab', 'c'], 0, seal)).toBe('altered');
    for (const mac of ['', seal.mac.slice(1), `${seal.mac}A`, seal.mac.replace(/.$/, '!')])
      expect(await sealer.check(['ab', 'c'], 0, { ...seal, mac })).toBe('altered');
  });

  it('of a retired key opens what arrived before its end, and is made by no retired key', async () => {
    const end = new Date(1000);
    const old = createSealer('one', { keys: { value: sealKey, notAfter: end } }, []);
    const seal = await old.seal(['a'], 1000);
    const rotated = createSealer('one', { keys: [`new-${sealKey}`, { value: sealKey, notAfter: end }] }, []);
    expect(await rotated.check(['a'], 1000, seal)).toBe('genuine');
    expect(await rotated.check(['a'], 1001, seal)).toBe('altered');
    expect((await rotated.seal(['a'], 0)).key).not.toBe(seal.key);
    await expect(old.seal(['a'], 1001)).rejects.toMatchObject({ code: 'secret_invalid', at: 'seal.keys' });
    expect(await createSealer('one', { keys: `new-${sealKey}` }, []).check(['a'], 0, seal)).toBe('unknown_key');
  });

  it.each([
    [{ keys: [] }, 'seal.keys'],
    [{ keys: 'short' }, 'seal.keys'],
    [{ keys: undefined }, 'seal.keys'],
    [{ keys: [sealKey, { value: sealKey, id: 'a.b' }] }, 'seal.keys[1].id'],
    [{ keys: { value: sealKey, notAfter: '2026-12-01' } }, 'seal.keys.notAfter'],
    [undefined, 'seal.keys'],
  ])('with the keys %j is refused at the start', (options, at) => {
    expect(buildError(() => createSealer('one', options as never, []))).toMatchObject({ code: 'secret_invalid', at });
  });
});

describe('the public parts of a delivery', () => {
  const provider = defineProvider({
    name: 'tokened',
    scheme: sharedToken({ token: { query: 'hook' } }),
    eventId: { header: 'X-Session-Id' },
  });
  const contextOf = (one: object = provider) =>
    ({
      provider: one,
      requiredHeaders: [['x-gate', bytes('open-sesame')]],
      fixedSecrets: [bytes(K1)],
    }) as never;

  it('have no secret: by its place, by its name, by its value', () => {
    const parts = publicPartsOf(contextOf({ ...R, eventId: { header: 'X-Session-Id' } }));
    const head = {
      method: 'POST',
      url: `/hooks?a=1&access_token=t&b=${encodeURIComponent(K1)}&API-KEY=k#x`,
      headers: [
        ['X-Sig', 'a signature'],
        ['Authorization', 'Bearer t'],
        ['x-api-key', 'k'],
        ['Cookie', 'c=1'],
        ['X-Gate', 'open-sesame'],
        ['x-forwarded-gate', 'open-sesame'],
        ['x-debug', `secret is ${K1}!`],
        ['X-Session-Id', 'evt_1'],
        ['X-Shop', 'one'],
        ['X-Shop', 'two'],
      ] as const,
    };
    expect(storedHeadOf(head as never, parts)).toEqual({
      method: 'POST',
      url: '/hooks?a=1&access_token=removed&b=removed&API-KEY=removed',
      headers: [
        ['x-session-id', 'evt_1'],
        ['x-shop', 'one'],
        ['x-shop', 'two'],
      ],
    });
  });

  it('of a signed URL keep all but the token and known secrets', () => {
    const parts = publicPartsOf(contextOf());
    expect(parts.url(`https://a.example/x?session=1&hook=${K2}&q=${K1}`, true)).toBe(
      'https://a.example/x?session=1&hook=removed&q=removed',
    );
    expect(parts.url(`/hooks/${K1}/x?a=1`, false)).toBe('?a=1');
  });

  it('give the proof back as it was', () => {
    const parts = publicPartsOf(contextOf());
    for (const value of [undefined, null, { a: [1] }, Buffer.from([0, 255])]) {
      const proof = {
        secretId: '0',
        signed: { body: true },
        signedAt: 5,
        id: 'evt_1',
        tenant: 'acme',
        payload: { value },
        headers: new Set(['x-a']),
        headerValues: new Map([['x-a', 'b']]),
        url: undefined,
        signedUrl: '/a',
      };
      const stored = JSON.parse(JSON.stringify(storedProofOf(proof as never, parts)));
      const restored = restoredProofOf(stored);
      expect(restored).toEqual({
        ...proof,
        payload: { value: value instanceof Buffer ? new Uint8Array(value) : value },
      });
    }
  });
});
