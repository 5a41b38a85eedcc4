/** Stores that look right and are not, as people write them. The contract must not let them pass. */

import { type Claim, type DedupeStore, defineStore } from '@countersign/core';
import type { Redis } from 'ioredis';

const claimed = (token = 'a token that is shared', attempt = 1): Claim => ({ state: 'claimed', token, attempt });
const done: Claim = { state: 'done', response: undefined };
const inFlight: Claim = { state: 'in_flight', leaseLeftSeconds: 30 };
const yes = async () => true;

/** Reads first, writes later: every copy that reads in between runs too. */
export const hasThenSet = (redis: Redis): DedupeStore =>
  defineStore({
    async claim(key) {
      if ((await redis.get(key)) !== null) return done;
      await redis.set(key, 'seen', 'EX', 3600);
      return claimed();
    },
    extend: yes,
    complete: yes,
    release: async (key) => (await redis.del(key)) === 1,
  });

/** Marks before the handler: atomic, but a crash in the handler loses the event. */
export const markBefore = (redis: Redis): DedupeStore =>
  defineStore({
    claim: async (key) => ((await redis.set(key, 'seen', 'EX', 3600, 'NX')) === 'OK' ? claimed() : done),
    extend: yes,
    complete: yes,
    release: async (key) => (await redis.del(key)) === 1,
  });

/** Marks after the handler: every copy that arrives while it runs, runs too. */
export const markAfter = (redis: Redis): DedupeStore =>
  defineStore({
    claim: async (key) => ((await redis.get(key)) === null ? claimed() : done),
    extend: yes,
    complete: async (key) => (await redis.set(key, 'seen', 'EX', 3600)) === 'OK',
    release: yes,
  });

/** A lock with an expiry and without an owner: a late worker ends its successor's claim. */
export const lockWithoutOwner = (redis: Redis): DedupeStore =>
  defineStore({
    async claim(key, leaseSeconds) {
      if ((await redis.set(key, 'locked', 'PX', leaseSeconds * 1000, 'NX')) === 'OK') return claimed();
      return (await redis.get(key)) === 'done' ? done : inFlight;
    },
    extend: async (key, _, leaseSeconds) => (await redis.pexpire(key, leaseSeconds * 1000)) === 1,
    complete: async (key, _, seconds) => (await redis.set(key, 'done', 'EX', seconds)) === 'OK',
    release: async (key) => (await redis.del(key)) === 1,
  });

/** Takes a key whose lease has expired, in one step and on Redis's clock. */
const atomicClaim = `
local token, lease = string.match(redis.call('GET', KEYS[1]) or '', '^(.-) (%d+)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if token == 'done' then return 'done' end
if token and tonumber(lease) > now then return 'taken' end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. string.format('%.0f', now + ARGV[2]))
return 'given'`;

/** A correct claim, and a token that is compared in one step and used in the next. */
export function ownerComparedApart(redis: Redis): DedupeStore {
  const isOwner = async (key: string, token: string) => (await redis.get(key))?.split(' ')[0] === token;
  return defineStore({
    async claim(key, leaseSeconds) {
      const token = crypto.randomUUID();
      const reply = await redis.eval(atomicClaim, 1, key, token, leaseSeconds * 1000);
      return reply === 'given' ? claimed(token) : reply === 'done' ? done : inFlight;
    },
    extend: async (key, token) => isOwner(key, token),
    complete: async (key, token) => (await isOwner(key, token)) && (await redis.set(key, 'done 0')) === 'OK',
    release: async (key, token) => (await isOwner(key, token)) && (await redis.del(key)) === 1,
  });
}

/** Correct in every step, but on the caller's clock. */
export function onCallersClock(inner: DedupeStore, setClock: (time: Date) => void): DedupeStore {
  const at = <Result>(step: () => Promise<Result>) => {
    setClock(new Date());
    return step();
  };
  return defineStore({
    claim: (...given) => at(() => inner.claim(...given)),
    extend: (...given) => at(() => inner.extend(...given)),
    complete: (...given) => at(() => inner.complete(...given)),
    release: (...given) => at(() => inner.release(...given)),
  });
}
