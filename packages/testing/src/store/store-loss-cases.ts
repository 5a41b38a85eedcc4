/** Cases for a dedupe store whose answers or requests are lost. */

import type { DedupeStore } from '@countersign/core';
import { requireEqual } from '../contract-runner.ts';
import type { StoreContractOptions } from './store-contract-options.ts';
import { claimed, eventually, freshKey } from './store-steps.ts';

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
