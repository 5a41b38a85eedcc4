/** A dedupe store in Deno KV: records that are replaced only if no one has changed them, on the callers' clocks. */

import { type Claim, type DedupeStore, defineStore, type StoredResponse, WebhookError } from '@countersign/core';
import * as records from './claim-record.ts';
import { type StepsByToken, withSureReleases } from './sure-releases.ts';
import { withBareErrors } from './with-bare-errors.ts';

/** The parts of a Deno KV atomic operation that the store uses. */
export interface DenoKvAtomic {
  check(check: { key: readonly string[]; versionstamp: string | null }): DenoKvAtomic;
  set(key: readonly string[], value: unknown, options: { expireIn: number }): DenoKvAtomic;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** The parts of `Deno.Kv`, or of a client from the package @deno/kv, that the store uses. */
export interface DenoKv {
  get(key: readonly string[]): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  atomic(): DenoKvAtomic;
}

export interface DenoKvStoreOptions {
  /** Your own handle: `await Deno.openKv()`, or `openKv()` from @deno/kv. The store does not open or close it. */
  readonly kv: DenoKv;
  /** The first part of every key; the second is the event's. Default `countersign`. */
  readonly prefix?: string;
  /**
   * Maximum difference between the clocks of two callers, in seconds: a number from 0 to 300, default 5. A lease or a
   * record counts as expired that much later, so a key whose owner crashed also becomes free that much later.
   */
  readonly maxClockSkewSeconds?: number;
}

/** A record. Times are milliseconds since 1970, on the clock of the caller who wrote them. */
interface ClaimRecord {
  /** The current or last owner of the claim; undefined after a release. */
  readonly owner: string | undefined;
  readonly attempt: number;
  readonly done: boolean;
  readonly leaseUntil: number;
  readonly expiresAt: number;
  /** The response as JSON. */
  readonly answer: string | undefined;
}

interface Watermark {
  readonly position: number;
  readonly expiresAt: number;
}

/** Each failed try means that another caller's was committed. */
const mostTries = 40;
const longestPauseMilliseconds = 50;

/**
 * Remembers claims in Deno KV: on Deno Deploy, in a file, or from other runtimes through the package @deno/kv.
 *
 * Deno KV has no clock: leases and retention use the clocks of the callers, to the millisecond. If two of them differ
 * by more than `maxClockSkewSeconds`, a caller that is ahead can take over a key whose owner is still working; the
 * owner's completion is then refused.
 *
 * Consistency is strong: a record is read, and replaced only if it has not changed since. Each step is two requests, a
 * duplicate one. Callers that collide on one key try again, at most 40 times. Deno KV removes records some time after
 * their expiry, so the store checks the expiry itself.
 *
 * @example
 * const store = denoKvStore({ kv: await Deno.openKv() });
 *
 * @throws options_invalid
 * @see https://docs.deno.com/deploy/kv/key_expiration.md (removed at any time after the expiry, read 2026-11-21)
 */
export function denoKvStore({ kv, prefix = 'countersign', maxClockSkewSeconds = 5 }: DenoKvStoreOptions): DedupeStore {
  if (typeof kv?.get !== 'function' || typeof kv.atomic !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'denoKvStore.kv',
      hint: 'Expected the result of await Deno.openKv().',
    });
  }
  if (typeof prefix !== 'string') {
    throw new WebhookError('options_invalid', { at: 'denoKvStore.prefix', hint: 'Expected a string.' });
  }
  if (typeof maxClockSkewSeconds !== 'number' || !(maxClockSkewSeconds >= 0 && maxClockSkewSeconds <= 300)) {
    throw new WebhookError('options_invalid', {
      at: 'denoKvStore.maxClockSkewSeconds',
      hint: 'Expected a number of seconds from 0 to 300.',
    });
  }
  const skew = maxClockSkewSeconds * 1000;

  /** Reads a record and writes the result of `decide`; repeats that if another caller writes in between. */
  const step = async <Kept extends { readonly expiresAt: number }, Result>(
    key: string,
    decide: (record: Kept | undefined, now: number) => { readonly write?: Kept | undefined; readonly result: Result },
  ): Promise<Result> => {
    const path = [prefix, key];
    for (let tries = 1; tries <= mostTries; tries++) {
      if (tries > 1) await pause(Math.random() * Math.min(2 ** tries, longestPauseMilliseconds));
      try {
        const { value, versionstamp } = await kv.get(path);
        const now = Date.now();
        const known = value as Kept | null;
        const record = known !== null && known.expiresAt + skew > now ? known : undefined;
        const { write, result } = decide(record, now);
        if (write === undefined) return result;
        const expireIn = Math.max(1, Math.ceil(write.expiresAt + skew - now));
        const change = kv.atomic().check({ key: path, versionstamp }).set(path, write, { expireIn });
        // A claim that took longer than its own lease is made again.
        if ((await change.commit()).ok && (write === record || isCurrent(write))) return result;
      } catch (error) {
        if (!isLocked(error)) throw error;
      }
    }
    throw new WebhookError('store_unavailable', {
      at: 'denoKvStore',
      hint: `Other callers changed the same record at each of ${mostTries} tries. The response is 503, so the sender will retry.`,
    });
  };
  /** Changes a record for its owner, and returns whether the caller is the owner. */
  const change = (key: string, owner: string, next: (record: ClaimRecord, now: number) => ClaimRecord | undefined) =>
    step<ClaimRecord, boolean>(key, (record, now) => {
      const own = ownedBy(record, owner);
      const write = own === undefined ? undefined : next(own, now);
      return { write, result: write !== undefined };
    });

  const steps: StepsByToken = {
    claim(key, leaseSeconds, token) {
      return step<ClaimRecord, Claim>(key, (record, now) => {
        if (record?.done) return { result: { state: 'done', response: records.decodeResponse(record.answer) } };
        // The client lost the answer to this same claim and sent it again.
        const own = ownedBy(record, token);
        if (own !== undefined && own.leaseUntil > now) {
          return { result: { state: 'claimed', token, attempt: own.attempt } };
        }
        const left = record === undefined || own !== undefined ? 0 : record.leaseUntil + skew - now;
        if (left > 0) return { result: { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(left) } };
        const attempt = own?.attempt ?? (record?.attempt ?? 0) + 1;
        const write = { ...leaseOf(now, leaseSeconds), owner: token, attempt, done: false, answer: undefined };
        return { write, result: { state: 'claimed', token, attempt } };
      });
    },
    extend: (key, owner, leaseSeconds) =>
      change(key, owner, (record, now) => (record.done ? undefined : { ...record, ...leaseOf(now, leaseSeconds) })),
    complete: (key, owner, retentionSeconds, answer?: StoredResponse) =>
      // A repetition by the same owner changes nothing: the first answer may have been lost.
      change(key, owner, (record, now) => ({
        ...record,
        done: true,
        expiresAt: now + retentionSeconds * 1000,
        answer: records.encodeResponse(answer),
      })),
    release: (key, owner, options) =>
      step<ClaimRecord, boolean>(key, (record, now) => {
        const own = ownedBy(record, owner);
        // Its lease ends in 1970, so that no caller waits for the clock skew.
        const released = { owner: undefined, done: false, leaseUntil: 0, answer: undefined };
        if (own !== undefined && !own.done) {
          const attempt = own.attempt - records.attemptsTakenBack(options);
          const expiresAt = now + records.attemptMemorySeconds * 1000;
          return { write: { ...released, attempt, expiresAt }, result: true };
        }
        if (options?.ran !== false || record?.done || (record?.leaseUntil ?? 0) > now) return { result: false };
        // The claim may arrive later. It found this key without a record, or with this one: once that has been written
        // again, it is refused.
        const expiresAt = now + records.abandonedSeconds * 1000;
        return { write: record ?? { ...released, attempt: 0, expiresAt }, result: false };
      }),
    raiseWatermark: (key, position, retentionSeconds) =>
      step<Watermark, number | undefined>(key, (mark, now) => {
        const isHigher = position !== undefined && (mark === undefined || position > mark.position);
        // Nothing to raise: this event is late, and the mark was written to outlast later events.
        if (!isHigher) return { result: mark?.position };
        return { write: { position, expiresAt: now + retentionSeconds * 1000 }, result: mark?.position };
      }),
  };
  return defineStore(withBareErrors(withSureReleases(steps)));
}

function ownedBy(record: ClaimRecord | undefined, owner: string): ClaimRecord | undefined {
  return record?.owner === owner ? record : undefined;
}

/** False for a claim whose lease has expired on its owner's clock. */
function isCurrent(record: {
  readonly expiresAt: number;
  readonly leaseUntil?: number;
  readonly done?: boolean;
}): boolean {
  return record.done !== false || !record.leaseUntil || record.leaseUntil > Date.now();
}

function leaseOf(now: number, leaseSeconds: number): Pick<ClaimRecord, 'leaseUntil' | 'expiresAt'> {
  const leaseUntil = now + leaseSeconds * 1000;
  return { leaseUntil, expiresAt: leaseUntil + records.attemptMemorySeconds * 1000 };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Another process is writing this file at the moment; nothing was written. */
function isLocked(error: unknown): boolean {
  return String((error as Error | undefined)?.message).includes('database is locked');
}
