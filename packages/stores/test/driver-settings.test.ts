/** Options of drivers that change what they return: the store works all the same, or says what to change. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DedupeStore } from '@countersign/core';
import { findMissing, type LiveServer, startPostgres, startRedis } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { sqliteStore } from '@countersign/stores/sqlite';
import BetterSqlite3 from 'better-sqlite3';
import { Redis } from 'ioredis';
import pg from 'pg';
import postgres from 'postgres';
import { createClient, RESP_TYPES } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';

let keys = 0;
/** A claim, a second one, a completion with an answer, a duplicate, a watermark: all that is read from a driver. */
async function requireWorks(store: DedupeStore): Promise<void> {
  const key = `settings ${keys++}`;
  const claim = await store.claim(key, 30);
  expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
  const second = await store.claim(key, 30);
  expect(second.state).toBe('in_flight');
  expect((second as { leaseLeftSeconds: number }).leaseLeftSeconds).toBeGreaterThan(27);
  expect(await store.complete(key, (claim as { token: string }).token, 60, { status: 201, body: 'kept' })).toBe(true);
  expect(await store.claim(key, 30)).toEqual({ state: 'done', response: { status: 201, body: 'kept' } });
  await store.raiseWatermark?.(`${key}.mark`, 1_700_000_000_123.25, 60);
  expect(await store.raiseWatermark?.(`${key}.mark`, undefined, 60)).toBe(1_700_000_000_123.25);
}

const missing = findMissing('postgres') ?? findMissing('redis');

describe.skipIf(missing !== undefined)(titleOf('a store over a driver with odd settings', missing), () => {
  let server: LiveServer;
  let redis: LiveServer;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    redis = await startRedis();
    const client = new pg.Pool({ connectionString: server.url });
    await postgresStore({ client }).migrate();
    await client.end();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await redis?.stop();
  });

  it('works over pg with type parsers of its own for every type but text', async () => {
    const types = { getTypeParser: (oid: number) => (oid === 25 ? String : (value: string) => ({ odd: value })) };
    const client = new pg.Pool({ connectionString: server.url, types: types as never });
    const store = postgresStore({ client });
    const claim = await store.claim('typed', 30);
    expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
    expect(await store.claim('typed', 30)).toMatchObject({ state: 'in_flight', leaseLeftSeconds: 30 });
    await store.complete('typed', (claim as { token: string }).token, 60);
    expect((await store.claim('typed', 30)).state).toBe('done');
    // A position is a float8; what is no number is refused.
    await store.raiseWatermark?.('typed.mark', 1, 60);
    await expect(store.raiseWatermark?.('typed.mark', 2, 60)).rejects.toMatchObject({
      hint: expect.stringContaining('type parsers of pg'),
    });
    await client.end();
  });

  it.each([
    ['camel', postgres.camel],
    ['kebab', postgres.kebab],
  ])('works over postgres that renames columns to %s case', async (_, transform) => {
    const client = postgres(server.url, { transform, onnotice: () => undefined });
    await requireWorks(postgresStore({ client }));
    await client.end();
  });

  it('gives back a claim whose row it refuses, and counts no attempt', async () => {
    const upper = { column: { from: (column: string) => column.toUpperCase() } };
    const wrong = postgres(server.url, { transform: upper, onnotice: () => undefined });
    const right = postgres(server.url, { onnotice: () => undefined });
    const folder = mkdtempSync(join(tmpdir(), 'countersign-settings-'));
    const file = join(folder, 'claims.db');
    const arrays = new DatabaseSync(file, { returnArrays: true } as never);
    const objects = new DatabaseSync(file);
    await sqliteStore({ database: objects }).migrate();
    const over: [string, DedupeStore, DedupeStore][] = [
      ['postgres', postgresStore({ client: wrong }), postgresStore({ client: right })],
      ['sqlite', sqliteStore({ database: arrays }), sqliteStore({ database: objects })],
    ];
    for (const [name, refusing, mended] of over) {
      for (let round = 1; round <= 3; round++) {
        await expect(refusing.claim('refused', 600), name).rejects.toMatchObject({ code: 'store_unavailable' });
      }
      const claim = () => mended.claim('refused', 600);
      await expect.poll(claim, { message: name }).toMatchObject({ state: 'claimed', attempt: 1 });
    }
    arrays.close();
    objects.close();
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([wrong.end(), right.end()]);
  });

  it('names the setting over postgres that renames columns to what the store cannot know', async () => {
    const pascal = postgres(server.url, {
      transform: { column: { from: postgres.toPascal } },
      onnotice: () => undefined,
    });
    await expect(postgresStore({ client: pascal }).claim('pascal', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('transform of postgres'),
    });
    await pascal.end();
  });

  it('works over ioredis with stringNumbers, and over redis with texts for numbers and bytes for texts', async () => {
    const io = new Redis(redis.port, { stringNumbers: true });
    await requireWorks(redisStore({ client: io }));
    io.disconnect();
    const client = createClient({
      url: redis.url,
      commandOptions: { typeMapping: { [RESP_TYPES.NUMBER]: String, [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    await client.connect();
    await requireWorks(redisStore({ client: client as never }));
    await client.close();
  });
});

describe('a SQLite store over a handle with odd settings', () => {
  it('works with integers as BigInt', async () => {
    const database = new DatabaseSync(':memory:', { readBigInts: true } as never);
    await sqliteStore({ database }).migrate();
    await requireWorks(sqliteStore({ database }));
    const other = new BetterSqlite3(':memory:').defaultSafeIntegers(true);
    await sqliteStore({ database: other }).migrate();
    await requireWorks(sqliteStore({ database: other }));
  });

  it('names the setting where rows come as arrays', async () => {
    const database = new DatabaseSync(':memory:', { returnArrays: true } as never);
    const store = sqliteStore({ database });
    await store.migrate();
    await expect(store.claim('arrays', 30)).rejects.toMatchObject({ hint: expect.stringContaining('returnArrays') });
  });
});
