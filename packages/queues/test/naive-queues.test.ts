/** Queues that look right and are not, as people write them. The contract must not let them pass. */

import { findMissing, type LiveServer, startRedis, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import type { ContractRunner } from '@countersign/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobQueue } from '../src/index.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('redis');

describe.skipIf(missing !== undefined)(titleOf('naive queues', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: Redis;
  beforeAll(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server.port);
    eye = new Redis(server.port);
  });
  afterAll(async () => {
    eye?.disconnect();
    await proxy?.close();
    await server?.stop();
  });

  /** A list in Redis. What differs is when it says that a job is on the list, and when it takes a job off. */
  const listQueue = (
    name: string,
    redis: Redis,
    { confirms, keeps }: { confirms: boolean; keeps: boolean },
  ): JobQueue => ({
    name,
    engine: 'a list',
    maxJobBytes: 1_048_576,
    seal: undefined,
    async publish({ text }) {
      const pushed = redis.lpush(name, text);
      if (confirms) await pushed;
      else pushed.catch(() => undefined);
    },
    async take(run) {
      let isClosed = false;
      const loop = async () => {
        while (!isClosed) {
          const text = await eye.lmove(name, `${name}:active`, 'RIGHT', 'LEFT');
          if (text === null) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            continue;
          }
          if (!keeps) await eye.lrem(`${name}:active`, 1, text);
          try {
            await run({ job: text, messageId: '', delivery: undefined });
            await eye.lrem(`${name}:active`, 1, text);
          } catch {
            const attempts = await eye.hincrby(`${name}:attempts`, text, 1);
            await eye.lrem(`${name}:active`, 1, text);
            await eye.lpush(attempts < 3 ? name : `${name}:dead`, text);
          }
        }
      };
      const running = loop();
      return {
        async close() {
          isClosed = true;
          await running;
        },
      };
    },
  });

  const failuresOf = async (kind: { confirms: boolean; keeps: boolean }) => {
    const cases: [name: string, body: () => Promise<void>][] = [];
    const runner: ContractRunner = {
      describe: (_, body) => body(),
      it: (name: string, body: () => Promise<void>) => cases.push([name, body]),
    };
    testEngine(
      {
        outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
        async make() {
          const name = freshName();
          const redis = new Redis(proxy.port, {
            maxRetriesPerRequest: 0,
            enableOfflineQueue: false,
            lazyConnect: true,
          });
          redis.on('error', () => undefined);
          await redis.connect();
          return {
            queue: listQueue(name, redis, kind),
            pending: async () => (await eye.llen(name)) + (await eye.llen(`${name}:active`)),
            dead: () => eye.llen(`${name}:dead`),
            close: () => redis.disconnect() as never,
          };
        },
      },
      runner,
    );
    const wanted = /acknowledges an event|keeps a job until|delivered twice|503 while/;
    const failed: string[] = [];
    let tried = 0;
    for (const [name, body] of cases) {
      if (!wanted.test(name)) continue;
      tried++;
      await body().catch(() => failed.push(name.slice(0, 20)));
    }
    expect(tried).toBe(4);
    return failed;
  };

  it('passes one that waits for Redis and keeps jobs until they are done', async () => {
    expect(await failuresOf({ confirms: true, keeps: true })).toEqual([]);
  });

  it('fails one that acknowledges before it publishes', async () => {
    expect(await failuresOf({ confirms: false, keeps: true })).toContain('answers 503 while th');
  });

  it('fails one that removes a job before its handler has ended', async () => {
    expect(await failuresOf({ confirms: true, keeps: false })).toEqual(['keeps a job until it']);
  });
});
