/** What is left of a driver's error: nothing of a response, whatever the driver puts into it. */

import { inspect } from 'node:util';
import { findMissing, type LiveServer, startMariadb, startPostgres, startRedis } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';

const missing = findMissing('postgres') ?? findMissing('mariadb') ?? findMissing('redis');
const answer = { status: 200, body: 'a private response' };

describe.skipIf(missing !== undefined)(titleOf('the errors of a store', missing), () => {
  const servers: LiveServer[] = [];
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    servers.push(await startPostgres({ fsync: false }), await startMariadb(), await startRedis());
  }, 60_000);
  afterAll(async () => {
    for (const close of closers) await close();
    for (const server of servers) await server.stop();
  });
  const [refuses, table] = ["CHECK (answer NOT LIKE '%private%')", 'countersign_claims'];

  it.each([
    [
      'pg',
      '23514',
      async () => {
        const client = new pg.Pool({ connectionString: servers[0]?.url });
        closers.push(() => client.end());
        const store = postgresStore({ client });
        await store.migrate();
        await client.query(`ALTER TABLE ${table} ADD CONSTRAINT quiet ${refuses}`);
        return store;
      },
    ],
    [
      'postgres',
      '23514',
      async () => {
        const client = postgres(servers[0]?.url as string, { debug: true, onnotice: () => undefined });
        closers.push(() => client.end({ timeout: 1 }));
        return postgresStore({ client });
      },
    ],
    [
      'mysql2',
      // Its name for a number that MySQL and MariaDB use for different things.
      expect.any(String),
      async () => {
        const client = createPool({ uri: servers[1]?.url as string });
        closers.push(() => client.end());
        const store = mysqlStore({ client });
        await store.migrate();
        await client.query(`ALTER TABLE ${table} ADD CONSTRAINT quiet ${refuses}`);
        return store;
      },
    ],
    [
      'ioredis',
      undefined,
      async () => {
        const client = new Redis(servers[2]?.port as number);
        closers.push(() => client.disconnect());
        const store = redisStore({ client });
        const { claim } = store;
        store.claim = async (...given) => {
          const claimed = await claim(...given);
          await client.del('countersign:quiet');
          await client.lpush('countersign:quiet', 'no text');
          return claimed;
        };
        return store;
      },
    ],
  ])('of %s keep name, code and message', async (_, code, open) => {
    const store = await open();
    const claim = await store.claim('quiet', 30);
    if (claim.state !== 'claimed') throw new Error(`not claimed but ${claim.state}`);
    const failure = await store.complete('quiet', claim.token, 60, answer).then(
      () => undefined,
      (error: unknown) => error,
    );
    await store.release('quiet', claim.token).catch(() => undefined);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message.length).toBeGreaterThan(10);
    expect((failure as { code?: unknown }).code).toEqual(code);
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('private');
  });
});
