/** Serializes the events of one entity and skips those older than the last one handled. */

import { WebhookError } from '../errors.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import { ignoreRejection } from '../options/option-values.ts';
import type { CheckedDedupe, OrderingOptions } from './dedupe-options.ts';
import { claimInTime, HeldClaim, inTime, storeError } from './held-claim.ts';

/** Guards an event on behalf of its entity. */
export interface Turn {
  /** True if a newer event of the entity has been handled. @throws store_unavailable */
  isPassed(): Promise<boolean>;
  /** Makes the event the newest of its entity. @throws if the store cannot answer */
  advance(): Promise<void>;
  keep(onLost: () => void): void;
  /** Ends the renewals. */
  stop(): void;
  leave(): Promise<void>;
}

const firstPauseMilliseconds = 25;
const longestPauseMilliseconds = 400;

/**
 * Waits for the event's turn.
 *
 * @returns the turn, or the number of seconds for which another event of the entity may still hold it; undefined for an
 *   event without ordering
 * @throws options_invalid, store_unavailable
 */
export async function takeTurn(
  event: VerifiedEvent,
  dedupe: CheckedDedupe,
  ordering: OrderingOptions,
): Promise<Turn | number | undefined> {
  const place = placeOf(event, ordering);
  if (place === undefined) return undefined;
  const { store, retentionSeconds, timeoutSeconds } = dedupe;
  const key = await event.entityKey(place.entity);
  const until = performance.now() + (ordering.waitSeconds ?? 2) * 1000;
  let pause = firstPauseMilliseconds;
  let askedAt = performance.now();
  let claim = await claimInTime(dedupe, `${key}.turn`);
  while (claim.state !== 'claimed') {
    if (performance.now() + pause > until) return claim.state === 'in_flight' ? claim.leaseLeftSeconds : 1;
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, longestPauseMilliseconds);
    askedAt = performance.now();
    claim = await claimInTime(dedupe, `${key}.turn`);
  }
  const held = new HeldClaim(dedupe, `${key}.turn`, claim.token, askedAt);
  const raise = async (position: number | undefined) => {
    // The receiver has checked that the store has it.
    const step = store.raiseWatermark?.(`${key}.mark`, position, retentionSeconds) as Promise<number | undefined>;
    const watermark: unknown = await inTime(step, timeoutSeconds);
    if (watermark === undefined || Number.isFinite(watermark)) return watermark as number | undefined;
    throw new Error("The store's raiseWatermark() resolved with something other than a number or undefined.");
  };
  return {
    async isPassed() {
      try {
        const watermark = await raise(undefined);
        return watermark !== undefined && watermark > place.position;
      } catch (error) {
        throw storeError(error, timeoutSeconds);
      }
    },
    async advance() {
      await raise(place.position);
    },
    keep: (onLost) => held.keep(onLost),
    stop: () => held.stop(),
    leave: () => held.release(),
  };
}

function placeOf(
  event: VerifiedEvent,
  { entity: entityOf, position: positionOf = ({ createdAt }) => createdAt }: OrderingOptions,
): { entity: string; position: number } | undefined {
  let entity: unknown;
  let position: unknown;
  try {
    entity = entityOf(event);
    position = positionOf(event);
  } catch (cause) {
    throw new WebhookError('options_invalid', { at: 'ordering', hint: 'It threw.', cause });
  }
  ignoreRejection(entity);
  ignoreRejection(position);
  if (entity === undefined || position === undefined) return undefined;
  const number = position instanceof Date ? position.getTime() : position;
  if (typeof entity !== 'string' || entity === '' || !Number.isFinite(number)) {
    throw new WebhookError('options_invalid', {
      at: 'ordering',
      hint: 'entity must return a non-empty string, position a finite number or a Date; undefined leaves an event unguarded.',
    });
  }
  return { entity, position: number as number };
}
