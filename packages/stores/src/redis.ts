/** A dedupe store in Redis or Valkey: one Lua call per step, one key per claim, on the server's clock. */

import { type DedupeStore, defineStore, type ReleaseOptions, type StoreFinding, WebhookError } from '@countersign/core';
import { createAbandonment } from './abandonment.ts';
import { bareError } from './bare-errors.ts';
import { createToken } from './claim-record.ts';
import { absorbIdleErrors } from './idle-errors.ts';
import { isUnknownScript, type RedisScript, type RunScript, redisSteps } from './redis-scripts.ts';
import { silenceSeconds } from './silence.ts';
import { Silence, TimeLimit } from './time-limit.ts';

/** The client is copied at most this often. */
const replacePauseMilliseconds = 1000;

/** The parts of ioredis, its `Cluster`, or iovalkey that the store uses. */
export interface IoredisClient {
  evalsha(sha: string, numberOfKeys: number, ...keysAndValues: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndValues: string[]): Promise<unknown>;
  on?(event: 'end', listener: () => void): unknown;
  duplicate?(options: never): IoredisClient;
  disconnect?(): unknown;
  info?(section: string): Promise<string>;
}

/** The parts of a client from the redis package, or its cluster, that the store uses. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  on?(event: 'end', listener: () => void): unknown;
  duplicate?(options: never): NodeRedisClient;
  connect?(): Promise<unknown>;
  destroy?(): unknown;
  info?(section: string): Promise<string>;
}

type RedisClient = IoredisClient | NodeRedisClient;

export interface RedisStoreOptions {
  /** Your own client: ioredis, redis, iovalkey; single or cluster. The store does not close it. */
  readonly client: IoredisClient | NodeRedisClient;
  /** The prefix of every key. Default `countersign:`. */
  readonly prefix?: string;
}

/**
 * Remembers claims in Redis or Valkey (from Redis 5 on).
 *
 * If Redis crashes, it forgets what it had not written to disk: use appendonly yes, and appendfsync always if a second
 * run after a crash of Redis is not acceptable. Memory: about 250 bytes for each completed event.
 *
 * @example
 * const store = redisStore({ client: new Redis({ maxRetriesPerRequest: 1 }) });
 *
 * @throws options_invalid
 */
export function redisStore({ client, prefix = 'countersign:' }: RedisStoreOptions): DedupeStore {
  if (typeof client !== 'object' || client === null || !('evalSha' in client || 'evalsha' in client)) {
    throw new WebhookError('options_invalid', {
      at: 'redisStore.client',
      hint: 'Expected a client of ioredis, redis or iovalkey.',
    });
  }
  absorbIdleErrors(client);
  const path = createPath(client);
  const limit = new TimeLimit(silenceSeconds, () => abandonment.answered());
  const run: RunScript = (script, key, values) =>
    new Promise((resolve, reject) => {
      const used = path.current();
      limit.watch(sendBySha(used, script, key, values), resolve, (error) => {
        const fail = (reason: unknown) => {
          reject(explain(reason));
          if (reason instanceof Silence || isReadOnly(reason)) path.replace(used);
        };
        if (isUnknownScript(error)) limit.watch(sendScript(used, script.source, key, values), resolve, fail);
        else fail(error);
      });
    });
  const steps = redisSteps(run, prefix);
  const abandonment = createAbandonment((key, token, ran) => steps.release(key, token, { ran }));
  const check = () =>
    findSettings(client).catch((error) => {
      throw bareError(error);
    });
  return defineStore({
    ...steps,
    check,
    // The claim may have been granted anyway; also if the reply is not one that a script returns, because no one gets
    // its token then.
    async claim(key: string, leaseSeconds: number) {
      const token = createToken();
      try {
        return await steps.claim(key, leaseSeconds, token);
      } catch (error) {
        void abandonment.abandon(key, token);
        throw error;
      }
    },
    // A release whose answer was lost is sent again: otherwise the event waits until its lease ends.
    release: (key: string, token: string, options?: ReleaseOptions) =>
      steps.release(key, token, options).catch((error) => {
        void abandonment.abandon(key, token, options?.ran !== false);
        throw error;
      }),
  });
}

/**
 * The error of a primary that has become a replica and kept its connections. Older servers prefix it with other words.
 */
function isReadOnly(error: unknown): boolean {
  return String((error as Error | undefined)?.message).includes('READONLY ');
}

function explain(error: unknown): Error {
  if (isReadOnly(error)) {
    return new WebhookError('store_unavailable', {
      at: 'redisStore',
      hint: 'Redis does not accept writes on this connection: the server is a replica, like an old primary after a failover. The store now uses a connection of its own. If that reaches a replica too, give the store a client of the primary.',
      cause: bareError(error),
    });
  }
  if (!(error instanceof Silence)) return bareError(error);
  return new WebhookError('store_unavailable', {
    at: 'redisStore',
    hint: 'Redis did not answer on this connection; the store now uses one of its own. For your own commands, set commandTimeout (ioredis) or socket.socketTimeout (redis) on your client.',
    cause: error,
  });
}

/** Calls a script by its name. Not an async function, because every step goes through it. */
function sendBySha(client: RedisClient, script: RedisScript, key: string, values: readonly string[]): Promise<unknown> {
  const sha = script.sha();
  if (typeof sha !== 'string') return sha.then(() => sendBySha(client, script, key, values));
  if ('evalSha' in client) return client.evalSha(sha, { keys: [key], arguments: [...values] });
  return client.evalsha(sha, 1, key, ...values);
}

function sendScript(client: RedisClient, source: string, key: string, values: readonly string[]): Promise<unknown> {
  if ('evalSha' in client) return client.eval(source, { keys: [key], arguments: [...values] });
  return client.eval(source, 1, key, ...values);
}

/**
 * The connection to Redis: the app's client, or, once that has gone silent or leads to a replica, a copy of it that the
 * store makes for itself. The app's client is left alone; when it is closed, so is the copy.
 */
function createPath(client: RedisClient) {
  let current = client;
  let replacedAt = Number.NEGATIVE_INFINITY;
  let isEnded = false;
  const close = (copy: RedisClient) => {
    if (copy === client) return;
    // Rejects the pending steps, which no one is waiting for any more.
    if ('evalSha' in copy) copy.destroy?.();
    else copy.disconnect?.();
  };
  client.on?.('end', () => {
    isEnded = true;
    close(current);
  });
  const replace = (lost: RedisClient) => {
    if (lost !== current || client.duplicate === undefined || isEnded) return;
    // A server that does not accept writes says so immediately, and the address may lead to it for a while.
    if (performance.now() - replacedAt < replacePauseMilliseconds) return;
    replacedAt = performance.now();
    close(lost);
    // A step waits until the copy is connected, whatever the app's client does with earlier steps.
    const settings = 'evalSha' in client ? { disableOfflineQueue: false } : { enableOfflineQueue: true };
    const copy = client.duplicate(settings as never);
    absorbIdleErrors(copy);
    if ('evalSha' in copy) copy.connect?.().catch(() => undefined);
    current = copy;
  };
  return { current: () => current, replace };
}

/** Reads INFO, which managed services allow even if CONFIG is disabled. */
async function findSettings(client: IoredisClient | NodeRedisClient): Promise<readonly StoreFinding[]> {
  if (client.info === undefined) return [];
  const findings: StoreFinding[] = [];
  const persistence = await client.info('persistence');
  if (/^aof_enabled:0/m.test(persistence)) {
    findings.push({
      code: 'not_durable',
      message:
        'Redis runs without an append-only file: if it crashes, events completed since its last snapshot run again. Set appendonly yes.',
    });
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    findings.push({
      code: 'may_evict',
      message: `Redis drops live records when memory is short (maxmemory-policy ${policy}), so their events could run again. Set noeviction.`,
    });
  }
  return findings;
}
