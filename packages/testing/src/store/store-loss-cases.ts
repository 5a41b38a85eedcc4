/** Cases for a dedupe store whose answers or requests are lost. */

import type { DedupeStore } from '@countersign/core';
import { requireEqual, requireThat } from '../contract-runner.ts';
import type { StoreContractOptions } from './store-contract-options.ts';
import { claimed, eventually, freshKey, pause } from './store-steps.ts';

/** Declares one case with this many stores. */
type Holds = (sentence: string, count: number, body: (...stores: DedupeStore[]) => Promise<void>) => void;

export function lossCases(holds: Holds, loss: NonNullable<StoreContractOptions['loss']>): void {
  /** Runs a step that fails in transit; `answers` of its requests are executed first. */
  const failing = async (answers: number, step: () => Promise<unknown>, sentence: string) => {
    loss.lose(answers);
    const verdict = await step().then(
      (result) => `resolved with ${JSON.stringify(result)}`,
      () => 'rejected',
    );
    loss.mend();
    requireEqual(verdict, 'rejected', sentence);
  };
  /** The store recovers failed steps when the backend answers again. */
  const claimedAfterwards = async (store: DedupeStore, key: string) => {
    let claim = { token: '', attempt: 0 };
    await eventually(async () => {
      await claimed(store, freshKey(), 30);
      claim = await claimed(store, key, 600);
    });
    return claim;
  };

  for (const [answers, when] of [
    [100, 'at once'],
    [1, 'when the backend answers again, if that is lost too'],
  ] as const) {
    holds(`releases a claim whose answer was lost ${when}, and counts no attempt`, 1, async (store) => {
      const key = freshKey();
      for (let round = 1; round <= 3; round++) {
        await failing(answers, () => store.claim(key, 600), 'a claim whose answer was lost');
        const { token, attempt } = await claimedAfterwards(store, key);
        requireEqual(attempt, round, 'the attempt after it');
        requireEqual(await store.release(key, token), true, 'the owner releases');
      }
    });
  }
  const { hold } = loss;
  if (hold !== undefined) {
    holds('refuses a claim that is lost on the way and arrives after its release', 1, async (store) => {
      const key = freshKey();
      /** A claim that fails. The store releases it in the background. */
      const claimLate = async () => {
        for (let tries = 1; ; tries++) {
          const deliver = hold();
          const claim = await store.claim(key, 600).catch(() => undefined);
          await pause(0.3 * tries);
          if (claim === undefined) return deliver;
          // On a busy machine the release of an earlier claim may be what was held up.
          requireThat(claim.state === 'claimed' && tries < 5, 'a claim that is held up fails');
          await store.release(key, (claim as { token: string }).token, { ran: false });
        }
      };
      const requireFree = async (attempt: number, ran: boolean) => {
        const claim = await claimed(store, key, 600);
        requireEqual(claim.attempt, attempt, 'the attempt after it');
        requireEqual(await store.release(key, claim.token, { ran }), true, 'the owner releases');
      };
      // Without a record, then with one.
      const [first, second] = [await claimLate(), await claimLate()];
      await first();
      await requireFree(1, false);
      await second();
      await requireFree(1, true);
      await (await claimLate())();
      await requireFree(2, true);
      // Another claim comes and goes first.
      const third = await claimLate();
      await requireFree(3, true);
      await third();
      const [fourth, fifth] = [await claimLate(), await claimLate()];
      const owner = await claimed(store, key, 600);
      requireEqual(owner.attempt, 4, 'the attempt after it');
      const releaseNothing = async () =>
        requireEqual(await store.release(key, crypto.randomUUID(), { ran: false }), false, 'a claim that never was');
      await fourth();
      await releaseNothing();
      requireEqual(await store.extend(key, owner.token, 600), true, 'a live claim is still held');
      requireEqual(await store.complete(key, owner.token, 600, { status: 201 }), true, 'the owner completes');
      await fifth();
      await releaseNothing();
      requireEqual(await store.claim(key, 30), { state: 'done', response: { status: 201 } }, 'a claim after it');
    });
  }
  holds('sends a lost release again', 1, async (store) => {
    const key = freshKey();
    const { token } = await claimed(store, key, 600);
    await failing(0, () => store.release(key, token), 'a lost release');
    requireEqual((await claimedAfterwards(store, key)).attempt, 2, 'the attempt after it');
    const second = freshKey();
    const untouched = await claimed(store, second, 600);
    await failing(0, () => store.release(second, untouched.token, { ran: false }), 'a release without a run');
    requireEqual((await claimedAfterwards(store, second)).attempt, 1, 'the attempt after a release without a run');
  });
}
