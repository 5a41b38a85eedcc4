import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  cachedKeys,
  cachedSecrets,
  createReceiver,
  defineProvider,
  rawBodyHmac,
  type WebhookError,
} from '@countersign/core';
import { publicKey } from '@countersign/core/public-key';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const provider = defineProvider({ name: 'cached', scheme: rawBodyHmac({ header: 'x-signature' }) });
const body = Buffer.from('{"id":"1"}');
const old = 'cached-old-R7kQ2mXv9Ls4Tz8';
const fresh = 'cached-new-p4Ls9dQk7Xw2Jn5';
const signedWith = (secret: string, tenant = 'acme') => ({
  body,
  url: `/hooks/${tenant}`,
  headers: { 'x-signature': createHmac('sha256', secret).update(body).digest('hex') },
});

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());
const wait = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

/** A receiver with a cached lookup over a table of secrets, and the keys that the lookup was asked for. */
function receiverOver(table: Map<string, string>, limits: object = {}) {
  const asked: string[] = [];
  const state = { isDown: false };
  const secrets = cachedSecrets({
    keyOf: ({ url = '' }) => url.split('/')[2],
    find: async (tenant) => {
      asked.push(tenant);
      if (state.isDown) throw new Error('the database is down');
      const secret = table.get(tenant);
      return secret === undefined ? [] : { tenant, secrets: secret };
    },
    ...limits,
  });
  const receiver = createReceiver({ provider, secrets, onWarning: () => undefined });
  const codeOf = (delivery: ReturnType<typeof signedWith>) =>
    receiver.verify(delivery).then(
      () => 'accepted',
      (error: WebhookError) => error.code,
    );
  return { codeOf, asked, state };
}

describe('cachedSecrets', () => {
  it('asks once for many deliveries, also at the same time, and again after its seconds', async () => {
    const { codeOf, asked } = receiverOver(new Map([['acme', old]]));
    expect(new Set(await Promise.all(Array.from({ length: 26 }, () => codeOf(signedWith(old)))))).toEqual(
      new Set(['accepted']),
    );
    expect(asked).toHaveLength(1);
    wait(59);
    await codeOf(signedWith(old));
    expect(asked).toHaveLength(1);
    wait(2);
    await codeOf(signedWith(old));
    expect(asked).toHaveLength(2);
  });

  it('accepts a secret that was just replaced, for all deliveries that come at once', async () => {
    const table = new Map([['acme', old]]);
    const { codeOf, asked } = receiverOver(table);
    expect(await codeOf(signedWith(old))).toBe('accepted');
    table.set('acme', fresh);
    wait(6);
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(signedWith(fresh))));
    expect(new Set(codes)).toEqual(new Set(['accepted']));
    expect(asked).toHaveLength(2);
    expect(await codeOf(signedWith(old))).toBe('signature_mismatch');
  });

  it('lets forgeries ask at most every five seconds', async () => {
    const { codeOf, asked } = receiverOver(new Map([['acme', old]]));
    await codeOf(signedWith(old));
    for (let second = 0; second < 50; second++) {
      wait(1);
      expect(await codeOf(signedWith('forged-R7kQ2mXv9Ls4Tz8'))).toBe('signature_mismatch');
    }
    expect(asked.length).toBeLessThanOrEqual(1 + 50 / 5);
    expect(asked.length).toBeGreaterThan(5);
  });

  it('uses what it has while the lookup fails, and no longer than it may', async () => {
    const { codeOf, state } = receiverOver(new Map([['acme', old]]), { seconds: 10, staleSeconds: 100 });
    await codeOf(signedWith(old));
    state.isDown = true;
    wait(99);
    expect(await codeOf(signedWith(old))).toBe('accepted');
    expect(await codeOf(signedWith(fresh))).toBe('signature_mismatch');
    wait(2);
    expect(await codeOf(signedWith(old))).toBe('key_unavailable');
    expect(await codeOf(signedWith(old, 'other'))).toBe('key_unavailable');
  });

  it('uses nothing stale with staleSeconds 0', async () => {
    const { codeOf, state } = receiverOver(new Map([['acme', old]]), { seconds: 10, staleSeconds: 0 });
    await codeOf(signedWith(old));
    state.isDown = true;
    wait(11);
    expect(await codeOf(signedWith(old))).toBe('key_unavailable');
  });

  it('remembers an unknown tenant for five seconds at most', async () => {
    const table = new Map<string, string>();
    const { codeOf, asked } = receiverOver(table);
    for (let delivery = 0; delivery < 5; delivery++) expect(await codeOf(signedWith(old))).toBe('key_unknown');
    expect(asked).toHaveLength(1);
    table.set('acme', old);
    wait(5);
    expect(await codeOf(signedWith(old))).toBe('accepted');
  });

  it('keeps no more than its entries, and drops the one used least recently', async () => {
    const { codeOf, asked } = receiverOver(
      new Map([
        ['a', old],
        ['b', old],
        ['c', old],
      ]),
      { maxEntries: 2 },
    );
    for (const tenant of ['a', 'b', 'a', 'c', 'a']) expect(await codeOf(signedWith(old, tenant))).toBe('accepted');
    expect(asked).toEqual(['a', 'b', 'c']);
    await codeOf(signedWith(old, 'b'));
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('reports a lookup that returns nothing as the bug that it is, each time', async () => {
    let asked = 0;
    const find = () => {
      asked++;
      return undefined as never;
    };
    const secrets = cachedSecrets({ keyOf: () => 'one', find });
    const receiver = createReceiver({ provider, secrets, onWarning: () => undefined });
    for (let delivery = 0; delivery < 2; delivery++)
      await expect(receiver.verify(signedWith(old))).rejects.toMatchObject({ code: 'secret_invalid' });
    expect(asked).toBe(2);
  });

  it('refuses wrong options by name', () => {
    const good = { keyOf: () => 'a', find: () => old };
    expect(() => cachedSecrets({ ...good, keyOf: 'tenant' as never })).toThrow(/cachedSecrets\.keyOf.*function/s);
    expect(() => cachedSecrets({ ...good, find: undefined as never })).toThrow(/cachedSecrets\.find/);
    expect(() => cachedSecrets({ ...good, ttl: 5 } as never)).toThrow(/no such option/);
    expect(() => cachedSecrets({ ...good, second: 5 } as never)).toThrow(/Did you mean cachedSecrets\.seconds/);
    for (const limits of [{ seconds: 0 }, { seconds: 86_401 }, { staleSeconds: -1 }, { maxEntries: 0 }])
      expect(() => cachedSecrets({ ...good, ...limits })).toThrow(new RegExp(Object.keys(limits)[0] as string));
    expect(() => cachedKeys({} as never)).toThrow(/cachedKeys\.find/);
  });
});

describe('cachedKeys', () => {
  const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')] as const;
  const signed = ({ privateKey }: { readonly privateKey: KeyObject }) => ({
    body,
    headers: { 'x-signature': sign(undefined, body, privateKey).toString('hex') },
  });
  const pemOf = ({ publicKey: key }: { readonly publicKey: KeyObject }) =>
    key.export({ type: 'spki', format: 'pem' }).toString();
  const keyed = defineProvider<object, 'keys'>({
    name: 'cached-keys',
    scheme: publicKey({
      algorithm: { name: 'Ed25519' },
      signature: { header: 'x-signature', encoding: 'hex' },
      signs: ['body'],
    }),
  });

  it('asks once for many deliveries, and again for one signed with a key that was just replaced', async () => {
    let asked = 0;
    let current = pemOf(pairs[0]);
    const keys = cachedKeys({
      find: async () => {
        asked++;
        return current;
      },
    });
    const receiver = createReceiver({ provider: keyed, keys, onWarning: () => undefined });
    for (let delivery = 0; delivery < 5; delivery++) await receiver.verify(signed(pairs[0]));
    expect(asked).toBe(1);
    current = pemOf(pairs[1]);
    wait(6);
    await receiver.verify(signed(pairs[1]));
    await expect(receiver.verify(signed(pairs[0]))).rejects.toMatchObject({ code: 'signature_mismatch' });
    expect(asked).toBe(2);
  });

  it('lets forgeries ask at most every five seconds, and accepts all that come at once after a replacement', async () => {
    let asked = 0;
    let current = pemOf(pairs[0]);
    const keys = cachedKeys({
      find: async () => {
        asked++;
        return current;
      },
    });
    const receiver = createReceiver({ provider: keyed, keys, onWarning: () => undefined });
    await receiver.verify(signed(pairs[0]));
    for (let second = 0; second < 50; second++) {
      wait(1);
      await expect(receiver.verify(signed(pairs[1]))).rejects.toMatchObject({ code: 'signature_mismatch' });
    }
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThanOrEqual(1 + 50 / 5);
    current = pemOf(pairs[1]);
    wait(11);
    await Promise.all(Array.from({ length: 20 }, () => receiver.verify(signed(pairs[1]))));
  });
});
