/** Releases claims whose answer was lost, and repeats releases that were lost. */

import type { ReleaseOptions } from '@countersign/core';

/** Maximum number of claims whose release is still to be tried. */
const mostPending = 1000;
/** Number of releases that are repeated along with one step: the backlog of an outage must not delay the next step. */
const mostAtOnce = 10;

/**
 * Releases a claim in two requests. If nothing ran under it and it is not there, it may arrive later, over a connection
 * that was given up: then its token is written down, and the claim is refused.
 */
export async function releaseOrAbandon(
  options: ReleaseOptions | undefined,
  steps: { release(): Promise<boolean>; abandon(): Promise<unknown> },
): Promise<boolean> {
  if (await steps.release()) return true;
  if (options?.ran !== false) return false;
  await steps.abandon();
  // It may have arrived in between.
  return steps.release();
}

/** Number of times that a release is tried: leases end anyway, and a server that refuses it must not be asked without end. */
const mostTries = 5;

/** Releases a claim whose answer no one is waiting for any more, by its token; nothing ran under it. */
export function createAbandonment(release: (key: string, token: string, ran: boolean) => Promise<unknown>) {
  const pending = new Map<string, { readonly key: string; readonly ran: boolean; readonly tries: number }>();
  let running = 0;
  const tryOnce = async (key: string, token: string, ran: boolean, tries: number): Promise<void> => {
    pending.delete(token);
    running++;
    try {
      await release(key, token, ran);
    } catch {
      // The connection may still be broken: tried once more when the backend answers. Bounded, because leases end anyway.
      if (pending.size < mostPending && tries < mostTries) pending.set(token, { key, ran, tries: tries + 1 });
    } finally {
      running--;
    }
  };
  return {
    /**
     * Call it when a claim failed and it is not known whether the backend granted it, or when a release failed; `ran`
     * says whether the handler was called under it. Default false. Always resolves, once the release has been tried.
     */
    abandon: (key: string, token: string, ran = false) => tryOnce(key, token, ran, 1),
    /** Call it when the backend has answered. */
    answered() {
      // Steps of a release that is repeated are answered too: they must not start the next one, and that one the first again.
      if (pending.size === 0 || running > 0) return;
      for (const [token, { key, ran, tries }] of [...pending].slice(0, mostAtOnce))
        void tryOnce(key, token, ran, tries);
    },
  };
}
