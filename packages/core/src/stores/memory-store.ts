/** A dedupe store inside one process: for tests, for development, and for apps with a single process. */

import type { Claim, DedupeStore, ReleaseOptions, StoredResponse } from '../claims/store.ts';
import { WebhookError } from '../errors.ts';
import { defineStore } from './define-store.ts';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Maximum number of records, claims and completions together. Default 100 000, about 125 bytes each once completed.
   */
  readonly maxRecords?: number;
  /** The store's clock. Default: one that is not affected by changes to the system clock. */
  readonly clock?: () => Date;
}

interface ClaimRecord {
  readonly token: string | undefined;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly leaseEnd: number;
  readonly expiresAt: number;
}

/**
 * Completions are stored as text, `<expiry in seconds, base 36> <response as JSON, or fingerprint and secret unchanged>`: half the memory
 * of an object.
 */
type Record = ClaimRecord | string;

/** Time for which the number of attempts is remembered after a release or an expired lease. */
const attemptMemorySeconds = 86_400;
/** Expired records looked for with each claim, so that no timer is needed and a claim stays O(1). */
const sweepSteps = 4;

/**
 * Remembers claims only in this process. They are lost on restart, and processes do not share them.
 *
 * Bounded: it drops only expired records. When it is full of live ones it refuses new claims with 503, rather than
 * forget an event it promised to remember. It sets no timers.
 *
 * @example
 * const receiver = createReceiver({ provider: stripe, secrets, dedupe: memoryStore() });
 */
export function memoryStore(options: MemoryStoreOptions = {}): DedupeStore & { readonly size: number } {
  const { maxRecords = 100_000, clock } = options;
  if (!Number.isInteger(maxRecords) || maxRecords < 1) {
    throw new WebhookError('options_invalid', {
      at: 'memoryStore.maxRecords',
      hint: 'Expected a whole number from 1.',
    });
  }
  const now = clock === undefined ? steadyTime : () => readTime(clock);
  const records = new Map<string, Record>();
  const watermarks = new Map<string, { position: number; expiresAt: number }>();
  let walk = records.entries();
  let tokens = 0;
  let fullSweepAt = 0;

  const sweep = (time: number, steps: number) => {
    for (let step = 0; step < steps; step++) {
      const next = walk.next();
      if (next.done === true) {
        walk = records.entries();
        return;
      }
      if (expiryOf(next.value[1]) <= time) records.delete(next.value[0]);
    }
  };
  const makeRoom = (time: number) => {
    sweep(time, sweepSteps);
    if (records.size < maxRecords) return;
    // Walks through all records, at most once a second however many claims are refused.
    if (time >= fullSweepAt) {
      fullSweepAt = time + 1000;
      for (const [key, record] of records) if (expiryOf(record) <= time) records.delete(key);
    }
    if (records.size >= maxRecords) {
      throw full(maxRecords, 'records');
    }
  };
  const owned = (key: string, token: string): ClaimRecord | undefined => {
    const record = records.get(key);
    // A lease that ran out and was not taken over still belongs to its owner.
    return typeof record === 'object' && record.token === token ? record : undefined;
  };

  return defineStore({
    local: true,
    get size() {
      return records.size;
    },
    async claim(key: string, leaseSeconds: number): Promise<Claim> {
      const time = now();
      const known = records.get(key);
      const record = known !== undefined && expiryOf(known) > time ? known : undefined;
      if (typeof record === 'string') return { state: 'done', response: unpack(record) };
      if (record?.token !== undefined && record.leaseEnd > time) {
        return { state: 'in_flight', leaseLeftSeconds: Math.max(1, Math.ceil((record.leaseEnd - time) / 1000)) };
      }
      if (known === undefined) makeRoom(time);
      const token = `${time.toString(36)}-${(tokens++).toString(36)}-${Math.random().toString(36).slice(2)}`;
      const attempt = (record?.attempt ?? 0) + 1;
      const leaseEnd = time + leaseSeconds * 1000;
      records.set(key, { token, attempt, leaseEnd, expiresAt: leaseEnd + attemptMemorySeconds * 1000 });
      return { state: 'claimed', token, attempt };
    },
    async extend(key: string, token: string, leaseSeconds: number) {
      const record = owned(key, token);
      if (record === undefined) return false;
      const leaseEnd = now() + leaseSeconds * 1000;
      records.set(key, { ...record, leaseEnd, expiresAt: leaseEnd + attemptMemorySeconds * 1000 });
      return true;
    },
    async complete(key: string, token: string, retentionSeconds: number, response?: StoredResponse) {
      if (owned(key, token) === undefined) return false;
      records.set(key, pack(now() + retentionSeconds * 1000, response));
      return true;
    },
    async raiseWatermark(key: string, position: number | undefined, retentionSeconds: number) {
      const time = now();
      const known = watermarks.get(key);
      const before = known !== undefined && known.expiresAt > time ? known.position : undefined;
      if (position === undefined) return before;
      if (known === undefined && watermarks.size >= maxRecords) {
        for (const [name, { expiresAt }] of watermarks) if (expiresAt <= time) watermarks.delete(name);
        if (watermarks.size >= maxRecords) throw full(maxRecords, 'watermarks');
      }
      const highest = before === undefined ? position : Math.max(before, position);
      watermarks.set(key, { position: highest, expiresAt: time + retentionSeconds * 1000 });
      return before;
    },
    async release(key: string, token: string, { ran = true }: ReleaseOptions = {}) {
      const record = owned(key, token);
      if (record === undefined) return false;
      const time = now();
      records.set(key, {
        token: undefined,
        attempt: ran ? record.attempt : record.attempt - 1,
        leaseEnd: time,
        expiresAt: time + attemptMemorySeconds * 1000,
      });
      return true;
    },
  });
}

/**
 * Milliseconds since 1970 as known at process start, then monotonic: a system clock set forward while handlers run would end their leases and
 * expire completed events.
 */
function steadyTime(): number {
  const time = Math.floor(performance.timeOrigin + performance.now());
  // Test stubs, and some runtimes, have no origin.
  return Number.isFinite(time) ? time : Date.now();
}

/** @throws store_unavailable: with an invalid time every record would count as expired, and each event would run again */
function readTime(clock: () => Date): number {
  const time = clock().getTime();
  if (Number.isFinite(time)) return time;
  throw new WebhookError('store_unavailable', { at: 'memoryStore.clock', hint: 'The clock returned no valid Date.' });
}

function full(maxRecords: number, what: string): WebhookError {
  return new WebhookError('store_unavailable', {
    at: 'memoryStore',
    hint: `The store has reached maxRecords (${maxRecords}) live ${what}.`,
  });
}

function expiryOf(record: Record): number {
  return typeof record === 'string' ? Number.parseInt(record, 36) * 1000 : record.expiresAt;
}

/** The receiver's own format; a text of another length is stored as JSON. */
const fingerprintLength = 8;
const secretLength = 3;

function pack(expiresAt: number, response: StoredResponse | undefined): string {
  const expiry = Math.ceil(expiresAt / 1000).toString(36);
  if (response === undefined) return expiry;
  const { fingerprint = '', secret = '', ...rest } = response;
  const isBare =
    (fingerprint.length === 0 || fingerprint.length === fingerprintLength) &&
    (secret.length === 0 || secret.length === secretLength) &&
    Object.values(rest).every((value) => value === undefined);
  // Joined flat: a rope would keep its pieces alive in addition to the text.
  return [expiry, isBare ? [fingerprint, secret].join('') : JSON.stringify(response)].join(' ');
}

function unpack(record: string): StoredResponse | undefined {
  const split = record.indexOf(' ');
  if (split < 0) return undefined;
  const text = record.slice(split + 1);
  if (text.startsWith('{')) return JSON.parse(text) as StoredResponse;
  const secretAt = text.length < fingerprintLength ? 0 : fingerprintLength;
  const [fingerprint, secret] = [text.slice(0, secretAt), text.slice(secretAt)];
  return { ...(fingerprint !== '' && { fingerprint }), ...(secret !== '' && { secret }) };
}
