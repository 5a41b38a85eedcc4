/**
 * The contract of a dedupe store, as tests: one owner at a time, no stale owner, nothing forgotten, nothing invented.
 */

import type { Claim, DedupeStore } from '@countersign/core';
import { type ContractRunner, requireEqual, requireThat } from '../contract-runner.ts';
import { claimProcesses } from './claim-processes.ts';
import type { PeekedRecord, StoreContractOptions, StoreHandle } from './store-contract-options.ts';
import { lossCases } from './store-loss-cases.ts';
import { atClock, attempt, claimed, eventually, freshKey, isOver, lookInTime, pause, timeLeft } from './store-steps.ts';
import { transactionCases } from './store-transaction-cases.ts';

const caseTimeoutMilliseconds = 120_000;
const copies = 100;
const connections = 4;

/**
 * Declares the cases of the contract. Run it with your test runner against your real backend.
 *
 * @example
 * storeContract({ describe, it }, { make: () => ({ store: myStore(client) }), peek: readRow });
 */
export function storeContract<Transaction = unknown>(
  { describe, it }: ContractRunner,
  options: StoreContractOptions<Transaction>,
): void {
  const { make, peek, grainSeconds = 0.1, clock = 'store', processes, outage, loss, effects } = options;
  const expired = (seconds: number) => pause(seconds + grainSeconds + 0.05);

  const withStores = async (count: number, body: (...stores: DedupeStore[]) => Promise<void>) => {
    const handles: StoreHandle[] = [];
    try {
      for (let made = 0; made < count; made++) handles.push(await make());
      await body(...handles.map(({ store }) => store));
    } finally {
      for (const handle of handles) await handle.close?.();
    }
  };
  const holds = (sentence: string, count: number, body: (...stores: DedupeStore[]) => Promise<void>) =>
    it(sentence, () => withStores(count, body), caseTimeoutMilliseconds);
  const requirePeek = async (key: string, expected: Partial<PeekedRecord>, sentence: string) => {
    const found = (await peek(key)) as Record<string, unknown> | undefined;
    requireThat(found !== undefined, `${sentence}: the backend holds no record`);
    for (const [name, value] of Object.entries(expected)) requireEqual(found[name], value, `${sentence}: ${name}`);
  };

  describe('the contract of dedupe stores', () => {
    holds('gives a new key to the first claim, with attempt 1, and writes that down', 1, async (store) => {
      const key = freshKey();
      const { token, attempt } = await claimed(store, key, 30);
      requireEqual(attempt, 1, 'the first attempt');
      requireThat(token.length >= 16, 'a token is long enough that no two are equal');
      await requirePeek(key, { state: 'claimed', token, attempt: 1 }, 'after the claim');
    });

    holds('tells others for how long the key is claimed', 2, async (store, other) => {
      const key = freshKey();
      await claimed(store, key, 30);
      const claim = await other.claim(key, 30);
      requireEqual(claim.state, 'in_flight', 'a second claim');
      const left = (claim as Extract<Claim, { state: 'in_flight' }>).leaseLeftSeconds;
      requireThat(Number.isInteger(left) && left >= 28 && left <= 31, `about 30 s are left, reported were ${left}`);
    });

    holds('keeps the first response of a completed key, whatever is in it', 2, async (store, other) => {
      const responses = [
        undefined,
        { status: 204 },
        { fingerprint: 'a'.repeat(8) },
        {
          status: 202,
          body: `"'\\ \n\u0000\u2028 \u00e9 \ud83d\ude80 ${'x'.repeat(4000)}`,
          headers: { 'content-type': 'text/plain' },
        },
        { status: 200, body: '{"a":1}' },
        { body: '12' },
      ];
      for (const response of responses) {
        const key = freshKey();
        const { token } = await claimed(store, key, 30);
        requireEqual(await store.complete(key, token, 3600, response), true, 'the owner completes');
        requireEqual(await other.claim(key, 30), { state: 'done', response }, 'a claim after the completion');
        await requirePeek(key, { state: 'done', response }, 'after the completion');
        const keptSeconds = (await peek(key))?.expiresInSeconds;
        requireThat(
          keptSeconds === undefined || Math.abs(keptSeconds - 3600) < 10,
          `the record is kept for about 3600 s, and the backend says ${keptSeconds}`,
        );
      }
    });

    holds(
      'gives a released key to the next claim immediately, with a rising attempt number',
      2,
      async (store, other) => {
        const key = freshKey();
        for (let attempt = 1; attempt <= 4; attempt++) {
          const owner = attempt % 2 === 0 ? store : other;
          const claim = await claimed(owner, key, 30);
          requireEqual(claim.attempt, attempt, 'the attempt');
          requireEqual(await owner.release(key, claim.token), true, 'the owner releases');
          await requirePeek(key, { state: 'released' }, 'after the release');
        }
      },
    );

    holds('takes back the attempt number of a claim that is released without a run', 2, async (store, other) => {
      const key = freshKey();
      const takeBack = async (owner: DedupeStore, expected: number, ran: boolean) => {
        const claim = await claimed(owner, key, 30);
        requireEqual(claim.attempt, expected, 'the attempt');
        requireEqual(await owner.release(key, claim.token, { ran }), true, 'the owner releases');
        await requirePeek(key, { state: 'released' }, 'after the release');
        return claim.token;
      };
      await takeBack(store, 1, false);
      await takeBack(other, 1, false);
      const stale = await takeBack(store, 1, true);
      await takeBack(other, 2, false);
      requireEqual(await store.release(key, stale, { ran: false }), false, 'a stale owner releases');
      await takeBack(store, 2, true);
      requireEqual((await claimed(other, key, 30)).attempt, 3, 'the attempt after two runs');
    });

    holds('gives a key to the next when its lease is over, and never before', 2, async (store, other) => {
      await lookInTime(async (scale) => {
        const key = freshKey();
        const startedAt = performance.now();
        await claimed(store, key, 2 * scale);
        await pause(1.5 * scale);
        const { state } = await other.claim(key, 2);
        if (state === 'claimed' && isOver(startedAt, 2 * scale)) return false;
        requireEqual(state, 'in_flight', 'a claim before the lease is over');
        await expired(0.5 * scale);
        requireEqual((await claimed(other, key, 2)).attempt, 2, 'the attempt after the lease is over');
        return true;
      });
    });

    holds('refuses every step of a stale owner, and changes nothing', 2, async (store, other) => {
      const key = freshKey();
      const stale = await claimed(store, key, 1);
      await expired(1);
      const owner = await claimed(other, key, 30);
      requireThat(new Set([owner.token, stale.token]).size === 2, 'each claim has a token of its own');
      requireEqual(await store.extend(key, stale.token, 60), false, 'a stale owner extends');
      requireEqual(await store.release(key, stale.token), false, 'a stale owner releases');
      requireEqual(await store.complete(key, stale.token, 60, { status: 299 }), false, 'a stale owner completes');
      await requirePeek(key, { state: 'claimed', token: owner.token, attempt: 2 }, "after the stale owner's steps");
      requireEqual((await store.claim(key, 30)).state, 'in_flight', "a claim after the stale owner's steps");
      requireEqual(await other.complete(key, owner.token, 60, { status: 201 }), true, 'the owner completes');
      requireEqual(await store.complete(key, stale.token, 60, { status: 299 }), false, 'a stale owner completes later');
      requireEqual(
        await store.claim(key, 30),
        { state: 'done', response: { status: 201 } },
        'the first response stays',
      );
    });

    holds('lets an owner complete after its lease while no one has taken over', 1, async (store) => {
      const key = freshKey();
      const { token } = await claimed(store, key, 1);
      await expired(1);
      requireEqual(await store.complete(key, token, 60), true, 'a late owner completes');
      requireEqual((await store.claim(key, 30)).state, 'done', 'a claim after it');
    });

    holds('prolongs a lease from now on', 2, async (store, other) => {
      await lookInTime(async (scale) => {
        const key = freshKey();
        const { token } = await claimed(store, key, scale);
        await pause(0.5 * scale);
        const extendedAt = performance.now();
        requireEqual(await store.extend(key, token, 2 * scale), true, 'the owner extends');
        await pause(scale);
        const { state } = await other.claim(key, 1);
        if (state === 'claimed' && isOver(extendedAt, 2 * scale)) return false;
        requireEqual(state, 'in_flight', 'a claim within the longer lease');
        await expired(scale);
        requireEqual((await claimed(other, key, 1)).attempt, 2, 'the attempt after the longer lease');
        return true;
      });
    });

    holds('keeps a completed key from its own former owner', 1, async (store) => {
      const key = freshKey();
      const { token } = await claimed(store, key, 30);
      await store.complete(key, token, 60, { status: 202 });
      requireEqual(await store.release(key, token), false, 'a release after the completion');
      requireEqual(await store.extend(key, token, 30), false, 'an extension after the completion');
      // A completion whose answer was lost is sent again; the store may report either result.
      await store.complete(key, token, 60, { status: 202 });
      requireEqual(await store.claim(key, 30), { state: 'done', response: { status: 202 } }, 'a claim after all these');
    });

    holds('refuses tokens for unknown keys', 1, async (store) => {
      const key = freshKey();
      const { token } = await claimed(store, freshKey(), 30);
      requireEqual(await store.extend(key, token, 30), false, 'an extension');
      requireEqual(await store.complete(key, token, 30), false, 'a completion');
      requireEqual(await store.release(key, token), false, 'a release');
      requireEqual(await peek(key), undefined, 'what the backend holds');
    });

    holds('forgets a completed key when its retention is over, and not before', 2, async (store, other) => {
      await lookInTime(async (scale) => {
        const key = freshKey();
        const { token } = await claimed(store, key, 30);
        const completedAt = performance.now();
        requireEqual(await store.complete(key, token, 2 * scale, { status: 200 }), true, 'the owner completes');
        await pause(1.4 * scale);
        const { state } = await other.claim(key, 30);
        if (state === 'claimed' && isOver(completedAt, 2 * scale)) return false;
        requireEqual(state, 'done', 'a claim within the retention');
        await expired(0.6 * scale);
        requireEqual(await peek(key), undefined, 'what the backend holds after the retention');
        requireEqual((await claimed(other, key, 30)).attempt, 1, 'the attempt after the retention');
        return true;
      });
    });

    holds('distinguishes keys that differ in one letter or its case', 1, async (store) => {
      const key = freshKey().slice(0, 40);
      for (const end of ['a', 'A', 'b', 'a_', 'a-', 'aa', 'a.turn', 'a.mark']) await claimed(store, `${key}${end}`, 30);
    });

    holds(
      `gives one claim to ${copies} concurrent callers over ${connections} connections`,
      connections,
      async (...stores) => {
        // Ten races, or three where the backend is slow.
        const isTimeLeft = timeLeft();
        for (let round = 0; round < 10 && (round < 3 || isTimeLeft()); round++) {
          const key = freshKey();
          const claims = await Promise.all(
            Array.from({ length: copies }, (_, copy) => (stores[copy % stores.length] as DedupeStore).claim(key, 30)),
          );
          const states = claims.map(({ state }) => state);
          requireEqual(states.filter((state) => state === 'claimed').length, 1, 'claims given');
          requireEqual(states.filter((state) => state === 'in_flight').length, copies - 1, 'claims refused');
        }
      },
    );

    holds('lets either the late owner complete or one other take over, never both', connections, async (...stores) => {
      const isTimeLeft = timeLeft();
      for (let round = 0; round < 2 && (round < 1 || isTimeLeft()); round++) {
        const keys = Array.from({ length: 25 }, freshKey);
        const [first, ...others] = stores as [DedupeStore, ...DedupeStore[]];
        const owners = await Promise.all(keys.map((key) => claimed(first, key, 1)));
        await expired(1);
        await Promise.all(
          keys.map(async (key, place) => {
            const token = (owners[place] as { token: string }).token;
            const [isCompleted, ...claims] = await Promise.all([
              first.complete(key, token, 60),
              ...others.flatMap((store) => [store.claim(key, 30), store.claim(key, 30)]),
            ]);
            const taken = claims.filter(({ state }) => state === 'claimed').length;
            requireEqual(taken, isCompleted ? 0 : 1, `claims given where the owner's completion was ${isCompleted}`);
            const state = (await first.claim(key, 30)).state;
            requireEqual(state, isCompleted ? 'done' : 'in_flight', 'the state afterwards');
          }),
        );
      }
    });

    holds('lets one of many take over an expired lease', connections, async (...stores) => {
      const keys = Array.from({ length: 20 }, freshKey);
      await Promise.all(keys.map((key) => claimed(stores[0] as DedupeStore, key, 1)));
      await expired(1);
      // Twenty races, or five where the backend is slow.
      const isTimeLeft = timeLeft();
      for (const [raced, key] of keys.entries()) {
        if (raced >= 5 && !isTimeLeft()) break;
        const claims = await Promise.all(
          Array.from({ length: 20 }, (_, copy) => (stores[copy % stores.length] as DedupeStore).claim(key, 30)),
        );
        const given = claims.filter((claim) => claim.state === 'claimed');
        requireEqual(
          given.map((claim) => (claim as { attempt: number }).attempt),
          [2],
          'the attempts given',
        );
      }
    });

    if (clock === 'store') {
      holds("runs leases on its own clock, whatever the callers' clocks say", 2, async (store, other) => {
        const key = freshKey();
        await atClock(+3600, () => claimed(store, key, 30));
        const late = await atClock(+2 * 86_400, () => other.claim(key, 30));
        requireEqual(late.state, 'in_flight', 'a claim by a caller two days ahead');
        requireThat(
          ((late as { leaseLeftSeconds?: number }).leaseLeftSeconds ?? 0) <= 31,
          'the lease is the length it was',
        );
        const early = freshKey();
        const { token } = await atClock(-3600, () => claimed(store, early, 2));
        await expired(2);
        requireEqual((await claimed(other, early, 1)).attempt, 2, 'the attempt after a lease given by a caller behind');
        requireEqual(await atClock(-3600, () => store.complete(early, token, 60)), false, 'the stale owner completes');
      });
    }

    if (processes !== undefined) {
      const { count = 4, module, execArgv } = processes;
      it(
        `gives one claim to ${copies} concurrent callers from ${count} processes`,
        async () => {
          const keys = Array.from({ length: 20 }, freshKey);
          const given = await claimProcesses({ module, count, execArgv, keys, copies: copies / count });
          for (const key of keys) requireEqual(given.get(key), 1, 'claims given');
        },
        caseTimeoutMilliseconds,
      );
      holds('gives the key of a killed process to the next claim when the lease has expired', 1, async (store) => {
        const key = freshKey();
        const given = await claimProcesses({
          module,
          count: 1,
          execArgv,
          keys: [key],
          copies: 1,
          leaseSeconds: 2,
          kill: true,
        });
        requireEqual(given.get(key), 1, 'claims given');
        requireEqual((await store.claim(key, 30)).state, 'in_flight', 'a claim within the lease');
        await expired(2);
        requireEqual((await claimed(store, key, 30)).attempt, 2, 'the attempt after the lease');
      });
    }

    holds('raises a watermark and never lowers it', 2, async (store, other) => {
      if (store.raiseWatermark === undefined) return;
      const raise = (position: number | undefined, by = store) => by.raiseWatermark?.(key, position, 60);
      const key = `${freshKey()}.mark`;
      requireEqual(await raise(undefined), undefined, 'an unknown watermark');
      requireEqual(await raise(1_700_000_000_123), undefined, 'what it was before the first');
      requireEqual(await raise(undefined, other), 1_700_000_000_123, 'what it is then');
      requireEqual(await raise(1_600_000_000_000.5, other), 1_700_000_000_123, 'what it was before a lower one');
      requireEqual(await raise(undefined), 1_700_000_000_123, 'what a lower one left');
      requireEqual(await raise(1_700_000_000_123.25), 1_700_000_000_123, 'what it was before a higher one');
      requireEqual(await raise(undefined, other), 1_700_000_000_123.25, 'what it is in the end');
      const positions = Array.from({ length: 50 }, (_, place) => 1_700_000_001_000 + ((place * 37) % 50));
      await Promise.all(positions.map((position, place) => raise(position, place % 2 === 0 ? store : other)));
      requireEqual(await raise(undefined), 1_700_000_001_049, 'the highest of fifty at once');
    });

    if (outage !== undefined) {
      for (const step of ['claim', 'extend', 'complete', 'release'] as const) {
        holds(`fails at ${step} while the backend is down, and continues when it is back`, 1, async (store) => {
          const key = freshKey();
          const { token } = await claimed(store, key, 60);
          await outage.cut();
          let verdict: string;
          try {
            verdict = await Promise.race([
              attempt(store, step, key, token).then(
                (result) => `resolved with ${JSON.stringify(result)}`,
                () => 'rejected',
              ),
              // Clients that queue commands while disconnected are fine: the receiver waits for 5 s and responds with
              // 503.
              pause(3).then(() => 'rejected'),
            ]);
          } finally {
            await outage.restore();
          }
          requireEqual(verdict, 'rejected', `${step} without a backend`);
          await eventually(async () => {
            const other = await store.claim(freshKey(), 30);
            requireEqual(other.state, 'claimed', 'a fresh claim after the outage');
          });
        });
      }
    }

    if (loss !== undefined) lossCases(holds, loss);
    if (effects !== undefined) transactionCases(holds, effects);
  });
}
