/** What a dedupe store has to hold where answers and requests get lost on their way. */

import type { DedupeStore } from '@countersign/core';
import { requireEqual } from '../contract-runner.ts';
import type { StoreContractOptions } from './store-contract-options.ts';
import { claimed, eventually, freshKey } from './store-steps.ts';

/** Declares one case over so many stores. */
type Holds = (sentence: string, count: number, body: (...stores: DedupeStore[]) => Promise<void>) => void;

export function lossCases(holds: Holds, loss: NonNullable<StoreContractOptions['loss']>): void {
  /** Runs a step that fails on its way; `answers` of its requests are carried out before. */
  const failing = async (answers: number, step: () => Promise<unknown>, sentence: string) => {
    loss.lose(answers);
    const verdict = await step().then(
      (result) => `resolved with ${JSON.stringify(result)}`,
      () => 'rejected',
    );
    loss.mend();
    requireEqual(verdict, 'rejected', sentence);
  };
  /** The store makes up for what failed when the backend answers again. */
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
    [1, 'when the backend answers again, should that get lost too'],
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
  holds('sends a release again that got lost', 1, async (store) => {
    const key = freshKey();
    const { token } = await claimed(store, key, 600);
    await failing(0, () => store.release(key, token), 'a release that got lost');
    requireEqual((await claimedAfterwards(store, key)).attempt, 2, 'the attempt after it');
    const second = freshKey();
    const untouched = await claimed(store, second, 600);
    await failing(0, () => store.release(second, untouched.token, { ran: false }), 'a release without a run');
    requireEqual((await claimedAfterwards(store, second)).attempt, 1, 'the attempt after a release without a run');
  });
}
