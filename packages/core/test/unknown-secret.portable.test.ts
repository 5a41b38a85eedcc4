/** A record identifies the secret that proved it, so a service that treats another's events as duplicates is detected. */

import { hkdfSync } from 'node:crypto';
import {
  type DedupeStore,
  memoryStore,
  type SecretInput,
  type StoredResponse,
  secretsByTenant,
} from '@countersign/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bytes, deliveryOf, K1, K2, R, receiverOf, sign } from './fixtures.ts';

const orders = { ...R, name: 'orders', eventId: { json: 'id' } } as const;
const shared = (): DedupeStore => ({ ...memoryStore(), local: false });
const serviceOf = (store: DedupeStore, secrets: SecretInput, namespace = 'shop') =>
  receiverOf(orders, secrets, { dedupe: { store, namespace }, onWarning: () => undefined, onOutcome: () => undefined });
const delivery = (id: string, secret: string) => {
  const body = bytes(JSON.stringify({ id, amount: 47550 }));
  return deliveryOf({ 'x-sig': sign(secret, body).toString('hex') }, body);
};
const markOf = (secret: string) =>
  Buffer.from(hkdfSync('sha256', secret, 'countersign', 'the secret behind a record', 2)).toString('base64url');

describe('a duplicate of an event that another secret proved', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is reported, including on the console, with the namespace and both ways to fix it', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const store = shared();
    const handle = vi.fn();
    await serviceOf(store, K1, 'billing and shipping').receive(delivery('a', K1), handle);
    const second = serviceOf(store, K2, 'billing and shipping');
    expect(await second.receive(delivery('a', K2), handle)).toMatchObject({ kind: 'duplicate', unknownSecret: true });
    // Once a minute: a sender's retries must not fill the log.
    await second.receive(delivery('a', K2), handle);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(print).toHaveBeenCalledTimes(1);
    const [line] = print.mock.calls[0] as [string];
    expect(line).toContain('orders: ');
    expect(line).toContain('the namespace billing and shipping');
    expect(line).toContain('dedupe.namespace');
    expect(line).toContain('{ value, notAfter }');
  });

  it('is not reported if the receiver has that secret, or had it', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const store = shared();
    await serviceOf(store, K1).receive(delivery('a', K1), () => undefined);
    const retired = { value: K1, notAfter: new Date(0) };
    for (const secrets of [K1, [K2, K1], [K2, retired]]) {
      const given = Array.isArray(secrets) ? K2 : K1;
      const outcome = await serviceOf(store, secrets).receive(delivery('a', given), () => undefined);
      expect(outcome.kind).toBe('duplicate');
      expect(outcome).not.toHaveProperty('unknownSecret');
    }
    expect(print).not.toHaveBeenCalled();
  });

  it('is reported for a tenant whose secret was replaced without keeping the old one', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const store = shared();
    const of = (secrets: string | (string | { value: string; notAfter: Date })[]) =>
      serviceOf(
        store,
        secretsByTenant({ acme: secrets }, () => 'acme'),
      );
    await of(K1).receive(delivery('a', K1), () => undefined);
    expect(await of(K2).receive(delivery('a', K2), () => undefined)).toMatchObject({ unknownSecret: true });
    const kept = of([K2, { value: K1, notAfter: new Date(0) }]);
    expect(await kept.receive(delivery('a', K2), () => undefined)).not.toHaveProperty('unknownSecret');
  });

  it('is detected with only 16 bits of HKDF-SHA-256, which stay out of the response', async () => {
    const kept: (StoredResponse | undefined)[] = [];
    const inner = shared();
    const store: DedupeStore = {
      ...inner,
      complete: (key, token, seconds, response) => {
        kept.push(response);
        return inner.complete(key, token, seconds, response);
      },
    };
    const service = serviceOf(store, K1);
    await service.receive(delivery('a', K1), () => ({ status: 201, body: 'first' }));
    await service.receive(delivery('b', K1), () => undefined);
    expect(kept).toEqual([
      { fingerprint: expect.stringMatching(/^.{8}$/), secret: markOf(K1), status: 201, body: 'first' },
      { fingerprint: expect.stringMatching(/^.{8}$/), secret: markOf(K1) },
    ]);
    expect(markOf(K1)).toHaveLength(3);
    expect(markOf(K1)).not.toBe(markOf(K2));
    expect(await service.receive(delivery('a', K1), () => undefined)).toMatchObject({
      kind: 'duplicate',
      response: { status: 201, body: 'first' },
    });
    expect((await service.receive(delivery('b', K1), () => undefined)) as object).not.toHaveProperty('response');
  });

  it('is not reported for a record from before secrets were kept', async () => {
    const inner = shared();
    const store: DedupeStore = {
      ...inner,
      complete: (key, token, seconds) => inner.complete(key, token, seconds, { fingerprint: 'abcdefgh' }),
    };
    await serviceOf(store, K1).receive(delivery('a', K1), () => undefined);
    const outcome = await serviceOf(store, K2).receive(delivery('a', K2), () => undefined);
    expect(outcome).toMatchObject({ kind: 'duplicate', bodyChanged: true });
    expect(outcome).not.toHaveProperty('unknownSecret');
  });

  it('keeps fingerprint and secret apart in the memory store, whichever is present', async () => {
    const store = memoryStore();
    const responses: StoredResponse[] = [
      { fingerprint: 'abcdefgh' },
      { secret: 'xyz' },
      { fingerprint: 'abcdefgh', secret: 'xyz' },
      { fingerprint: 'abc' },
      { fingerprint: 'abcdefghxyz' },
      { secret: 'abcdefgh' },
      { secret: 'xyz', status: 200 },
    ];
    for (const [index, response] of responses.entries()) {
      const claim = await store.claim(String(index), 10);
      if (claim.state !== 'claimed') throw new Error('not claimed');
      await store.complete(String(index), claim.token, 60, response);
      expect(await store.claim(String(index), 10)).toEqual({ state: 'done', response });
    }
  });
});
