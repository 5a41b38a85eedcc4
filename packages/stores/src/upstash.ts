/** A dedupe store in Upstash Redis: one HTTP request with a Lua script per step, on the server's clock. */

import { type DedupeStore, defineStore, WebhookError } from '@countersign/core';
import { isUnknownScript, type RedisScript, redisScript, redisSteps } from './redis-scripts.ts';
import { withSureReleases } from './sure-releases.ts';
import { withBareErrors } from './with-bare-errors.ts';

/** The parts of a client from the package @upstash/redis, in any of its builds, that the store uses. */
export interface UpstashClient {
  evalsha(sha: string, keys: string[], values: string[]): Promise<unknown>;
  eval(script: string, keys: string[], values: string[]): Promise<unknown>;
}

export interface UpstashStoreOptions {
  /** Your own client from @upstash/redis. The store does not change its settings. */
  readonly client: UpstashClient;
  /** The prefix of every key. Default `countersign:`. */
  readonly prefix?: string;
}

/**
 * Remembers claims in Upstash Redis over HTTP, for functions that cannot keep a connection open.
 *
 * Leases and retention use the server's clock and end to the millisecond. A claim and a completion are one request
 * each, plus one when the server sees a script for the first time; the client's automatic pipelining sends concurrent
 * steps together. The keys are the same as those of `redisStore`.
 *
 * Each step is a write, which the leader of its key runs atomically. Upstash copies writes to its replicas afterwards:
 * if a leader fails, writes that it had not passed on are lost, and their events can run a second time. Leave eviction
 * off, as it is by default: it would drop live records when memory is short.
 *
 * The client retries by itself when the network fails. A claim whose answer was lost this way is recognised by its
 * token.
 *
 * @example
 * const store = upstashStore({ client: Redis.fromEnv() });
 *
 * @throws options_invalid
 * @see https://upstash.com/docs/redis/features/consistency (leader, asynchronous replicas; read 2026-11-21)
 * @see https://upstash.com/docs/redis/features/eviction (off by default; read 2026-11-21)
 */
export function upstashStore({ client, prefix = 'countersign:' }: UpstashStoreOptions): DedupeStore {
  if (typeof client?.evalsha !== 'function' || typeof client.eval !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'upstashStore.client',
      hint: 'Expected a client of @upstash/redis: new Redis({ url, token }).',
    });
  }
  if (typeof prefix !== 'string') {
    throw new WebhookError('options_invalid', { at: 'upstashStore.prefix', hint: 'Expected a string.' });
  }
  const listed = new Map<RedisScript, RedisScript>();
  const steps = redisSteps(async (script, key, values) => {
    let listing = listed.get(script);
    if (listing === undefined) {
      listing = listReply(script);
      listed.set(script, listing);
    }
    let reply: unknown;
    try {
      reply = await client.evalsha(await listing.sha(), [key], [...values]).catch((error) => {
        if (!isUnknownScript(error)) throw error;
        return client.eval(listing.source, [key], [...values]);
      });
    } catch (error) {
      throw withoutCommand(error);
    }
    if (Array.isArray(reply) && reply.length === 1) return reply[0];
    throw new WebhookError('store_unavailable', {
      at: 'upstashStore',
      hint: 'The client returned something that no script returns. Was it made with a signal that is aborted?',
    });
  }, prefix);
  return defineStore(withBareErrors(withSureReleases(steps)));
}

/**
 * The same script with its reply in a list of one, to tell a reply from something else: a client whose signal is
 * aborted returns the reason as if the server had sent it, and a claim would treat that as a stored response.
 */
function listReply(script: RedisScript): RedisScript {
  return redisScript(`local function step()\n${script.source}\nend\nreturn {step()}`);
}

/** The client's errors quote the command with all its values, including a response body; logs must not get that. */
function withoutCommand(error: unknown): unknown {
  const message = String((error as Error | undefined)?.message);
  const end = message.indexOf(', command was: ');
  if (end < 0) return error;
  return new WebhookError('store_unavailable', {
    at: 'upstashStore',
    hint: `The server answered: ${message.slice(0, end)}`,
  });
}
