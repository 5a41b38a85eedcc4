import { findMissing, type LiveServer, startRedis, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { redisStore } from '@countersign/stores/redis';
import { storeContract } from '@countersign/testing';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekRedisBy } from './peeked-record.ts';
import { execArgv, titleOf } from './process-options.ts';

const missing = findMissing('redis');

describe.skipIf(missing !== undefined)(titleOf('Redis', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: Redis;
  beforeAll(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server.port);
    eye = new Redis(server.port);
    process.env.COUNTERSIGN_TEST_REDIS = server.url;
  }, 60_000);
  afterAll(async () => {
    eye?.disconnect();
    await proxy?.close();
    await server?.stop();
  });

  const peek = peekRedisBy(() => eye);
  const outage = { cut: () => proxy.cut(), restore: () => proxy.restore() };

  it.each([
    ['has run', true, 2],
    ['did not run', false, 1],
  ])(
    'refuses the first copy of a claim, which ioredis sent twice, if it arrives after its handler %s',
    async (_, ran, attempt) => {
      const client = new Redis(server.port);
      const sent: unknown[][] = [];
      const evalsha = client.evalsha.bind(client) as (...given: unknown[]) => Promise<unknown>;
      Object.assign(client, {
        evalsha: (...given: unknown[]) => {
          sent.push(given);
          return evalsha(...given);
        },
      });
      const store = redisStore({ client });
      const key = `copy ${ran}`;
      const claim = await store.claim(key, 30);
      const copy = sent[0] as unknown[];
      expect(await store.release(key, (claim as { token: string }).token, { ran })).toBe(true);
      expect(await evalsha(...copy)).toBe(-1);
      expect(await store.claim(key, 30)).toMatchObject({ state: 'claimed', attempt });
      client.disconnect();
    },
  );

  describe('through ioredis', () => {
    const path = createLossyPath();
    storeContract(contractRunner, {
      make() {
        const client = new Redis(proxy.port, { maxRetriesPerRequest: 1, retryStrategy: () => 50 });
        const evalsha = client.evalsha.bind(client) as (...given: unknown[]) => Promise<unknown>;
        Object.assign(client, { evalsha: (...given: unknown[]) => path.pass(() => evalsha(...given)) });
        return { store: redisStore({ client }), close: () => client.disconnect() };
      },
      peek,
      outage,
      loss: path,
      processes: {
        module: new URL('./redis-make.ts', import.meta.url),
        execArgv,
      },
    });
  });

  describe('through the package redis', () => {
    storeContract(contractRunner, {
      async make() {
        const client = createClient({
          socket: { port: proxy.port, host: '127.0.0.1', reconnectStrategy: () => 50 },
          disableOfflineQueue: true,
        });
        const store = redisStore({ client });
        await client.connect();
        return { store, close: () => client.destroy() };
      },
      peek,
      outage,
    });
  });

  it('answers an error where the memory is full, and goes on when there is room again', async () => {
    const client = new Redis(server.port);
    const store = redisStore({ client });
    await eye.config('SET', 'maxmemory', '1');
    await expect(store.claim('full', 30)).rejects.toThrow('OOM');
    await eye.config('SET', 'maxmemory', '0');
    expect((await store.claim('full', 30)).state).toBe('claimed');
    client.disconnect();
  });

  it('answers an error where another value stands under its key', async () => {
    const client = new Redis(server.port);
    await eye.lpush('countersign:taken', 'something else');
    await expect(redisStore({ client }).claim('taken', 30)).rejects.toThrow('WRONGTYPE');
    client.disconnect();
  });

  it('DC-21 asks for one script at each step, and sends it whole once', async () => {
    const client = new Redis(server.port);
    // A monitor takes what the client asks when it gets ready for an answer of its own.
    await client.ping();
    const seen: string[] = [];
    const monitor = await eye.duplicate().monitor();
    monitor.on('monitor', (_: string, [name = '']: string[], source: string) => {
      // What a script calls is reported too, as coming from Lua.
      if (source !== 'lua') seen.push(name.toLowerCase());
    });
    await client.script('FLUSH');
    const store = redisStore({ client, prefix: 'monitored:' });
    for (const key of ['a', 'b']) {
      const claim = await store.claim(key, 30);
      if (claim.state !== 'claimed') throw new Error('not claimed');
      await store.extend(key, claim.token, 30);
      await store.complete(key, claim.token, 60);
    }
    await vi.waitFor(() => expect(seen.filter((name) => name.startsWith('eval'))).toHaveLength(9));
    const once = ['evalsha', 'eval'];
    expect(seen.filter((name) => name.startsWith('eval'))).toEqual([
      ...once,
      ...once,
      ...once,
      'evalsha',
      'evalsha',
      'evalsha',
    ]);
    expect(seen).not.toContain('get');
    monitor.disconnect();
    client.disconnect();
  });

  it('goes on after FLUSHDB and after a restart that forgot the scripts', async () => {
    const client = new Redis(server.port);
    const store = redisStore({ client });
    expect((await store.claim('flushed', 30)).state).toBe('claimed');
    await eye.flushdb();
    expect((await store.claim('flushed', 30)).state).toBe('claimed');
    await client.script('FLUSH');
    expect((await store.claim('flushed', 30)).state).toBe('in_flight');
    client.disconnect();
  });

  it('warns of a server that keeps nothing, or may evict what it keeps', async () => {
    const client = new Redis(server.port);
    const store = redisStore({ client });
    expect(await store.check?.()).toEqual([expect.objectContaining({ code: 'not_durable' })]);
    await eye.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eye.config('SET', 'appendonly', 'yes');
    expect(await store.check?.()).toEqual([expect.objectContaining({ code: 'may_evict' })]);
    await eye.config('SET', 'maxmemory-policy', 'noeviction');
    expect(await store.check?.()).toEqual([]);
    await eye.config('SET', 'appendonly', 'no');
    client.disconnect();
  });

  it.each(['ioredis', 'redis'])(
    'goes on over %s at the new primary, where the old one stays up as a replica',
    async (name) => {
      const [first, second] = [await startRedis(), await startRedis()];
      const wire = await startTcpProxy(first.port);
      const io = new Redis(wire.port);
      const node = createClient({ url: `redis://127.0.0.1:${wire.port}` });
      await node.connect();
      const store = redisStore({ client: name === 'ioredis' ? io : node });
      expect((await store.claim('before', 30)).state).toBe('claimed');
      const admin = new Redis(first.port);
      await admin.replicaof('127.0.0.1', second.port);
      // The address leads to the old one for a while.
      for (let step = 0; step < 3; step++) {
        await expect(store.claim('early', 30)).rejects.toMatchObject({
          code: 'store_unavailable',
          hint: expect.stringContaining('replica'),
        });
      }
      wire.redirect(second.port);
      const claim = async () => (await store.claim('after', 30)).state;
      await expect.poll(() => claim().catch(String), { timeout: 10_000 }).toBe('claimed');
      expect((await store.claim('early', 30)).state).toBe('claimed');
      io.disconnect();
      node.destroy();
      admin.disconnect();
      await wire.close();
      await Promise.all([first.stop(), second.stop()]);
    },
    30_000,
  );

  it('keeps two apps apart by the prefix of their keys', async () => {
    const client = new Redis(server.port);
    for (const prefix of ['one:', 'two:']) {
      expect((await redisStore({ client, prefix }).claim('same', 30)).state).toBe('claimed');
    }
    expect(await eye.exists('one:same', 'two:same')).toBe(2);
    client.disconnect();
  });

  it('refuses what is no client', () => {
    for (const client of [undefined, null, {}, 'redis://127.0.0.1']) {
      expect(() => redisStore({ client: client as never })).toThrow('redisStore.client');
    }
  });
});

describe.skipIf(missing !== undefined)(titleOf('a Redis cluster of three', missing), () => {
  const nodes: LiveServer[] = [];
  let eye: Cluster;
  beforeAll(async () => {
    for (let node = 0; node < 3; node++) nodes.push(await startRedis({ isClusterNode: true }));
    const clients = nodes.map(({ port }) => new Redis(port));
    for (const [node, client] of clients.entries()) {
      await client.call(
        'CLUSTER',
        'ADDSLOTSRANGE',
        String([0, 5461, 10_923][node]),
        String([5460, 10_922, 16_383][node]),
      );
      if (node > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port));
    }
    for (const client of clients) {
      await vi.waitFor(async () => expect(await client.call('CLUSTER', 'INFO')).toContain('cluster_state:ok'), 20_000);
      client.disconnect();
    }
    eye = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  }, 60_000);
  afterAll(async () => {
    eye?.disconnect();
    for (const node of nodes) await node.stop();
  });

  it('spreads claims over its nodes and gives each to one, through ioredis and the package redis', async () => {
    const other = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) });
    other.on('error', () => undefined);
    await other.connect();
    const stores = [redisStore({ client: eye }), redisStore({ client: other })];
    const keys = Array.from({ length: 100 }, (_, n) => `spread ${n}`);
    for (const key of keys) {
      const claims = await Promise.all([...stores, ...stores].map((store) => store.claim(key, 30)));
      const given = claims.filter((claim) => claim.state === 'claimed');
      expect(given).toHaveLength(1);
      const owner = given[0]?.state === 'claimed' ? given[0].token : '';
      expect(await stores[0]?.complete(key, owner, 60, { status: 202 })).toBe(true);
      expect(await stores[1]?.claim(key, 30)).toEqual({ state: 'done', response: { status: 202 } });
    }
    const sizes = await Promise.all(eye.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    for (const size of sizes) expect(size).toBeGreaterThan(10);
    await other.close();
  });
});
