import { execFileSync } from 'node:child_process';
import { memoryStore } from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';

/** A million in the nightly run. */
const records = process.env.COUNTERSIGN_NIGHTLY === '1' ? 1_000_000 : 250_000;
/** Events that go through a receiver. */
const received = records / 10;

function storeAt(options: { maxRecords?: number } = {}) {
  let time = 1_700_000_000_000;
  const store = memoryStore({ ...options, clock: () => new Date(time) });
  const wait = (seconds: number) => {
    time += seconds * 1000;
  };
  return { store, wait };
}

async function claimed(store: ReturnType<typeof memoryStore>, key: string, leaseSeconds = 30) {
  const claim = await store.claim(key, leaseSeconds);
  if (claim.state !== 'claimed') throw new Error(`expected a claim, got ${claim.state}`);
  return claim;
}

describe('the memory store', () => {
  it('grants one claim to a hundred concurrent callers', async () => {
    const { store } = storeAt();
    const claims = await Promise.all(Array.from({ length: 100 }, () => store.claim('a', 30)));
    expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ state }) => state === 'in_flight')).toHaveLength(99);
    expect(claims[1]).toEqual({ state: 'in_flight', leaseLeftSeconds: 30 });
  });

  it('reports the rest of a lease and gives the key to the next caller when it ends, with an increasing attempt', async () => {
    const { store, wait } = storeAt();
    expect((await claimed(store, 'a')).attempt).toBe(1);
    wait(29.5);
    expect(await store.claim('a', 30)).toEqual({ state: 'in_flight', leaseLeftSeconds: 1 });
    wait(0.5);
    expect((await claimed(store, 'a')).attempt).toBe(2);
  });

  it.each([
    ['forward', 86_400_000],
    ['back', -86_400_000],
  ])('keeps leases and completions while the system clock is set %s by a day', async (_, step) => {
    const store = memoryStore();
    const done = await claimed(store, 'done');
    await store.complete('done', done.token, 3600);
    await claimed(store, 'at work');
    const real = Date.now;
    const set = vi.spyOn(Date, 'now').mockImplementation(() => real() + step);
    try {
      expect((await store.claim('at work', 30)).state).toBe('in_flight');
      expect((await store.claim('done', 30)).state).toBe('done');
    } finally {
      set.mockRestore();
    }
  });

  it('refuses every step of a stale owner', async () => {
    const { store, wait } = storeAt();
    const first = await claimed(store, 'a');
    wait(31);
    const second = await claimed(store, 'a');
    expect(await store.extend('a', first.token, 30)).toBe(false);
    expect(await store.complete('a', first.token, 60, { status: 200 })).toBe(false);
    expect(await store.release('a', first.token)).toBe(false);
    expect((await store.claim('a', 30)).state).toBe('in_flight');
    expect(await store.complete('a', second.token, 60, { status: 201 })).toBe(true);
    expect(await store.claim('a', 30)).toEqual({ state: 'done', response: { status: 201 } });
    expect(await store.release('a', second.token)).toBe(false);
    expect(await store.extend('a', second.token, 30)).toBe(false);
  });

  it('extends a lease from now on', async () => {
    const { store, wait } = storeAt();
    const { token } = await claimed(store, 'a', 10);
    wait(9);
    expect(await store.extend('a', token, 10)).toBe(true);
    wait(9);
    expect((await store.claim('a', 10)).state).toBe('in_flight');
    wait(1);
    expect((await store.claim('a', 10)).state).toBe('claimed');
  });

  it('lets an owner complete after its lease if no one has taken over', async () => {
    const { store, wait } = storeAt();
    const { token } = await claimed(store, 'a', 10);
    wait(60);
    expect(await store.complete('a', token, 60)).toBe(true);
    expect(await store.claim('a', 10)).toEqual({ state: 'done', response: undefined });
  });

  it('makes a released key available immediately and counts on', async () => {
    const { store } = storeAt();
    const { token } = await claimed(store, 'a');
    expect(await store.release('a', token)).toBe(true);
    expect((await claimed(store, 'a')).attempt).toBe(2);
  });

  it('keeps every form of a response and forgets it after its retention', async () => {
    const { store, wait } = storeAt();
    const responses = [
      undefined,
      { fingerprint: 'abc' },
      { status: 204 },
      { status: 200, body: 'ok', headers: { 'content-type': 'text/plain' }, fingerprint: 'x y' },
    ];
    for (const [index, response] of responses.entries()) {
      const { token } = await claimed(store, `k${index}`);
      await store.complete(`k${index}`, token, 60, response);
      expect(await store.claim(`k${index}`, 30)).toEqual({ state: 'done', response });
    }
    wait(59);
    expect((await store.claim('k0', 30)).state).toBe('done');
    wait(1);
    expect((await claimed(store, 'k0')).attempt).toBe(1);
  });

  it('refuses a new claim when it is full of live records, and only drops expired ones', async () => {
    const { store, wait } = storeAt({ maxRecords: 3 });
    for (const key of ['a', 'b', 'c']) {
      const { token } = await claimed(store, key);
      await store.complete(key, token, key === 'b' ? 10 : 100);
    }
    await expect(store.claim('d', 30)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect((await store.claim('a', 30)).state).toBe('done');
    wait(11);
    expect((await store.claim('d', 30)).state).toBe('claimed');
    expect((await store.claim('a', 30)).state).toBe('done');
    expect(store.size).toBe(3);
  });

  it('sweeps expired records as it goes', async () => {
    const { store, wait } = storeAt();
    for (let index = 0; index < 1000; index++) {
      const { token } = await claimed(store, `old-${index}`);
      await store.complete(`old-${index}`, token, 10);
    }
    wait(11);
    for (let index = 0; index < 1000; index++) await store.claim(`new-${index}`, 30);
    expect(store.size).toBeLessThan(1100);
  });

  it(`holds ${records} completed records within 150 bytes each and sets no timer`, () => {
    const program = `
      import { memoryStore } from ${JSON.stringify(new URL('../src/stores/memory-store.ts', import.meta.url).href)};
      import { createHash } from 'node:crypto';
      const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      globalThis.gc();
      const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
      const store = memoryStore({ maxRecords: ${records} });
      for (let index = 0; index < ${records}; index++) {
        const key = createHash('sha256').update(String(index)).digest('base64url');
        const { token } = await store.claim(key, 30);
        await store.complete(key, token, 604_800, { fingerprint: key.slice(0, 8) });
      }
      globalThis.gc();
      const bytes = process.memoryUsage().heapUsed + process.memoryUsage().external - before;
      const timersAfter = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      console.log(JSON.stringify({ size: store.size, bytesEach: bytes / ${records}, timers: timersAfter - timers }));`;
    const flags = [
      '--expose-gc',
      '--conditions=countersign-source',
      '--input-type=module',
      '--no-warnings',
      '-e',
      program,
    ];
    const { size, bytesEach, timers } = JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' }));
    expect(size).toBe(records);
    expect(timers).toBe(0);
    expect(bytesEach).toBeLessThan(150);
    expect(bytesEach).toBeGreaterThan(50);
  }, 60_000);

  it.each([
    ['by its signed id', "eventId: { json: 'id' },"],
    ['by the digest of its body', ''],
  ])(
    'keeps at most 150 bytes of an event that came through receive and is known %s',
    (_, eventId) => {
      const program = `
      import { createReceiver, defineProvider, memoryStore, timestampedHmac } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
      import { createHmac } from 'node:crypto';
      const secret = '0123456789abcdef0123456789abcdef';
      const provider = defineProvider({ name: 'm', scheme: timestampedHmac({ header: 'x-sig' }), ${eventId} });
      const store = memoryStore({ maxRecords: 200_000 });
      const receiver = createReceiver({ provider, secrets: secret, dedupe: store, onWarning: () => {} });
      const time = Math.floor(Date.now() / 1000);
      const send = async (id) => {
        const body = new TextEncoder().encode(JSON.stringify({ id }));
        const mac = createHmac('sha256', secret).update(time + '.').update(body).digest('hex');
        const { kind } = await receiver.receive({ headers: { 'x-sig': 't=' + time + ',v1=' + mac }, body }, () => undefined);
        if (kind !== 'handled') throw new Error(kind);
      };
      for (let index = 0; index < 1000; index++) await send('warm-' + index);
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      for (let index = 0; index < ${received}; index++) await send('evt_' + index);
      globalThis.gc();
      console.log((process.memoryUsage().heapUsed - before) / ${received});`;
      const flags = [
        '--expose-gc',
        '--conditions=countersign-source',
        '--input-type=module',
        '--no-warnings',
        '-e',
        program,
      ];
      const bytes = Number(execFileSync(process.execPath, flags, { encoding: 'utf8' }));
      expect(bytes).toBeLessThan(150);
      expect(bytes).toBeGreaterThan(60);
    },
    120_000,
  );

  it('refuses invalid options', () => {
    for (const maxRecords of [0, -1, 1.5, Number.NaN]) expect(() => memoryStore({ maxRecords })).toThrow(/maxRecords/);
  });
});
