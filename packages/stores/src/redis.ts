/** A dedupe store in Redis or Valkey: one Lua call per step, one key per claim, on the server's clock. */

import { type DedupeStore, type StoreFinding, WebhookError } from '@countersign/core';
import { absorbIdleErrors } from './idle-errors.ts';
import { redisSteps, runBySha } from './redis-scripts.ts';

/** What the store needs of ioredis, its `Cluster`, or iovalkey. */
export interface IoredisClient {
  evalsha(sha: string, numberOfKeys: number, ...keysAndValues: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndValues: string[]): Promise<unknown>;
  info?(section: string): Promise<string>;
}

/** What the store needs of a client of the package redis, or its cluster. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  info?(section: string): Promise<string>;
}

export interface RedisStoreOptions {
  /** Your own client: ioredis, redis, iovalkey; alone or a cluster. The store opens and closes nothing. */
  readonly client: IoredisClient | NodeRedisClient;
  /** What every key begins with. Default `countersign:`. */
  readonly prefix?: string;
}

/**
 * Remembers claims in Redis or Valkey (from Redis 5 on).
 *
 * Redis forgets what it had not written to disk when it crashes: use appendonly yes, and appendfsync always where a
 * second run after a crash of Redis is not acceptable. Memory: about 250 bytes for each completed event.
 *
 * @throws options_invalid
 */
export function redisStore({ client, prefix = 'countersign:' }: RedisStoreOptions): DedupeStore {
  if (typeof client !== 'object' || client === null || !('evalSha' in client || 'evalsha' in client)) {
    throw new WebhookError('options_invalid', {
      at: 'redisStore.client',
      hint: 'It takes a client of ioredis, redis or iovalkey.',
    });
  }
  absorbIdleErrors(client);
  const steps = redisSteps((script, key, values) => {
    if ('evalSha' in client) {
      const options = { keys: [key], arguments: [...values] };
      return runBySha(
        script,
        (sha) => client.evalSha(sha, options),
        (source) => client.eval(source, options),
      );
    }
    return runBySha(
      script,
      (sha) => client.evalsha(sha, 1, key, ...values),
      (source) => client.eval(source, 1, key, ...values),
    );
  }, prefix);
  return { ...steps, check: () => findSettings(client) };
}

/** Reads INFO, which managed services allow where CONFIG is closed. */
async function findSettings(client: IoredisClient | NodeRedisClient): Promise<readonly StoreFinding[]> {
  if (client.info === undefined) return [];
  const findings: StoreFinding[] = [];
  const persistence = await client.info('persistence');
  if (/^aof_enabled:0/m.test(persistence)) {
    findings.push({
      code: 'not_durable',
      message:
        'Redis runs without an append-only file: events completed since its last snapshot run again if it crashes. Set appendonly yes.',
    });
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    findings.push({
      code: 'may_evict',
      message: `Redis drops live records when memory is short (maxmemory-policy ${policy}), and their events could run again. Set noeviction.`,
    });
  }
  return findings;
}
