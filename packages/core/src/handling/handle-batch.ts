/** Handles the events of one delivery, each under its own claim, and combines their outcomes. */

import type { VerifiedEvent } from '../event/verified-event.ts';
import type { RetryFacts } from '../provider/provider.ts';
import { endsRetries } from '../provider/retry-end.ts';
import type { Outcome } from './outcome.ts';

/** From the best to the worst: if one event failed, the sender sends all of them again. */
const order: readonly Outcome['kind'][] = [
  'duplicate',
  'handled',
  'stale',
  'handshake',
  'in_flight',
  'rejected',
  'failed',
];

/**
 * The weight of an outcome for the whole. Among failures, one that makes the sender retry outweighs one that would end its retries, and
 * with them those of all other events.
 */
function weightOf(outcome: Outcome, retries: RetryFacts | undefined): number {
  const place = order.indexOf(outcome.kind);
  if (place < order.indexOf('in_flight')) return place;
  const status = outcome.kind === 'failed' ? (outcome.response?.status ?? 500) : isOutage(outcome) ? 503 : 500;
  return endsRetries(retries, status) ? place : place + order.length;
}

/** True if the delivery is only postponed; any other unfinished event is a fault that is reported to the sender. */
function isOutage(outcome: Outcome): boolean {
  return outcome.kind === 'in_flight' || (outcome.kind === 'rejected' && outcome.error.code === 'store_unavailable');
}

/**
 * Runs the events one after the other to keep their order, even after one that fails. Past the sender's deadline no event is started: the
 * next attempt runs the rest, and the others are duplicates then. If the sender is known not to retry, there is no next attempt, and all
 * events run.
 */
export async function runBatch(
  whole: VerifiedEvent,
  events: readonly VerifiedEvent[],
  run: (event: VerifiedEvent) => Promise<Outcome>,
  handlerTimeoutSeconds: number,
  retries: RetryFacts | undefined,
): Promise<Outcome> {
  const startedAt = performance.now();
  const isFinal = endsRetries(retries, 500);
  const batch: Outcome[] = [];
  for (const event of events) {
    const isLate = !isFinal && performance.now() - startedAt > handlerTimeoutSeconds * 1000;
    const cause = new Error('The deadline of the delivery passed before this event of it was begun.');
    batch.push(isLate ? { kind: 'failed', event, cause } : await run(event));
  }
  const worst = batch.reduce<Outcome | undefined>(
    (left, right) => (left !== undefined && weightOf(left, retries) >= weightOf(right, retries) ? left : right),
    undefined,
  );
  if (worst === undefined) return { kind: 'handled', event: whole, batch };
  if (worst.kind !== 'handled' && worst.kind !== 'duplicate') return { ...worst, batch };
  const responses = batch.map((outcome) => ('response' in outcome ? outcome.response : undefined));
  // 410 tells the sender to stop, so it must be the response to every event.
  const response = responses.every((one) => one?.status === 410)
    ? responses[0]
    : responses.find((one) => one !== undefined && one.status !== 410);
  return { kind: worst.kind, event: whole, batch, ...(response !== undefined && { response }) };
}
