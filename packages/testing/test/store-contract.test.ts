import { type DedupeStore, memoryStore } from '@countersign/core';
import { findMissing, type LiveServer, startRedis } from '@countersign/live-services';
import {
  hasThenSet,
  lockWithoutOwner,
  markAfter,
  markBefore,
  onCallersClock,
  ownerComparedApart,
} from '@countersign/live-services/naive-stores';
import { type PeekedRecord, type StoreContractOptions, storeContract } from '@countersign/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Runs the cases beside each other, but for those that turn the clock, and tells which did not hold. */
async function failuresOf(options: StoreContractOptions): Promise<{ cases: number; failed: string[] }> {
  const cases: [name: string, body: () => Promise<void>][] = [];
  storeContract({ describe: (_, body) => body(), it: (name, body) => cases.push([name, body]) }, options);
  const failed: string[] = [];
  const run = async ([name, body]: (typeof cases)[number]) => body().catch(() => failed.push(name));
  const turnsClock = ([name]: (typeof cases)[number]) => name.includes('clock');
  await Promise.all(cases.filter((one) => !turnsClock(one)).map(run));
  for (const one of cases.filter(turnsClock)) await run(one);
  return { cases: cases.length, failed };
}

/** Looks into a memory store by what another caller would be told; enough where the store is not what is tested. */
const peekMemory = (store: DedupeStore) => {
  const known = new Map<string, PeekedRecord>();
  const watched: DedupeStore = {
    ...store,
    async claim(...given) {
      const claim = await store.claim(...given);
      if (claim.state === 'claimed') known.set(given[0], { ...claim, state: 'claimed' });
      return claim;
    },
    async complete(...given) {
      const isDone = await store.complete(...given);
      if (isDone) {
        known.set(given[0], { state: 'done', response: given[3] });
        setTimeout(() => known.delete(given[0]), given[2] * 1000).unref();
      }
      return isDone;
    },
    async release(...given) {
      const isReleased = await store.release(...given);
      if (isReleased) known.set(given[0], { state: 'released' });
      return isReleased;
    },
  };
  return { store: watched, peek: async (key: string) => known.get(key) };
};

describe('the contract of stores', () => {
  it('holds for the memory store', async () => {
    const { store, peek } = peekMemory(memoryStore());
    // The process is its backend, so that its clock is the caller's; it keeps expiries in whole seconds.
    const options = { make: () => ({ store }), peek, clock: 'caller', grainSeconds: 1 } as const;
    const { cases, failed } = await failuresOf(options);
    expect(failed).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(16);
  }, 60_000);

  it('does not hold for a store that believes its callers in what time it is', async () => {
    let time = new Date();
    const { store, peek } = peekMemory(memoryStore({ clock: () => time }));
    const naive = onCallersClock(store, (now) => {
      time = now;
    });
    const { failed } = await failuresOf({ make: () => ({ store: naive }), peek });
    expect(failed).toContain("runs leases on its own clock, whatever the callers' clocks say");
  }, 60_000);
});

const missing = findMissing('redis');

describe.skipIf(missing !== undefined)(
  `naive stores in Redis${missing ? ` (skipped: ${missing} is not installed)` : ''}`,
  () => {
    let server: LiveServer;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server?.stop());

    it.each([
      ['has, then set', hasThenSet, 'concurrent callers'],
      ['mark before', markBefore, 'tells others for how long the key is claimed'],
      ['mark after', markAfter, 'concurrent callers'],
      ['lock without an owner', lockWithoutOwner, 'refuses every step of a stale owner'],
      ['owner compared apart', ownerComparedApart, 'lets either the late owner complete'],
    ])(
      '%s does not pass',
      async (_, naive, broken) => {
        const eye = new Redis(server.port);
        const { failed } = await failuresOf({
          make() {
            const client = new Redis(server.port);
            return { store: naive(client), close: () => client.disconnect() };
          },
          // These say little about themselves; what they hold at all is enough for the cases in question.
          peek: async (key) => ((await eye.exists(key)) === 1 ? ({ state: 'claimed' } as const) : undefined),
        });
        eye.disconnect();
        expect(failed.join('\n')).toContain(broken);
      },
      60_000,
    );
  },
);
