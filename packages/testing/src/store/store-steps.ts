/** Building blocks of the store contract's cases: new keys, claims that must succeed, waits, and wrong clocks. */

import type { Claim, DedupeStore } from '@countersign/core';
import { requireEqual, requireThat } from '../contract-runner.ts';

let keysMade = 0;
/** A key in the receiver's format: 43 letters of base64url, never used before. */
export function freshKey(): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(36).padStart(2, '0'));
  return `${(keysMade++).toString(36)}-${random.join('')}`.padEnd(43, '_').slice(0, 43);
}

export const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

export async function claimed(store: DedupeStore, key: string, leaseSeconds: number) {
  const claim = await store.claim(key, leaseSeconds);
  requireEqual(claim.state, 'claimed', 'the answer to a claim');
  return claim as Extract<Claim, { state: 'claimed' }>;
}

export async function attempt(
  store: DedupeStore,
  step: 'claim' | 'extend' | 'complete' | 'release',
  key: string,
  token: string,
) {
  if (step === 'claim') return store.claim(freshKey(), 30);
  if (step === 'extend') return store.extend(key, token, 30);
  return step === 'complete' ? store.complete(key, token, 60) : store.release(key, token);
}

/**
 * Checks something before its time is over, and again with twice the time if a busy machine checked too late.
 *
 * `body` resolves with false if it was too late. Something that ends before its time is distinguished by the clock, so
 * it fails on the first try.
 */
export async function lookInTime(body: (scale: number) => Promise<boolean>): Promise<void> {
  for (const scale of [1, 2, 4]) if (await body(scale)) return;
  requireThat(false, 'the machine is quick enough to look within four times the usual time');
}

/** True if more than this many seconds have passed since `startedAt`, a value of `performance.now()`. */
export const isOver = (startedAt: number, seconds: number) => performance.now() - startedAt > seconds * 1000;

/** True if less than five seconds have passed: rounds above the minimum end after that. */
export function timeLeft(): () => boolean {
  const startedAt = performance.now();
  return () => !isOver(startedAt, 5);
}

/** Clients come back at their own pace. */
export async function eventually(body: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await body();
      return;
    } catch (error) {
      if (tries >= 40) throw error;
      await pause(0.25);
    }
  }
}

/** Runs with a clock that is off by this many seconds, for all code in this process that reads it. */
export async function atClock<Result>(offsetSeconds: number, body: () => Promise<Result>): Promise<Result> {
  const RealDate = Date;
  const offset = offsetSeconds * 1000;
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      if (given.length === 0) super(RealDate.now() + offset);
      else super(...given);
    }
    static override now() {
      return RealDate.now() + offset;
    }
  } as DateConstructor;
  try {
    return await body();
  } finally {
    globalThis.Date = RealDate;
  }
}
