/** True if a sender comes again after a response, as far as its facts say. */

import type { RetryFacts, StatusPattern } from './provider.ts';

/** True if the sender is known not to come again after a response of this status. Unknown counts as no. */
export function endsRetries(retries: RetryFacts | undefined, status: number): boolean {
  const redirects = retries?.redirects?.count;
  if (status >= 300 && status <= 399 && (redirects === 'final' || redirects === 'success')) return true;
  if (retries?.retriedOn !== undefined) return !isAmong(status, retries.retriedOn);
  return isAmong(status, retries?.finalOn ?? []);
}

function isAmong(status: number, patterns: readonly StatusPattern[]): boolean {
  return patterns.some((pattern) => pattern === status || pattern === `${Math.floor(status / 100)}xx`);
}
