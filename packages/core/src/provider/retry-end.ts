/** Finds out from a sender's facts whether it retries after a response. */

import type { RetryFacts, StatusPattern } from './retry-facts.ts';

/** True if the sender is known not to retry after this status. False if unknown. */
export function endsRetries(retries: RetryFacts | undefined, status: number): boolean {
  const redirects = retries?.redirects?.count;
  if (status >= 300 && status <= 399 && (redirects === 'final' || redirects === 'success')) return true;
  if (retries?.retriedOn !== undefined) return !isAmong(status, retries.retriedOn);
  return isAmong(status, retries?.finalOn ?? []);
}

function isAmong(status: number, patterns: readonly StatusPattern[]): boolean {
  return patterns.some((pattern) => pattern === status || pattern === `${Math.floor(status / 100)}xx`);
}
