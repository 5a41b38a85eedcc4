/** How the contract of stores is run here: what waits for the end of a lease waits beside others, the rest has its turn. */

import type { ContractRunner } from '@countersign/testing';
import { describe, it } from 'vitest';

/** Cases that race, move the clock of the process, or take away the path that all of them use. */
export const aloneWords = ['concurrent callers', 'immediately', 'own clock', 'never both', 'backend', 'lost'] as const;
const alone = new RegExp(aloneWords.join('|'));

/** Each case has keys, stores and connections of its own, so one that only waits disturbs nobody. */
export const contractRunner: ContractRunner = {
  describe,
  it: Object.assign(
    (name: string, body: () => Promise<void>, timeoutMilliseconds?: number) =>
      it(name, { concurrent: !alone.test(name), ...(timeoutMilliseconds && { timeout: timeoutMilliseconds }) }, body),
    { skip: it.skip },
  ),
};
