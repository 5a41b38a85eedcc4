/** A handler that uses the app's own pool beside its transaction: how much of it transactions may take. */

import type { DedupeOptions, Handler } from '@countersign/core';
import { findMissing, type LiveServer, startMariadb, startPostgres } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

const missing = findMissing('postgres') ?? findMissing('mariadb');
let ids = 0;
const deliver = (receiver: ReturnType<typeof receiverOf>, handle: Handler) =>
  receiver.receive(deliveryOf(`evt_${ids++}`), handle as never);
const receiverOf = (store: DedupeOptions['store'], dedupe: Partial<DedupeOptions> = {}) =>
  shopReceiver({ store, namespace: 'pool', mode: 'transactional', ...dedupe }, { handlerTimeoutSeconds: 20 });

describe.skipIf(missing !== undefined)(titleOf('a pool that handlers use beside their transactions', missing), () => {
  let server: LiveServer;
  let maria: LiveServer;
  beforeAll(async () => {
    [server, maria] = await Promise.all([startPostgres({ fsync: false }), startMariadb()]);
    const pool = new pg.Pool({ connectionString: server.url });
    await postgresStore({ client: pool }).migrate();
    await pool.end();
    const other = createPool(maria.url);
    await mysqlStore({ client: other }).migrate();
    await other.end();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await maria?.stop();
  });

  /** Twelve deliveries at once, whose handlers ask the app's pool something in the middle of their transaction. */
  const twelve = async (store: DedupeOptions['store'], ask: () => PromiseLike<unknown>) => {
    const receiver = receiverOf(store);
    let asked = 0;
    const handle = async () => {
      await later(100);
      await ask();
      asked++;
    };
    const startedAt = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => deliver(receiver, handle)));
    const seconds = (performance.now() - startedAt) / 1000;
    return { kinds: outcomes.map(({ kind }) => kind), asked, seconds };
  };
  const expectAllHandled = ({ kinds, asked, seconds }: Awaited<ReturnType<typeof twelve>>) => {
    expect(kinds).toEqual(Array(12).fill('handled'));
    expect(asked).toBe(12);
    expect(seconds).toBeLessThan(4);
  };

  it('keeps half for them in the default pool of pg, so that twelve at once are handled', async () => {
    const pool = new pg.Pool({ connectionString: server.url });
    const run = await twelve(postgresStore({ client: pool }), () => pool.query('SELECT 1'));
    expectAllHandled(run);
    await pool.end();
  });

  it('keeps half for them in the default pool of postgres', async () => {
    const sql = postgres(server.url);
    const run = await twelve(postgresStore({ client: sql }), () => sql`SELECT 1`);
    expectAllHandled(run);
    await sql.end();
  });

  it('keeps half for them in the default pool of mysql2', async () => {
    const pool = createPool(maria.url);
    const run = await twelve(mysqlStore({ client: pool }), () => pool.query('SELECT 1'));
    expectAllHandled(run);
    await pool.end();
  });

  it('counts the transactions of all stores over one pool', async () => {
    const callbacks = createCallbackPool(maria.url);
    const stores = [mysqlStore({ client: callbacks }), mysqlStore({ client: callbacks.promise() })];
    let running = 0;
    let most = 0;
    const handle = async () => {
      most = Math.max(most, ++running);
      await later(50);
      running--;
    };
    await Promise.all(stores.flatMap((store) => Array.from({ length: 8 }, () => deliver(receiverOf(store), handle))));
    expect(most).toBe(5);
    await new Promise<void>((resolve) => callbacks.end(() => resolve()));
  });

  it('answers 503 with a time to come back where the handlers keep their half for too long, and serves the app', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 4 });
    const receiver = receiverOf(postgresStore({ client: pool }));
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const held = [deliver(receiver, () => finished), deliver(receiver, () => finished)];
    await later(200);
    const startedAt = performance.now();
    const third = deliver(receiver, () => undefined);
    await pool.query('SELECT 1');
    expect(performance.now() - startedAt).toBeLessThan(1000);
    const outcome = await third;
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      error: {
        code: 'store_unavailable',
        retryAfterSeconds: 1,
        hint: expect.stringContaining("hold 2 of the pool's 4 connections"),
      },
    });
    finish();
    expect((await Promise.all(held)).map(({ kind }) => kind)).toEqual(['handled', 'handled']);
    expect((await deliver(receiver, () => undefined)).kind).toBe('handled');
    await pool.end();
  });

  it.each([
    ['max of the Pool', () => postgresStore({ client: new pg.Pool({ connectionString: server.url, max: 1 }) })],
    ['max of postgres()', () => postgresStore({ client: postgres(server.url, { max: 1 }) })],
    ['connectionLimit of the pool', () => mysqlStore({ client: createPool({ uri: maria.url, connectionLimit: 1 }) })],
  ])('is refused at the start where it has one connection, by the name %s', (setting, make) => {
    expect(() => receiverOf(make())).toThrow(
      expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining(`${setting} is 1`) }),
    );
    expect(() => receiverOf(make(), { mode: 'lease' })).not.toThrow();
  });

  it('is not bounded where it does not tell its size', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 6 });
    const client = { connect: () => pool.connect(), query: pool.query.bind(pool) as never, totalCount: 0 };
    let running = 0;
    let most = 0;
    const handle = async () => {
      most = Math.max(most, ++running);
      for (let round = 0; round < 200 && most < 5; round++) await later(20);
      running--;
    };
    const receiver = receiverOf(postgresStore({ client }));
    await Promise.all(Array.from({ length: 5 }, () => deliver(receiver, handle)));
    expect(most).toBe(5);
    await pool.end();
  });
});
