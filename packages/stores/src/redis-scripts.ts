/**
 * The steps of a store in Redis, one Lua script each, over one key each, so that they work in a cluster too.
 *
 * A key holds one text: `c:<attempt>:<token>` while claimed, `r:<attempt>` after a release, `d:<token>:<answer>` once
 * done. Redis's own clock decides, by the key's time to live: a claim lives for its lease and then for as long as
 * attempts are remembered, so that its lease is over when no more than the latter is left. Asking TIME instead, and
 * keeping the lease's end in the text, made a claim a third dearer.
 */

import { type Claim, type ReleaseOptions, type StoredAnswer, WebhookError } from '@countersign/core';
import * as records from './claim-record.ts';

/** A script and the name Redis knows it by. */
export interface RedisScript {
  readonly source: string;
  /** SHA-1 of the source, hex; a promise the first time, since Web Crypto has no other way. */
  sha(): string | Promise<string>;
}

// ARGV: token, lease and memory, memory. A fresh key costs one command; the rest is for what stands in the way:
// among others this very claim, which a client sends once more when the answer got lost.
const claimScript = redisScript(`
if redis.call('SET', KEYS[1], 'c:1:' .. ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
local value = redis.call('GET', KEYS[1])
local kind = string.sub(value, 1, 1)
if kind == 'd' then return {string.sub(value, string.find(value, ':', 3, true) + 1)} end
local left = redis.call('PTTL', KEYS[1]) - ARGV[3]
local attempt, token = string.match(value, '^%a:(%d+):?(.*)$')
attempt = tonumber(attempt)
if kind == 'c' and left > 0 then
  if token == ARGV[1] then return attempt end
  return -left
end
if token ~= ARGV[1] then attempt = attempt + 1 end
redis.call('SET', KEYS[1], 'c:' .. attempt .. ':' .. ARGV[1], 'PX', ARGV[2])
return attempt
`);

const owned = `local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local attempt, token = string.match(value, '^c:(%d+):(.*)$')`;

const extendScript = redisScript(`
${owned}
if token ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

// Once more by the same owner is no change: the first answer may have got lost on its way back.
const completeScript = redisScript(`
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local token = string.match(value, '^c:%d+:(.*)$') or string.match(value, '^d:([^:]*)')
if token ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'd:' .. ARGV[1] .. ':' .. ARGV[3], 'PX', ARGV[2])
return 1
`);

// ARGV: token, memory, how many attempts are taken back.
const releaseScript = redisScript(`
${owned}
if token ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'r:' .. (attempt - ARGV[3]), 'PX', ARGV[2])
return 1
`);

// Positions stay text: Lua would print a large number with fewer digits than it has.
const raiseScript = redisScript(`
local before = redis.call('GET', KEYS[1])
if ARGV[1] == '' then return before end
local highest = ARGV[1]
if before and tonumber(before) > tonumber(highest) then highest = before end
redis.call('SET', KEYS[1], highest, 'PX', ARGV[2])
return before
`);

/** Runs a script on the one key. */
export type RunScript = (script: RedisScript, key: string, values: readonly string[]) => Promise<unknown>;

/** The steps of a store over a way to run scripts. */
export function redisSteps(run: RunScript, prefix: string) {
  const milliseconds = (seconds: number) => String(Math.round(seconds * 1000));
  const memory = milliseconds(records.attemptMemorySeconds);
  const leaseAndMemory = (leaseSeconds: number) => milliseconds(leaseSeconds + records.attemptMemorySeconds);
  return {
    async claim(key: string, leaseSeconds: number, token: string): Promise<Claim> {
      const values = [token, leaseAndMemory(leaseSeconds), memory];
      const reply = await run(claimScript, prefix + key, values);
      const number = integerOf(reply);
      if (number !== undefined) {
        if (number > 0) return { state: 'claimed', token, attempt: number };
        return { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(-number) };
      }
      if (Array.isArray(reply) && reply.length === 1) return { state: 'done', answer: answerOf(reply[0]) };
      // Nothing may pass for "done" by mistake: that would drop an event.
      throw new WebhookError('store_unavailable', {
        at: 'redisStore',
        hint: 'The client did not return what the script answers. Give the store a client without options that change replies, such as typeMapping of redis.',
      });
    },
    async extend(key: string, token: string, leaseSeconds: number) {
      return Number(await run(extendScript, prefix + key, [token, leaseAndMemory(leaseSeconds)])) === 1;
    },
    async complete(key: string, token: string, retentionSeconds: number, answer?: StoredAnswer) {
      const values = [token, milliseconds(retentionSeconds), records.encodeAnswer(answer) ?? ''];
      return Number(await run(completeScript, prefix + key, values)) === 1;
    },
    async release(key: string, token: string, options?: ReleaseOptions) {
      const values = [token, memory, String(records.attemptsTakenBack(options))];
      return Number(await run(releaseScript, prefix + key, values)) === 1;
    },
    async raiseWatermark(key: string, position: number | undefined, retentionSeconds: number) {
      const values = [position === undefined ? '' : String(position), milliseconds(retentionSeconds)];
      const before = await run(raiseScript, prefix + key, values);
      return before === null || before === undefined ? undefined : Number(before);
    },
  };
}

/** An integer, which a client may be set to return as text: `stringNumbers` of ioredis, `typeMapping` of redis. */
function integerOf(reply: unknown): number | undefined {
  if (typeof reply === 'number') return reply;
  return typeof reply === 'string' && /^-?\d+$/.test(reply) ? Number(reply) : undefined;
}

/** Some clients turn JSON text into values on the way, or leave texts as bytes. */
function answerOf(detail: unknown) {
  if (detail instanceof Uint8Array) return records.decodeAnswer(new TextDecoder().decode(detail));
  return typeof detail === 'object' && detail !== null ? (detail as never) : records.decodeAnswer(detail as string);
}

/** A script whose name is computed once. */
export function redisScript(text: string): RedisScript {
  const source = text.trim();
  let sha: string | undefined;
  const compute = async () => {
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(source)));
    sha = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return sha;
  };
  return { source, sha: () => sha ?? compute() };
}

/** Whether a server does not know a script by its name (any more), so that it has to be sent whole. */
export function isUnknownScript(error: unknown): boolean {
  return String((error as Error | undefined)?.message).includes('NOSCRIPT');
}
