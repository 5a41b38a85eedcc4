/**
 * The steps of a store in Redis, each a Lua script on one key, so that they work in a cluster too.
 *
 * A key holds one string: `c:<attempt>:<token>` while claimed, `r:<attempt>:` after a release, `d:<token>:<answer>` once
 * done. Another part, as in `c:<attempt>:<token>:<tokens>` and `r:<attempt>::<tokens>`, lists abandoned claims, which are
 * refused if they arrive after all: their release came first, over another connection.
 *
 * Redis's own clock decides, through the key's time to live: a claim lives for its lease and then for as long as attempts
 * are remembered, so its lease has expired when no more than the latter is left. Calling TIME instead, and storing the end
 * of the lease, made a claim a third slower.
 */

import { type Claim, type ReleaseOptions, type StoredResponse, WebhookError } from '@countersign/core';
import * as records from './claim-record.ts';

/** A script, and the name under which Redis knows it. */
export interface RedisScript {
  readonly source: string;
  /** SHA-1 of the source, hex; a promise the first time, because Web Crypto is asynchronous. */
  sha(): string | Promise<string>;
}

// ARGV: token, lease and memory, memory. A new key costs one command. The rest handles existing records, including this
// same claim, which a client sends again if the answer was lost.
const claimScript = redisScript(`
if redis.call('SET', KEYS[1], 'c:1:' .. ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
local value = redis.call('GET', KEYS[1])
local kind = string.sub(value, 1, 1)
if kind == 'd' then return {string.sub(value, string.find(value, ':', 3, true) + 1)} end
local left = redis.call('PTTL', KEYS[1]) - ARGV[3]
local attempt, token, abandoned = string.match(value, '^%a:(%d+):?([^:]*)(.*)$')
attempt = tonumber(attempt)
if kind == 'c' and left > 0 then
  if token == ARGV[1] then return attempt end
  return -left
end
if string.find(abandoned, ARGV[1], 1, true) then return -1 end
if token ~= ARGV[1] then attempt = attempt + 1 end
redis.call('SET', KEYS[1], 'c:' .. attempt .. ':' .. ARGV[1] .. abandoned, 'PX', ARGV[2])
return attempt
`);

const extendScript = redisScript(`
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local token = string.match(value, '^c:%d+:([^:]*)')
if token ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

// A repetition by the same owner changes nothing: the first answer may have been lost.
const completeScript = redisScript(`
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local token = string.match(value, '^c:%d+:([^:]*)') or string.match(value, '^d:([^:]*)')
if token ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'd:' .. ARGV[1] .. ':' .. ARGV[3], 'PX', ARGV[2])
return 1
`);

// ARGV: token, memory, number of attempts to take back, shortest memory of an abandoned claim. A claim under which
// nothing ran may still be on its way, and a client such as ioredis sends a claim again after a reconnect, so the first one may
// arrive after the handler has run: the token is added to the record.
const releaseScript = redisScript(`
local value = redis.call('GET', KEYS[1]) or 'r:0'
local kind, attempt, token, abandoned = string.match(value, '^([cr]):(%d+):?([^:]*)(.*)$')
local owns = kind == 'c' and token == ARGV[1]
if not kind or not owns and ARGV[3] == '0' then return 0 end
local memory = owns and ARGV[2] or math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[4]))
if owns then kind, attempt, token = 'r', attempt - ARGV[3], '' end
if owns or ARGV[3] ~= '0' then
  abandoned = ':' .. string.sub(string.sub(abandoned, 2) .. ARGV[1], -${records.mostAbandoned * records.tokenLength})
end
redis.call('SET', KEYS[1], kind .. ':' .. attempt .. ':' .. token .. abandoned, 'PX', memory)
return owns and 1 or 0
`);

// Positions stay text: Lua would print a large number with fewer digits.
const raiseScript = redisScript(`
local before = redis.call('GET', KEYS[1])
if ARGV[1] == '' then return before end
local highest = ARGV[1]
if before and tonumber(before) > tonumber(highest) then highest = before end
redis.call('SET', KEYS[1], highest, 'PX', ARGV[2])
return before
`);

/** Runs a script on its one key. */
export type RunScript = (script: RedisScript, key: string, values: readonly string[]) => Promise<unknown>;

/** The steps of a store, given a way to run scripts. */
export function redisSteps(run: RunScript, prefix: string) {
  const milliseconds = (seconds: number) => String(Math.round(seconds * 1000));
  const memory = milliseconds(records.attemptMemorySeconds);
  const abandonedMemory = milliseconds(records.abandonedSeconds);
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
      if (Array.isArray(reply) && reply.length === 1) return { state: 'done', response: responseOf(reply[0]) };
      // Nothing may count as "done" by mistake: that would drop an event.
      throw new WebhookError('store_unavailable', {
        at: 'redisStore',
        hint: "The client did not return the script's answer in the expected form. Give the store a client without options that change replies, such as typeMapping of redis.",
      });
    },
    async extend(key: string, token: string, leaseSeconds: number) {
      return Number(await run(extendScript, prefix + key, [token, leaseAndMemory(leaseSeconds)])) === 1;
    },
    async complete(key: string, token: string, retentionSeconds: number, answer?: StoredResponse) {
      const values = [token, milliseconds(retentionSeconds), records.encodeResponse(answer) ?? ''];
      return Number(await run(completeScript, prefix + key, values)) === 1;
    },
    async release(key: string, token: string, options?: ReleaseOptions) {
      const values = [token, memory, String(records.attemptsTakenBack(options)), abandonedMemory];
      return Number(await run(releaseScript, prefix + key, values)) === 1;
    },
    async raiseWatermark(key: string, position: number | undefined, retentionSeconds: number) {
      const values = [position === undefined ? '' : String(position), milliseconds(retentionSeconds)];
      const before = await run(raiseScript, prefix + key, values);
      return before === null || before === undefined ? undefined : Number(before);
    },
  };
}

/**
 * An integer, which a client may be configured to return as text: `stringNumbers` of ioredis, `typeMapping` of redis.
 */
function integerOf(reply: unknown): number | undefined {
  if (typeof reply === 'number') return reply;
  return typeof reply === 'string' && /^-?\d+$/.test(reply) ? Number(reply) : undefined;
}

/** Some clients parse JSON text into values, or leave texts as bytes. */
function responseOf(detail: unknown) {
  if (detail instanceof Uint8Array) return records.decodeResponse(new TextDecoder().decode(detail));
  return typeof detail === 'object' && detail !== null ? (detail as never) : records.decodeResponse(detail as string);
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

/** True if a server does not know a script by its name (any more), so that it must be sent in full. */
export function isUnknownScript(error: unknown): boolean {
  return String((error as Error | undefined)?.message).includes('NOSCRIPT');
}
