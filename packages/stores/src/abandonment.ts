/** Releases claims whose answer got lost, and sends releases again that got lost. */

/** Claims whose release is still to be tried, at most. */
const mostPending = 1000;
/** Releases that are tried again beside one step: what has piled up in an outage must not stand in the way of what follows it. */
const mostAtOnce = 10;

/** Releases a claim whose answer nobody waits for any longer, by its token; nothing ran under it. */
export function createAbandonment(release: (key: string, token: string, ran: boolean) => Promise<unknown>) {
  const pending = new Map<string, { readonly key: string; readonly ran: boolean }>();
  const releaseNow = (key: string, token: string, ran = false): Promise<void> => {
    pending.delete(token);
    return release(key, token, ran).then(
      () => undefined,
      () => {
        // The path may still be broken: tried once more when the backend answers. Bounded, since leases end anyway.
        if (pending.size < mostPending) pending.set(token, { key, ran });
      },
    );
  };
  return {
    /**
     * To be called when a claim failed and it is not known whether the backend granted it, or when a release failed; `ran` says whether
     * the handler was called under it. Default false. Resolves in any case, once the release was tried.
     */
    abandon: releaseNow,
    /** To be called when the backend has answered something. */
    answered() {
      if (pending.size === 0) return;
      for (const [token, { key, ran }] of [...pending].slice(0, mostAtOnce)) void releaseNow(key, token, ran);
    },
  };
}
