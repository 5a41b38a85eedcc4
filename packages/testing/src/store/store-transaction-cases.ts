/** Cases of the store contract for stores with transactions. */

import type { DedupeStore, TransactionalStore } from '@countersign/core';
import { requireEqual, requireThat } from '../contract-runner.ts';
import type { StoreContractOptions } from './store-contract-options.ts';
import { claimed, freshKey, pause } from './store-steps.ts';

export function transactionCases<Transaction>(
  holds: (sentence: string, count: number, body: (...stores: DedupeStore[]) => Promise<void>) => void,
  { write, count, commit }: NonNullable<StoreContractOptions<Transaction>['effects']>,
): void {
  const cast = (store: DedupeStore | undefined) => store as TransactionalStore<Transaction>;

  holds("commits a handler's writes together with the completion", 2, async (store, other) => {
    const key = freshKey();
    const { token } = await claimed(cast(store), key, 30);
    const isOwned = await cast(store).transact(key, token, 60, async (transaction) => {
      await write(cast(store).transactionOf({ transaction }), key);
      return { status: 201 };
    });
    requireEqual(isOwned, true, 'the owner commits');
    requireEqual(await count(key), 1, 'effects');
    requireEqual(await cast(other).claim(key, 30), { state: 'done', response: { status: 201 } }, 'a claim after it');
  });

  holds('rolls back a second transaction with the same token, whose event is done', 1, async (store) => {
    const key = freshKey();
    const { token } = await claimed(cast(store), key, 30);
    for (const status of [201, 299]) {
      const end = await cast(store).transact(key, token, 60, async (transaction) => {
        await write(transaction, key);
        return { status };
      });
      requireEqual(end, true, 'the event is done');
    }
    requireEqual(await count(key), 1, 'effects');
    requireEqual(await cast(store).claim(key, 30), { state: 'done', response: { status: 201 } }, 'a claim after it');
  });

  holds('rolls back the writes of a handler that throws, and leaves it the claim', 1, async (store) => {
    const key = freshKey();
    const { token } = await claimed(cast(store), key, 30);
    const failure = new Error('the handler');
    const thrown = await cast(store)
      .transact(key, token, 60, async (transaction) => {
        await write(transaction, key);
        throw failure;
      })
      .catch((error: unknown) => error);
    requireThat(thrown === failure, "the handler's error is passed on");
    requireEqual(await count(key), 0, 'effects');
    requireEqual((await cast(store).claim(key, 30)).state, 'in_flight', 'a claim after it');
    requireEqual(await cast(store).release(key, token), true, 'the owner releases');
    requireEqual((await claimed(cast(store), key, 30)).attempt, 2, 'the next attempt');
  });

  holds('rolls back the writes of a stale owner', 2, async (store, other) => {
    const key = freshKey();
    const { token } = await claimed(cast(store), key, 1);
    await pause(1.3);
    const taker = await claimed(cast(other), key, 30);
    const isOwned = await cast(store).transact(key, token, 60, async (transaction) => {
      await write(transaction, key);
      return undefined;
    });
    requireEqual(isOwned, false, 'a stale owner commits');
    requireEqual(await count(key), 0, 'effects of the stale owner');
    requireEqual(await cast(other).complete(key, taker.token, 60), true, 'the new owner completes');
  });

  holds("refuses writes through a handler's transaction after its end", 1, async (store) => {
    const key = freshKey();
    const { token } = await claimed(cast(store), key, 30);
    let kept: Transaction | undefined;
    await cast(store).transact(key, token, 60, async (transaction) => {
      kept = transaction;
      return undefined;
    });
    const late = await (async () => write(kept as Transaction, key))().then(
      () => 'written',
      () => 'refused',
    );
    requireEqual(late, 'refused', 'a write after the end');
    requireEqual(await count(key), 0, 'effects');
  });

  if (commit !== undefined) {
    holds('is not committed by its handler, or reports that it was', 1, async (store) => {
      const key = freshKey();
      const { token } = await claimed(cast(store), key, 30);
      let isRefused = false;
      const end = await cast(store).transact(key, token, 60, async (transaction) => {
        await write(transaction, key);
        isRefused = await (async () => commit(transaction))().then(
          () => false,
          () => true,
        );
        return undefined;
      });
      requireEqual(end, isRefused ? true : 'apart', 'the end of a transaction that a handler tried to commit');
      requireEqual(await count(key), 1, 'effects');
      // An event that was committed apart is completed by the receiver, as in mode lease.
      requireEqual((await cast(store).claim(key, 30)).state, isRefused ? 'done' : 'in_flight', 'a claim after it');
    });
  }

  holds('keeps the effects of a hundred events once each, with concurrent copies of each', 4, async (...stores) => {
    const keys = Array.from({ length: 100 }, freshKey);
    /** No room for so many transactions at once on a busy machine: the sender gets 503 and comes again. */
    const unlessBusy = <Result>(step: Promise<Result>) =>
      step.catch((error: unknown) => {
        if ((error as { code?: unknown } | null)?.code !== 'store_unavailable') throw error;
        return 'busy' as const;
      });
    const deliver = async (store: DedupeStore, key: string) => {
      for (let attempt = 0; attempt < 200; attempt++) {
        const claim = await unlessBusy(store.claim(key, 30));
        if (claim !== 'busy' && claim.state === 'done') return;
        if (claim !== 'busy' && claim.state === 'claimed') {
          const work = cast(store).transact(key, claim.token, 60, async (transaction) => {
            await write(transaction, key);
            return undefined;
          });
          if ((await unlessBusy(work)) !== 'busy') return;
          await unlessBusy(store.release(key, claim.token, { ran: false }));
        }
        await pause(0.05);
      }
    };
    await Promise.all(stores.flatMap((store) => keys.map((key) => deliver(store, key))));
    for (const key of keys) requireEqual(await count(key), 1, 'effects');
  });
}
