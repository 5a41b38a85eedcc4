import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DenoKv, type DenoKvAtomic, denoKvStore } from '@countersign/stores/deno-kv';
import { storeContract } from '@countersign/testing';
import type { Kv } from '@deno/kv';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { createLossyPath } from './lossy-path.ts';
import { execArgv } from './process-options.ts';

// Its native part is not built for every platform.
const opener = await import('@deno/kv').then(
  ({ openKv }) => openKv,
  () => undefined,
);
const title = opener === undefined ? 'Deno KV (skipped: @deno/kv is not built for this platform)' : 'Deno KV';

describe.skipIf(opener === undefined)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-deno-kv-'));
  const file = join(folder, 'kv.db');
  const open = () => (opener as NonNullable<typeof opener>)(file);
  let eye: Kv;
  let handle: Kv;
  beforeAll(async () => {
    [eye, handle] = [await open(), await open()];
    process.env.COUNTERSIGN_TEST_DENO_KV = file;
  });
  afterAll(() => {
    eye?.close();
    handle?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const path = createLossyPath();
  /** The handle of this moment, so that stores outlive the outage. */
  const late: DenoKv = {
    get: (key) => handle.get(key),
    atomic() {
      const real = handle.atomic();
      const commit = real.commit.bind(real);
      real.commit = () => path.pass(commit);
      return real as never;
    },
  };
  storeContract(contractRunner, {
    make: () => ({ store: denoKvStore({ kv: late, maxClockSkewSeconds: 0 }) }),
    async peek(key) {
      const { value } = await eye.get<Record<string, unknown>>(['countersign', key]);
      if (value === null || Number(value.expiresAt) <= Date.now()) return undefined;
      return {
        state: value.done === true ? 'done' : value.owner === undefined ? 'released' : 'claimed',
        attempt: Number(value.attempt),
        token: value.owner as string | undefined,
        response: value.answer === undefined ? undefined : JSON.parse(value.answer as string),
        expiresInSeconds: (Number(value.expiresAt) - Date.now()) / 1000,
      };
    },
    clock: 'caller',
    loss: path,
    outage: {
      cut: async () => handle.close(),
      async restore() {
        handle = await open();
      },
    },
    processes: { module: new URL('./deno-kv-make.ts', import.meta.url), execArgv },
  });

  it('waits for the skew of clocks before a lease counts as over, and not after a release', async () => {
    const realNow = Date.now.bind(Date);
    const ahead = (seconds: number) => vi.spyOn(Date, 'now').mockImplementation(() => realNow() + seconds * 1000);
    const store = denoKvStore({ kv: late, maxClockSkewSeconds: 20 });
    try {
      await store.claim('skew', 30);
      ahead(45);
      const second = await store.claim('skew', 30);
      expect(second.state).toBe('in_flight');
      expect((second as { leaseLeftSeconds: number }).leaseLeftSeconds).toBeLessThanOrEqual(5);
      ahead(51);
      const third = await store.claim('skew', 30);
      expect(third).toMatchObject({ state: 'claimed', attempt: 2 });
      await store.release('skew', (third as { token: string }).token);
      ahead(30);
      expect(await store.claim('skew', 30)).toMatchObject({ state: 'claimed', attempt: 3 });
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('asks Deno KV to keep a record until it has expired on every clock', async () => {
    const expiries: number[] = [];
    const spy: DenoKv = {
      get: (key) => eye.get(key),
      atomic: () => {
        const real = eye.atomic();
        const set = real.set.bind(real);
        real.set = (key, value, options) => {
          expiries.push(options?.expireIn ?? 0);
          return set(key, value, options);
        };
        return real;
      },
    };
    const store = denoKvStore({ kv: spy, maxClockSkewSeconds: 7 });
    const claim = await store.claim('expiry', 30);
    await store.complete('expiry', (claim as { token: string }).token, 60);
    await store.raiseWatermark?.('expiry.mark', 1, 90);
    expect(expiries).toEqual([(30 + 604_800 + 7) * 1000, 67_000, 97_000]);
  });

  it('is two requests for a claim and a completion, and one for a duplicate', async () => {
    const names: string[] = [];
    const kv: DenoKv = {
      get(key) {
        names.push('get');
        return eye.get(key);
      },
      atomic() {
        names.push('commit');
        return eye.atomic();
      },
    };
    const store = denoKvStore({ kv });
    const claim = await store.claim('counted', 30);
    await store.claim('counted', 30);
    await store.complete('counted', (claim as { token: string }).token, 60);
    expect(names).toEqual(['get', 'commit', 'get', 'get', 'commit']);
  });

  it('knows its own claim again when the client had to send it twice', async () => {
    let isAnswerLost = true;
    const twice: DenoKv = {
      get: (key) => eye.get(key),
      atomic() {
        const sent: ((operation: DenoKvAtomic) => unknown)[] = [];
        const operation: DenoKvAtomic = {
          check(check) {
            sent.push((real) => real.check(check));
            return operation;
          },
          set(...given) {
            sent.push((real) => real.set(...given));
            return operation;
          },
          async commit() {
            const send = () => {
              const real = eye.atomic() as unknown as DenoKvAtomic;
              for (const add of sent) add(real);
              return real.commit();
            };
            const answer = await send();
            if (!isAnswerLost) return answer;
            isAnswerLost = false;
            return send();
          },
        };
        return operation;
      },
    };
    const store = denoKvStore({ kv: twice });
    const claim = await store.claim('sent twice', 30);
    expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
    isAnswerLost = true;
    expect(await store.complete('sent twice', (claim as { token: string }).token, 60)).toBe(true);
    expect((await denoKvStore({ kv: eye }).claim('sent twice', 30)).state).toBe('done');
  });

  it('claims once more what was granted after its own lease', async () => {
    let delay = 1500;
    const slow: DenoKv = {
      get: (key) => eye.get(key),
      atomic() {
        const real = eye.atomic();
        const commit = real.commit.bind(real);
        real.commit = async () => {
          await new Promise((resolve) => setTimeout(resolve, delay));
          delay = 0;
          return commit();
        };
        return real as never;
      },
    };
    expect(await denoKvStore({ kv: slow }).claim('slow', 1)).toMatchObject({ state: 'claimed', attempt: 1 });
    const other = await denoKvStore({ kv: eye, maxClockSkewSeconds: 0 }).claim('slow', 1);
    expect(other.state).toBe('in_flight');
  });

  it('gives up as unavailable where others change a record at each try, and passes other errors on', async () => {
    const operation = { check: () => operation, set: () => operation, commit: async () => ({ ok: false }) };
    const get = async () => ({ value: null, versionstamp: null });
    const busy = denoKvStore({ kv: { get, atomic: () => operation } });
    await expect(busy.claim('a', 30)).rejects.toMatchObject({ code: 'store_unavailable', at: 'denoKvStore' });
    const broken = denoKvStore({ kv: { get: () => Promise.reject(new Error('broken')), atomic: () => operation } });
    await expect(broken.claim('a', 30)).rejects.toThrow('broken');
  });

  it('keeps two apps apart by the prefix of their keys', async () => {
    for (const prefix of ['one', 'two']) {
      expect((await denoKvStore({ kv: eye, prefix }).claim('same', 30)).state).toBe('claimed');
    }
  });
});

describe('the Deno KV store', () => {
  it('refuses what is no handle, no prefix and no skew', () => {
    for (const kv of [undefined, null, {}, Promise.resolve()]) {
      expect(() => denoKvStore({ kv: kv as never })).toThrow('denoKvStore.kv');
    }
    const kv = { get() {}, atomic() {} } as never;
    expect(() => denoKvStore({ kv, prefix: ['a'] as never })).toThrow('denoKvStore.prefix');
    for (const maxClockSkewSeconds of [-1, 301, Number.NaN]) {
      expect(() => denoKvStore({ kv, maxClockSkewSeconds })).toThrow('denoKvStore.maxClockSkewSeconds');
    }
  });
});
