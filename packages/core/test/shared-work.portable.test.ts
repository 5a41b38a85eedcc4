import { describe, expect, it } from 'vitest';
import { CertificateStore, type HeldCertificate } from '../src/keys/certificate-store.ts';
import { elapsedSince } from '../src/keys/elapsed-time.ts';
import { FetchBudget } from '../src/keys/fetch-budget.ts';
import { SharedWork } from '../src/keys/shared-work.ts';

const never = () => new Promise<never>(() => undefined);
const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));

describe('work that several deliveries wait for', () => {
  it('is done once for all of them, and again for later ones', async () => {
    const work = new SharedWork<number>();
    let count = 0;
    const start = async () => {
      await pause(20);
      count++;
      return count;
    };
    const all = await Promise.all(Array.from({ length: 100 }, () => work.wait(start, 5)));
    expect(new Set(all.map((one) => one?.value))).toEqual(new Set([1]));
    expect(work.isIdle).toBe(true);
    expect(await work.wait(start, 5)).toEqual({ value: 2 });
  });

  it('is started again by the next waiter after a second, once a second, and never by one that may not', async () => {
    const work = new SharedWork<string>();
    const startedAt: number[] = [];
    const start = () => {
      startedAt.push(performance.now());
      return never();
    };
    const begin = performance.now();
    const waiters = Array.from({ length: 50 }, () => work.wait(start, 2.5).catch((error: Error) => error.message));
    expect(new Set(await Promise.all(waiters))).toEqual(new Set(['It did not settle in time.']));
    const elapsed = performance.now() - begin;
    expect(elapsed).toBeGreaterThan(2400);
    // One immediately, one after a second, one after two; a busy machine may be too late for the last.
    expect(startedAt.length).toBeGreaterThanOrEqual(2);
    expect(startedAt.length).toBeLessThanOrEqual(3);
    await pause(1100);
    expect(await work.wait(() => undefined, 5)).toBeUndefined();
    expect(await work.wait(async () => 'done', 5)).toEqual({ value: 'done' });
  });

  it('passes on its error, and is then forgotten', async () => {
    const work = new SharedWork<string>();
    const failing = async () => {
      throw new Error('broken');
    };
    const all = Array.from({ length: 3 }, () => work.wait(failing, 5));
    for (const one of all) await expect(one).rejects.toThrow('broken');
    expect(await work.wait(async () => 'done', 5)).toEqual({ value: 'done' });
  });

  it('does not forget its replacement if it is slow', async () => {
    const work = new SharedWork<string>();
    const slow = work.wait(() => pause(1400).then(() => 'slow'), 5);
    await pause(1100);
    const second = work.wait(() => pause(800).then(() => 'second'), 5);
    expect(await slow).toEqual({ value: 'slow' });
    expect(work.isIdle).toBe(false);
    expect(await work.wait(() => undefined, 5)).toEqual({ value: 'second' });
    expect(await second).toEqual({ value: 'second' });
  });
});

describe('a budget of fetches', () => {
  const limits = { burst: 4, perSecond: 2, atOnce: 3, timeoutSeconds: 0.3 };

  it('allows a number in a row, then a number per second, and never more than were saved up', () => {
    const budget = new FetchBudget(limits);
    const take = (at: number) => {
      const end = budget.take(at);
      end?.();
      return end !== undefined;
    };
    expect(Array.from({ length: 6 }, () => take(1000))).toEqual([true, true, true, true, false, false]);
    expect([take(1499), take(1500), take(1501)]).toEqual([false, true, false]);
    expect(Array.from({ length: 6 }, () => take(100_000)).filter(Boolean)).toHaveLength(4);
    // Set back slightly: nothing is gained or lost. Set back far: as after a long pause.
    expect([take(99_000), take(100_400), take(100_500)]).toEqual([false, false, true]);
    expect(Array.from({ length: 6 }, () => take(1000)).filter(Boolean)).toHaveLength(4);
  });

  it('allows a number of concurrent fetches, and does not count one that never ends after its time', async () => {
    const budget = new FetchBudget(limits);
    const ends = Array.from({ length: 4 }, () => budget.take(1000));
    expect(ends.map((end) => end !== undefined)).toEqual([true, true, true, false]);
    ends[1]?.();
    ends[1]?.();
    expect([budget.take(1000), budget.take(1000)].map((end) => end !== undefined)).toEqual([true, false]);
    await pause(350);
    expect(budget.take(3000)).toBeDefined();
  });
});

it('treats an instant in the future as long ago, unless it is only slightly ahead', () => {
  expect(elapsedSince(1000, 5000)).toBe(4000);
  expect(elapsedSince(5000, 5000)).toBe(0);
  expect(elapsedSince(15_000, 5000)).toBe(0);
  expect(elapsedSince(15_001, 5000)).toBe(Number.POSITIVE_INFINITY);
  expect(elapsedSince(Number.NEGATIVE_INFINITY, 5000)).toBe(Number.POSITIVE_INFINITY);
});

describe('the places of certificates', () => {
  const held = { certificates: [{ notAfter: Number.POSITIVE_INFINITY }], key: {} } as unknown as HeldCertificate;
  const storeOf = (read: (url: string) => Promise<HeldCertificate>) =>
    new CertificateStore({ read, findProblem: async () => undefined, timeoutSeconds: 0.1, maxAgeSeconds: 86_400 });

  it('are bounded, whatever strangers name', async () => {
    let time = 0;
    let mode: 'found' | 'absent' | 'hanging' = 'found';
    const store = storeOf(async () => {
      if (mode === 'hanging') return never();
      return mode === 'found' ? held : ({ code: 'key_unknown', hint: 'absent' } as never);
    });
    for (mode of ['found', 'absent'] as const) {
      for (let index = 0; index < 10_000; index++) {
        time += 500;
        await store.find(`${mode}-${index}`, time).catch(() => undefined);
      }
    }
    expect(store.sizes).toEqual({ proven: 0, unproven: 32, failures: 256, working: 0 });
    mode = 'hanging';
    for (let round = 0; round < 20; round++) {
      time += 10_000;
      const waiting = Array.from({ length: 200 }, (_, index) =>
        store.find(`hanging-${round}-${index}`, time).catch(() => undefined),
      );
      expect(store.sizes.working).toBeLessThanOrEqual(64);
      await Promise.all(waiting);
      await pause(110);
    }
    expect(store.sizes.working).toBeLessThanOrEqual(64);
    for (let index = 0; index < 1000; index++) store.prove(`proven-${index}`, held, time);
    expect(store.sizes.proven).toBe(32);
  });

  it('keep the most recently used certificate among the proven ones', async () => {
    let reads = 0;
    const store = storeOf(async () => {
      reads++;
      return held;
    });
    store.prove('mine', held, 0);
    for (let index = 0; index < 100; index++) {
      store.prove(`other-${index}`, held, 0);
      await store.find('mine', 0);
    }
    expect(reads).toBe(0);
    await store.find('other-0', 0);
    expect(reads).toBe(1);
  });
});
