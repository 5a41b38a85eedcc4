/** Mode `transactional` of a receiver, over real databases: what commits, what does not, and what the sender hears. */

import type { DedupeOptions, Handler } from '@countersign/core';
import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

const missing = findMissing('postgres');
let ids = 0;

describe.skipIf(missing !== undefined)(titleOf('a receiver in mode transactional on PostgreSQL', missing), () => {
  let server: LiveServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    pool = new pg.Pool({ connectionString: server.url, max: 10 });
    await postgresStore({ client: pool }).migrate();
    await pool.query('CREATE TABLE effects (id text NOT NULL, attempt integer)');
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });

  const effects = async (id: string) =>
    (await pool.query('SELECT attempt FROM effects WHERE id = $1', [id])).rows.map(({ attempt }) => attempt);
  const setUp = (dedupe: Partial<DedupeOptions> = {}, handlerTimeoutSeconds = 5, client = pool, more: object = {}) => {
    const store = postgresStore({ client });
    const receiver = shopReceiver(
      { store, namespace: `e${ids}`, mode: 'transactional', leaseSeconds: 1, ...dedupe },
      { handlerTimeoutSeconds, ...more },
    );
    const id = `evt_${ids++}`;
    const write: Handler = async (_, context) =>
      void (await store.transactionOf(context).query('INSERT INTO effects VALUES ($1, $2)', [id, context.attempt]));
    return {
      store,
      receiver,
      id,
      write,
      receive: (handle: Handler) => receiver.receive(deliveryOf(id), handle as never),
    };
  };

  it('commits the effect and the record together, and answers the next as a duplicate', async () => {
    const { receive, write, id } = setUp();
    const first = await receive(async (event, context) => {
      await write(event, context);
      return { status: 202, body: 'ok' };
    });
    expect(first).toMatchObject({ kind: 'handled', response: { status: 202 } });
    expect(await receive(write)).toMatchObject({ kind: 'duplicate', response: { status: 202, body: 'ok' } });
    expect(await effects(id)).toEqual([1]);
  });

  it('undoes the effect of a handler that throws or answers 500, and runs it again at once', async () => {
    const { receive, write, id } = setUp();
    const failing = await receive(async (event, context) => {
      await write(event, context);
      throw new Error('handler');
    });
    expect(failing).toMatchObject({ kind: 'failed', cause: { message: 'handler' } });
    const answering = await receive(async (event, context) => {
      await write(event, context);
      return { status: 503 };
    });
    expect(answering).toMatchObject({ kind: 'failed', response: { status: 503 } });
    expect(await effects(id)).toEqual([]);
    expect((await receive(write)).kind).toBe('handled');
    expect(await effects(id)).toEqual([3]);
  });

  it('holds the claim by renewals for longer than a lease', async () => {
    const { receive, write, id } = setUp();
    const slow = receive(async (event, context) => {
      await later(1600);
      await write(event, context);
    });
    await later(1300);
    expect((await receive(write)).kind).toBe('in_flight');
    expect((await slow).kind).toBe('handled');
    expect(await effects(id)).toEqual([1]);
  });

  it('commits what a handler finishes after its deadline, while the claim is held', async () => {
    const { receive, write, id } = setUp({}, 0.1);
    const outcome = await receive(async (event, context) => {
      await later(300);
      await write(event, context);
    });
    expect(outcome).toMatchObject({ kind: 'failed', cause: { name: 'TimeoutError' } });
    expect(await effects(id)).toEqual([]);
    await later(400);
    expect(await effects(id)).toEqual([1]);
    expect((await receive(write)).kind).toBe('duplicate');
  });

  it('rolls back a handler that hangs, frees its connection, and refuses what it writes later', async () => {
    const { receive, write, id, store } = setUp({}, 0.1);
    let late: unknown;
    const outcome = await receive(async (_, context) => {
      const transaction = store.transactionOf(context);
      await transaction.query('INSERT INTO effects VALUES ($1, 99)', [id]);
      await later(1500);
      late = await (async () => transaction.query('INSERT INTO effects VALUES ($1, 100)', [id]))().catch(
        (error: Error) => error.message,
      );
    });
    expect(outcome.kind).toBe('failed');
    await later(1700);
    expect(late).toContain('The transaction is over');
    expect(await effects(id)).toEqual([]);
    expect((await receive(write)).kind).toBe('handled');
    expect(await effects(id)).toEqual([2]);
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
  });

  it('undoes the effect of an owner whose claim was taken over', async () => {
    const { receive, write, id } = setUp();
    let aborted: unknown;
    const first = receive(async (event, context) => {
      // As if this process had stood still for longer than its lease.
      const { key } = await event.identity();
      await pool.query("UPDATE countersign_claims SET lease_until = now() - interval '1 second' WHERE key = $1", [key]);
      await write(event, context);
      expect((await receive(write)).kind).toBe('handled');
      await later(500);
      aborted = context.signal.aborted;
    });
    expect((await first).kind).toBe('failed');
    expect(aborted).toBe(true);
    expect(await effects(id)).toEqual([2]);
  });

  it('does not call handled what did not commit, and runs again what it cannot know of', async () => {
    const { receive, write, id, store } = setUp();
    const outcome = await receive(async (event, context) => {
      await write(event, context);
      const transaction = store.transactionOf(context);
      const { rows } = await transaction.query('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await later(50);
    });
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable', retryAfterSeconds: 5 } });
    expect(await effects(id)).toEqual([]);
    expect((await receive(write)).kind).toBe('handled');
    expect(await effects(id)).toEqual([2]);
  });

  it('does not call handled what a handler wrote in a transaction that had failed', async () => {
    const { receive, write, id, store } = setUp();
    const outcome = await receive(async (event, context) => {
      await write(event, context);
      await store
        .transactionOf(context)
        .query('SELECT 1 / 0')
        .catch(() => undefined);
    });
    // Not the store's fault: the handler has caught an error, after which PostgreSQL commits nothing.
    expect(outcome).toMatchObject({ kind: 'failed', cause: { code: '25P02' } });
    expect(await effects(id)).toEqual([]);
  });

  it('answers 503 when the pool has no connection left, and does not run the handler', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 2 });
    const { receive, write, id } = setUp({ timeoutSeconds: 0.3 }, 5, small);
    const held = await Promise.all([small.connect(), small.connect()]);
    expect(await receive(write)).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable' } });
    for (const client of held) client.release();
    await later(100);
    expect(await effects(id)).toEqual([]);
    expect((await receive(write)).kind).toBe('handled');
    await small.end();
  });

  it('does not run the handler of a transaction that opened too late', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 2 });
    const { receive, write, id, store } = setUp({ timeoutSeconds: 0.3 }, 5, small);
    const { transact } = store;
    store.transact = async (...given) => {
      store.transact = transact;
      const held = await Promise.all([small.connect(), small.connect()]);
      setTimeout(() => {
        for (const client of held) client.release();
      }, 600);
      return transact(...given);
    };
    let runs = 0;
    const outcome = await receive(() => {
      runs++;
    });
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable' } });
    await later(600);
    expect(runs).toBe(0);
    expect((await receive(write)).kind).toBe('handled');
    // The claim under which nothing ran is not an attempt.
    expect(await effects(id)).toEqual([1]);
    await small.end();
  });

  it('runs an event for the first time that came three times while the table was locked or the pool was empty', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 2 });
    const buried: number[] = [];
    const deadLetter = {
      afterAttempts: 3,
      handle: (_: unknown, { attempts }: { attempts: number }) => void buried.push(attempts),
    };
    const { receive, write, id } = setUp({ timeoutSeconds: 0.2, leaseSeconds: 10 }, 5, small, { deadLetter });
    for (let time = 0; time < 3; time++) {
      // The claim waits in the server for longer than the receiver does, and is granted then.
      const locker = await pool.connect();
      await locker.query('BEGIN; LOCK TABLE countersign_claims IN ACCESS EXCLUSIVE MODE');
      expect((await receive(write)).kind).toBe('rejected');
      await locker.query('ROLLBACK');
      locker.release();
      await later(200);
      // The claim is granted at once, and somebody else takes all connections before the transaction can.
      const taken = new Promise<pg.PoolClient[]>((resolve) =>
        small.once('release', () => resolve(Promise.all([small.connect(), small.connect()]))),
      );
      expect((await receive(write)).kind).toBe('rejected');
      for (const client of await taken) client.release();
      await later(200);
    }
    expect(await receive(write)).not.toHaveProperty('deadLettered');
    expect(await effects(id)).toEqual([1]);
    expect(buried).toEqual([]);
    await small.end();
  });

  it('keeps order per entity within the same transaction', async () => {
    const store = postgresStore({ client: pool });
    const receiver = shopReceiver(
      { store, namespace: 'ordered', mode: 'transactional' },
      { ordering: { entity: () => 'one', position: ({ payload }) => (payload as { n: number }).n } },
    );
    const kinds = [];
    for (const n of [1, 3, 2]) {
      kinds.push((await receiver.receive(deliveryOf(`o${n}`, { n }), () => undefined)).kind);
    }
    expect(kinds).toEqual(['handled', 'handled', 'stale']);
  });
});
