/** A store that uses single requests, and releases claims whose answer was lost. */

import type { Claim, StoreMethods } from '@countersign/core';
import { createAbandonment } from './abandonment.ts';
import { createToken } from './claim-record.ts';

/** The steps of a store whose claims get their token from the caller. */
export interface StepsByToken extends Omit<StoreMethods, 'claim'> {
  claim(key: string, leaseSeconds: number, token: string): Promise<Claim>;
}

/**
 * A store made from these steps. A claim that fails may have been granted anyway, and a failed release may never have
 * arrived: both would block the event until the lease ends, and the claim would count as an attempt that no one made.
 *
 * A failed claim is reported once its release has been tried: work that a function leaves running may be cut off after
 * its response.
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
