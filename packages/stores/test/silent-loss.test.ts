/** Connections that go silent, as when a firewall forgets them: packets vanish, nobody is told, and a new connection works. */

import type { DedupeStore, Handler } from '@countersign/core';
import {
  findMissing,
  type LiveServer,
  startMariadb,
  startPostgres,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import postgres from 'postgres';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

interface Opened {
  readonly store: DedupeStore;
  migrate?(): Promise<void>;
  close(): Promise<unknown> | unknown;
}

const clients = {
  pg: {
    service: 'postgres',
    mostAtOnce: 12,
    open(url: string): Opened {
      const client = new pg.Pool({ connectionString: url });
      const store = postgresStore({ client });
      return { store, migrate: () => store.migrate(), close: () => client.end() };
    },
  },
  // `end({ timeout })` rejects the driver's own question for array types, which nobody awaits: `fetch_types: false` leaves it out.
  postgres: {
    service: 'postgres',
    // It has no way to close one connection: when all ten are silent, only another client helps.
    mostAtOnce: 4,
    open(url: string): Opened {
      const client = postgres(url, { onnotice: () => undefined, fetch_types: false });
      const store = postgresStore({ client });
      return { store, migrate: () => store.migrate(), close: () => client.end({ timeout: 0 }) };
    },
  },
  'postgres and its duplicate': {
    service: 'postgres',
    mostAtOnce: 12,
    open(url: string): Opened {
      const options = { onnotice: () => undefined, fetch_types: false };
      const client = postgres(url, options);
      const copies: postgres.Sql[] = [];
      const duplicate = (changes: object) => {
        const copy = postgres(url, { ...options, ...changes });
        copies.push(copy);
        return copy;
      };
      const store = postgresStore({ client, duplicate });
      return {
        store,
        migrate: () => store.migrate(),
        close: () => Promise.all([client, ...copies].map((one) => one.end({ timeout: 0 }))),
      };
    },
  },
  mysql2: {
    service: 'mariadb',
    mostAtOnce: 12,
    open(url: string): Opened {
      const client = createPool({ uri: url });
      const store = mysqlStore({ client });
      return { store, migrate: () => store.migrate(), close: () => client.end() };
    },
  },
  ioredis: {
    service: 'redis',
    mostAtOnce: 12,
    open(url: string): Opened {
      const client = new Redis(url, { maxRetriesPerRequest: 1 });
      return { store: redisStore({ client }), close: () => client.disconnect() };
    },
  },
  redis: {
    service: 'redis',
    mostAtOnce: 12,
    open(url: string): Opened {
      const client = createClient({ url });
      client.on('error', () => undefined);
      const connected = client.connect();
      return {
        store: redisStore({ client }),
        migrate: async () => void (await connected),
        close: () => client.destroy(),
      };
    },
  },
} as const;
const starts = { postgres: () => startPostgres({ fsync: false }), mariadb: startMariadb, redis: () => startRedis() };
const timeoutSeconds = 1;
/** What misses its limit of time on a busy machine is tried again; what cannot hold it misses it each time. */
const oneByOne = { concurrent: false, retry: 2 };

// They wait for limits of time, so they do it beside each other.
describe.concurrent.each(Object.entries(clients))(
  'after a silent loss of its connections, a receiver over %s',
  (name, { service, mostAtOnce, open }) => {
    const missing = findMissing(service);
    describe.skipIf(missing !== undefined)(titleOf('as documented', missing), oneByOne, () => {
      let server: LiveServer;
      let proxy: TcpProxy;
      beforeAll(async () => {
        server = await starts[service]();
        proxy = await startTcpProxy(server.port);
      }, 60_000);
      afterAll(async () => {
        await proxy?.close();
        await server?.stop();
      });

      /** A client for each case: a connection that one case has lost would lie in the pool of the next. */
      const openOwn = async () => {
        const opened = open(server.url.replace(String(server.port), String(proxy.port)));
        await opened.migrate?.();
        return { ...opened, close: () => Promise.race([opened.close(), later(1000)]) };
      };
      const receiverOf = (store: DedupeStore) =>
        shopReceiver(
          { store, namespace: name, timeoutSeconds, leaseSeconds: 30 },
          { deadLetter: { afterAttempts: 3, handle: () => undefined } },
        );
      let events = 0;

      it.each<number>([1, mostAtOnce])(
        `recovers within ${timeoutSeconds + 5} s, and no event is lost or counted, with %i at a time`,
        async (lanes) => {
          const own = await openOwn();
          const receiver = receiverOf(own.store);
          const attempts = new Map<string, number[]>();
          const handle: Handler = async (event, { attempt }) => {
            attempts.set(event.id as string, [...(attempts.get(event.id as string) ?? []), attempt]);
            await later(5);
          };
          const receive = (id: string) => receiver.receive(deliveryOf(id), handle as never);
          // As many connections as there will be deliveries at once.
          const before = await Promise.all(Array.from({ length: lanes }, () => receive(`before ${events++}`)));
          expect(before.map(({ kind }) => kind)).toEqual(before.map(() => 'handled'));
          proxy.loseConnections();
          const lostAt = performance.now();
          const refused: string[] = [];
          let recoveredAt: number | undefined;
          const lane = async () => {
            while (
              performance.now() - lostAt < 12_000 &&
              (recoveredAt === undefined || performance.now() < recoveredAt + 1000)
            ) {
              const id = `during ${events++}`;
              const { kind } = await receive(id);
              if (kind === 'handled') recoveredAt ??= performance.now();
              else refused.push(id);
              await later(20);
            }
          };
          await Promise.all(Array.from({ length: lanes }, lane));
          const seconds = ((recoveredAt ?? Number.POSITIVE_INFINITY) - lostAt) / 1000;
          expect(seconds, `seconds, ${refused.length} refused`).toBeLessThanOrEqual(timeoutSeconds + 5);
          expect(refused.length).toBeGreaterThan(0);
          // Claims that were granted behind the receiver's back are free again, and none of them was an attempt.
          for (const id of refused) expect((await receive(id)).kind, id).toBe('handled');
          expect([...attempts.values()].filter((runs) => runs.length !== 1 || runs[0] !== 1)).toEqual([]);
          await own.close();
        },
        60_000,
      );

      it('a claim whose packets arrive after its release blocks nothing, and is no attempt', async () => {
        const own = await openOwn();
        const receiver = shopReceiver(
          { store: own.store, namespace: `late ${name}`, timeoutSeconds: 10, leaseSeconds: 30 },
          { deadLetter: { afterAttempts: 1, handle: () => undefined } },
        );
        const attempts: number[] = [];
        const handle = ((_: unknown, { attempt }: { attempt: number }) => void attempts.push(attempt)) as never;
        await receiver.receive(deliveryOf(`before ${name} ${events++}`), handle);
        // Long enough for the sweep beside the claim.
        await later(500);
        proxy.holdConnections();
        const id = `late ${name} ${events++}`;
        expect((await receiver.receive(deliveryOf(id), handle)).kind).toBe('rejected');
        // The store releases the claim over another connection meanwhile.
        await later(2500);
        proxy.deliverHeld();
        await later(500);
        const retried = await receiver.receive(deliveryOf(id), handle);
        expect(retried).toMatchObject({ kind: 'handled' });
        expect(retried).not.toHaveProperty('deadLettered');
        expect(attempts).toEqual([1, 1]);
        await own.close();
      }, 60_000);

      it('sends a release again whose answer got lost', async () => {
        const own = await openOwn();
        const { store } = own;
        const key = `released ${name} ${events++}`;
        const claim = await store.claim(key, 30);
        if (claim.state !== 'claimed') throw new Error(`not claimed but ${claim.state}`);
        // The sweep beside the claim may have opened another connection, which would be free.
        await later(500);
        proxy.loseConnections();
        await expect(store.release(key, claim.token)).rejects.toMatchObject({ code: 'store_unavailable' });
        const free = async () => expect((await store.claim(key, 30)).state).toBe('claimed');
        await vi.waitFor(free, { timeout: 15_000, interval: 100 });
        await own.close();
      }, 60_000);
    });
  },
);

const noPostgres = findMissing('postgres');
describe.skipIf(noPostgres !== undefined)(
  titleOf('a completion whose COMMIT got lost', noPostgres),
  { concurrent: true, retry: 2 },
  () => {
    it('keeps its event from being claimed for seconds, and not until the server gives the connection up', async () => {
      const server = await startPostgres({ fsync: false });
      const proxy = await startTcpProxy(server.port);
      const url = server.url.replace(String(server.port), String(proxy.port));
      const client = new pg.Pool({ connectionString: url, max: 4 });
      client.on('connect', (connection) => {
        const query = connection.query.bind(connection) as (...given: unknown[]) => unknown;
        const losing = (...given: unknown[]) => {
          if (given[0] === 'COMMIT') proxy.loseConnections();
          return query(...given);
        };
        Object.assign(connection, { query: losing });
      });
      const store = postgresStore({ client, sweep: 'manual' });
      await store.migrate();
      const claim = await store.claim('lost', 1);
      if (claim.state !== 'claimed') throw new Error('not claimed');
      await expect(store.transact('lost', claim.token, 60, async () => undefined)).rejects.toMatchObject({
        code: 'store_unavailable',
      });
      const beside = new pg.Pool({ connectionString: server.url });
      const other = postgresStore({ client: beside, sweep: 'manual' });
      const startedAt = performance.now();
      const free = async () => expect((await other.claim('lost', 30)).state).toBe('claimed');
      await vi.waitFor(free, { timeout: 20_000, interval: 100 });
      expect((performance.now() - startedAt) / 1000).toBeLessThan(12);
      await Promise.race([client.end(), later(1000)]);
      await beside.end();
      await proxy.close();
      await server.stop();
    }, 60_000);
  },
);

describe.skipIf(noPostgres !== undefined)(
  titleOf('a transaction over postgres that goes silent', noPostgres),
  { concurrent: true, retry: 2 },
  () => {
    it('ends, and gives its place in the pool back', async () => {
      const server = await startPostgres({ fsync: false });
      const proxy = await startTcpProxy(server.port);
      const url = server.url.replace(String(server.port), String(proxy.port));
      const options = { max: 2, onnotice: () => undefined, fetch_types: false };
      const client = postgres(url, options);
      const copies: postgres.Sql[] = [];
      const duplicate = (changes: object) => {
        copies.push(postgres(url, { ...options, ...changes }));
        return copies.at(-1) as postgres.Sql;
      };
      const store = postgresStore({ client, duplicate });
      await store.migrate();
      const transactOnce = async (key: string, work: () => void) => {
        const claim = await store.claim(key, 30);
        if (claim.state !== 'claimed') throw new Error('not claimed');
        return store.transact(key, claim.token, 60, async () => {
          work();
          return undefined;
        });
      };
      const startedAt = performance.now();
      const silent = await transactOnce('silent', () => proxy.loseConnections()).catch((error) => error);
      expect(silent).toMatchObject({ code: 'store_unavailable', hint: expect.stringContaining('duplicate') });
      expect(performance.now() - startedAt).toBeLessThan(5000);
      // Of two connections one may be in transactions; the other one may have been open and lost as well.
      let end: unknown;
      while (end !== true && performance.now() - startedAt < 20_000) {
        end = await transactOnce(`next ${performance.now()}`, () => undefined).catch(() => undefined);
      }
      expect(end).toBe(true);
      await Promise.all([client, ...copies].map((one) => one.end({ timeout: 0 })));
      await proxy.close();
      await server.stop();
    }, 60_000);
  },
);
