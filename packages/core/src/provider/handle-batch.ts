/** Handles the events of one delivery, each under its own claim, and combines their outcomes. */

import type { HandlerResponse } from '../response.ts';
import { endsRetries } from './retry-end.ts';
import type { RetryFacts } from './retry-facts.ts';

/** The outcome of one event, as far as it counts for the others of its delivery. */
export interface EventEnd {
  readonly kind: string;
  readonly response?: HandlerResponse;
  readonly error?: { readonly code: string };
}

/**
 * Runs the events of a delivery and combines their outcomes.
 *
 * @param whole the event that stands for all of them
 */
export type BatchRunner = <Event>(
  whole: Event,
  events: readonly Event[],
  run: (event: Event) => Promise<EventEnd>,
  handlerTimeoutSeconds: number,
  retries: RetryFacts | undefined,
) => Promise<EventEnd>;

/** From the best to the worst: if one event failed, the sender sends all of them again. */
const order: readonly string[] = ['duplicate', 'handled', 'stale', 'handshake', 'in_flight', 'rejected', 'failed'];

/**
 * The weight of an outcome for the whole. Among failures, one that makes the sender retry outweighs one that would end its retries, and
 * with them those of all other events.
 */
function weightOf(outcome: EventEnd, retries: RetryFacts | undefined): number {
  const place = order.indexOf(outcome.kind);
  if (place < order.indexOf('in_flight')) return place;
  const status = outcome.kind === 'failed' ? (outcome.response?.status ?? 500) : isOutage(outcome) ? 503 : 500;
  return endsRetries(retries, status) ? place : place + order.length;
}

/** True if the delivery is only postponed; any other unfinished event is a fault that is reported to the sender. */
function isOutage(outcome: EventEnd): boolean {
  return outcome.kind === 'in_flight' || (outcome.kind === 'rejected' && outcome.error?.code === 'store_unavailable');
}

/**
 * Runs the events one after the other to keep their order, even after one that fails. Past the sender's deadline no event is started: the
 * next attempt runs the rest, and the others are duplicates then. If the sender is known not to retry, there is no next attempt, and all
 * events run.
 */
export const runBatch: BatchRunner = async (whole, events, run, handlerTimeoutSeconds, retries) => {
  const startedAt = performance.now();
  const isFinal = endsRetries(retries, 500);
  const batch: EventEnd[] = [];
  for (const event of events) {
    const isLate = !isFinal && performance.now() - startedAt > handlerTimeoutSeconds * 1000;
    const cause = new Error('The deadline of the delivery passed before this event of it was begun.');
    const late = { kind: 'failed', event, cause };
    batch.push(isLate ? late : await run(event));
  }
  const worst = batch.reduce<EventEnd | undefined>(
    (left, right) => (left !== undefined && weightOf(left, retries) >= weightOf(right, retries) ? left : right),
    undefined,
  );
  const combined = { kind: worst?.kind ?? 'handled', event: whole, batch };
  if (worst === undefined) return combined;
  if (worst.kind !== 'handled' && worst.kind !== 'duplicate') return { ...worst, batch };
  const responses = batch.map(({ response }) => response);
  // 410 tells the sender to stop, so it must be the response to every event.
  const response = responses.every((one) => one?.status === 410)
    ? responses[0]
    : responses.find((one) => one !== undefined && one.status !== 410);
  return response === undefined ? combined : Object.assign(combined, { response });
};
