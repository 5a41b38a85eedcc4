/** Plays a sender's retries of one event against a receiver with a store, in time that need not be waited for. */

import { type Delivery, isWebhookError, memoryStore, type Outcome, type ReceiverPolicy } from '@countersign/core';
import { failingStore } from './failing-store.ts';
import type { RetrySender } from './retry-senders.ts';

/**
 * How an attempt ends. `handler`: it throws. `store`: 503 before it. `crash`: the claim is taken, and the process dies. `answer`: it
 * is handled, and the answer is lost. `success`: it is handled, and the sender hears of it.
 */
export type AttemptEnd = 'handler' | 'store' | 'crash' | 'answer' | 'success';

/** Whether attempts have the first bytes and headers, or are signed at their own time. */
export type RetryMode = 'again' | 'anew';

export interface PlannedAttempt {
  /** Seconds after the first one. */
  readonly after: number;
  readonly end: AttemptEnd;
}

/** What became of one event. */
export interface RetryResult {
  readonly deliveries: number;
  /** How often each event of the delivery took effect; `[1]` is right for a delivery of one event. */
  readonly effects: readonly number[];
  /** Codes of the refusals that are not the store's, in their order. */
  readonly refusals: readonly string[];
  /** What the last attempt of the schedule ended with. */
  readonly last: string;
  /** Where an identity was taken from: `none` means that each delivery counts as an event. */
  readonly identityFrom: string;
}

/** For how long events are remembered at least, by default. */
const weekSeconds = 604_800;

/** Copies that come after all attempts, while the event is remembered; both in seconds since the first attempt. */
function lateCopiesOf(handledAt: number, lastAt: number): readonly number[] {
  return [lastAt + 1, lastAt + 3600, handledAt + weekSeconds - 60].filter(
    (time) => time > lastAt && time < handledAt + weekSeconds,
  );
}

/** @param policy beside clock and store */
export async function playRetries(
  sender: RetrySender,
  mode: RetryMode,
  attempts: readonly PlannedAttempt[],
  policy: ReceiverPolicy = {},
): Promise<RetryResult> {
  let now = sender.startsAt;
  const clock = () => new Date(now * 1000);
  const store = failingStore(memoryStore({ clock }));
  const quiet = { onOutcome: () => undefined, onWarning: () => undefined };
  const receiver = sender.receiver({ clock, dedupe: store, ...quiet, ...policy });
  const whole = await receiver.verify(sender.first);
  const events = whole.split();
  const { from: identityFrom } = await (events[0] ?? whole).identity();
  // The events of a batch are told by their payloads: which of them run in an attempt differs.
  const texts = events.map(({ payload }) => JSON.stringify(payload));
  const placeOf = (payload: unknown) => (texts.length === 1 ? 0 : texts.indexOf(JSON.stringify(payload)));
  const effects = events.map(() => 0);

  const refusals: string[] = [];
  let deliveries = 0;
  let handledAt: number | undefined;
  const deliver = async (attempt: number, end: AttemptEnd): Promise<Outcome> => {
    const delivery: Delivery =
      mode === 'again' || attempt === 1 || sender.signAnew === undefined
        ? sender.first
        : await sender.signAnew(attempt, now);
    deliveries++;
    store.mode = end === 'store' ? 'down' : end === 'crash' ? 'dying' : 'up';
    const outcome = await receiver.receive(delivery, ({ payload }) => {
      if (end === 'handler' || end === 'crash') throw new Error(end);
      const place = placeOf(payload);
      effects[place] = (effects[place] ?? 0) + 1;
      handledAt ??= now - sender.startsAt;
    });
    store.mode = 'up';
    if (outcome.kind === 'rejected' && outcome.error.code !== 'store_unavailable') refusals.push(outcome.error.code);
    return outcome;
  };

  let last = 'nothing';
  let count = 0;
  for (const { after, end } of attempts) {
    now = sender.startsAt + after;
    count++;
    const outcome = await deliver(count, end);
    last = outcome.kind === 'rejected' && isWebhookError(outcome.error) ? outcome.error.code : outcome.kind;
  }
  const lastAt = now - sender.startsAt;
  for (const after of lateCopiesOf(handledAt ?? lastAt, lastAt)) {
    now = sender.startsAt + after;
    count++;
    await deliver(count, 'success');
  }
  return { deliveries, effects, refusals, last, identityFrom };
}
