/** A store that is asked by single requests, with claims that are released where their answer got lost. */

import type { Claim, StoreMethods } from '@countersign/core';
import { createAbandonment } from './abandonment.ts';
import { createToken } from './claim-record.ts';

/** The steps of a store whose claims are given the token that they are to have. */
export interface StepsByToken extends Omit<StoreMethods, 'claim'> {
  claim(key: string, leaseSeconds: number, token: string): Promise<Claim>;
}

/**
 * The store over these steps. A claim that fails may have been granted all the same, and a release that fails may never have arrived:
 * both would hold the event until the lease is over, and the claim would count as an attempt that nobody made.
 *
 * A failed claim is told once its release was tried: what a function leaves running may be cut off with its answer.
 */
export function withSureReleases<Steps extends StepsByToken>(
  steps: Steps,
): Omit<Steps, 'claim'> & Pick<StoreMethods, 'claim'> {
  const abandonment = createAbandonment((key, token, ran) => steps.release(key, token, { ran }));
  const answered = <Result>(result: Result) => {
    abandonment.answered();
    return result;
  };
  const { raiseWatermark } = steps;
  return {
    ...steps,
    async claim(key, leaseSeconds) {
      const token = createToken();
      try {
        return answered(await steps.claim(key, leaseSeconds, token));
      } catch (error) {
        await abandonment.abandon(key, token);
        throw error;
      }
    },
    extend: (...given) => steps.extend(...given).then(answered),
    complete: (...given) => steps.complete(...given).then(answered),
    async release(key, token, options) {
      try {
        return answered(await steps.release(key, token, options));
      } catch (error) {
        await abandonment.abandon(key, token, options?.ran !== false);
        throw error;
      }
    },
    ...(raiseWatermark && { raiseWatermark: (...given) => raiseWatermark(...given).then(answered) }),
  };
}
