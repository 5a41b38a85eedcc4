/** Settings of PostgreSQL under which a step could be lost without a word: it holds, or says which. */

import { inspect } from 'node:util';
import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { storeContract } from '@countersign/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { peekPostgresBy } from './peeked-record.ts';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

/** It does not tell of its transactions, and has no types of its own. */
const olderPg = (await import('pg-8.20' as string)).default as typeof pg;
const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('a session of PostgreSQL', missing), () => {
  let server: LiveServer;
  let eye: pg.Pool;
  beforeAll(async () => {
    // With fsync, as in production: without it the store has something to warn of.
    server = await startPostgres();
    eye = new pg.Pool({ connectionString: server.url, max: 10 });
    await postgresStore({ client: eye }).migrate();
    await eye.query('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await server?.stop();
  });
  const poolWith = (setting: string) =>
    new pg.Pool({ connectionString: server.url, max: 25, options: `-c ${setting.replaceAll(' ', '\\ ')}` });

  it('keeps an answer with letters that the character set of the database lacks', async () => {
    await eye.query("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    const client = new pg.Pool({ connectionString: server.url.replace(/postgres$/, 'latin'), max: 4 });
    const store = postgresStore({ client });
    await store.migrate();
    const response = { status: 200, body: '\u20ac \ud83d\ude80 \u0142 \u00e9 "\\u20ac"' };
    for (const mode of ['lease', 'transactional'] as const) {
      const receiver = shopReceiver({ store, namespace: mode, mode });
      const receive = () => receiver.receive(deliveryOf('latin'), async () => response);
      expect(await receive()).toMatchObject({ kind: 'handled', response });
      expect(await receive()).toMatchObject({ kind: 'duplicate', response });
    }
    await client.end();
  });

  describe.each([
    'default_transaction_isolation=serializable',
    'default_transaction_isolation=repeatable read',
    'session_replication_role=replica',
  ])('with %s', (setting) => {
    storeContract<pg.PoolClient>(contractRunner, {
      make() {
        const client = poolWith(setting);
        return { store: postgresStore({ client }), close: () => client.end() };
      },
      peek: peekPostgresBy(async (text, values) => (await eye.query(text, values)).rows),
    });
  });

  it.each(['repeatable read', 'serializable'])(
    'that is %s lets fifty steps on one row have their turns',
    async (level) => {
      const client = poolWith(`default_transaction_isolation=${level}`);
      const store = postgresStore({ client, sweep: 'manual' });
      const positions = Array.from({ length: 50 }, (_, at) => at + 1);
      await Promise.all(positions.map((position) => store.raiseWatermark?.(`turns ${level}`, position, 60)));
      expect(await store.raiseWatermark?.(`turns ${level}`, undefined, 60)).toBe(50);
      await client.end();
    },
    30_000,
  );

  describe.each([
    ['pg', pg.Pool],
    ['pg before 8.21', olderPg.Pool],
  ])('over %s', (_, Pool) => {
    it('that other code left inside a transaction is closed, and each step is repeated on another', async () => {
      const client = new Pool({ connectionString: server.url, max: 3 });
      const store = postgresStore({ client, sweep: 'manual' });
      const other = postgresStore({ client: eye, sweep: 'manual' });
      const leaveOpen = async (last = 'SELECT 1') => {
        const careless = await Promise.all([1, 2, 3].map(() => client.connect()));
        for (const connection of careless) {
          await connection.query('BEGIN');
          await connection.query(last).catch(() => undefined);
        }
        for (const connection of careless) connection.release();
      };
      const key = `careless ${Pool === pg.Pool}`;
      const printed = vi.spyOn(console, 'warn').mockReturnValue(undefined);
      await leaveOpen();
      const claim = await store.claim(key, 30);
      expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
      expect((await other.claim(key, 30)).state).toBe('in_flight');
      await leaveOpen('SELECT 1 / 0');
      expect(await store.complete(key, (claim as { token: string }).token, 60)).toBe(true);
      expect((await other.claim(key, 30)).state).toBe('done');
      // Once in a process.
      if (Pool === pg.Pool)
        expect(printed.mock.calls).toEqual([[expect.stringMatching(/postgresStore.*undoes.*COMMIT or ROLLBACK/)]]);
      printed.mockRestore();
      await client.end();
    });

    it('that other code left inside a transaction serves no handler, whose COMMIT would commit that', async () => {
      const client = new Pool({ connectionString: server.url, max: 4 });
      const store = postgresStore({ client, sweep: 'manual' });
      const printed = vi.spyOn(console, 'warn').mockReturnValue(undefined);
      for (const last of [`INSERT INTO effects VALUES ('half done')`, 'SELECT 1 / 0']) {
        const key = `careless handler ${Pool === pg.Pool} ${last}`;
        const claim = await postgresStore({ client: eye, sweep: 'manual' }).claim(key, 30);
        if (claim.state !== 'claimed') throw new Error('not claimed');
        const careless = await Promise.all([1, 2, 3, 4].map(() => client.connect()));
        for (const connection of careless) {
          await connection.query('BEGIN');
          await connection.query(last).catch(() => undefined);
        }
        for (const connection of careless) connection.release();
        const end = await store.transact(key, claim.token, 60, async (transaction) => {
          await transaction.query(`INSERT INTO effects VALUES ('handler')`);
          return undefined;
        });
        expect(end).toBe(true);
        const { rows } = await eye.query('DELETE FROM effects RETURNING id');
        expect(rows.map(({ id }) => id)).toEqual(['handler']);
      }
      printed.mockRestore();
      await client.end();
    });

    it('of a pool of one connection leaves the transaction of a handler alone, and refuses steps until it is over', async () => {
      const client = new Pool({ connectionString: server.url, max: 1 });
      const store = postgresStore({ client, sweep: 'manual' });
      const receiver = shopReceiver({ store, namespace: `one ${Pool === pg.Pool}`, leaseSeconds: 1 });
      const outcome = await receiver.receive(deliveryOf('one'), async () => {
        await client.query('BEGIN');
        await client.query(`INSERT INTO effects VALUES ('first half')`);
        // Long enough for two renewals.
        await later(800);
        expect((await receiver.receive(deliveryOf('another'), () => undefined)).kind).toBe('rejected');
        await client.query(`INSERT INTO effects VALUES ('second half')`);
        await client.query('COMMIT');
      });
      expect(outcome.kind).toBe('handled');
      const { rows } = await eye.query('DELETE FROM effects RETURNING id');
      expect(rows.map(({ id }) => id)).toEqual(['first half', 'second half']);
      await client.end();
    });

    it('of a single client inside a transaction refuses each step', async () => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      const store = postgresStore({ client, sweep: 'manual' });
      await client.query('BEGIN');
      await expect(store.claim('single', 30)).rejects.toMatchObject({
        code: 'store_unavailable',
        hint: expect.stringContaining('a transaction open on this connection'),
      });
      await client.query('ROLLBACK');
      expect((await store.claim('single', 30)).state).toBe('claimed');
      await store.release('single', 'nobody');
      await client.query("DELETE FROM countersign_claims WHERE key = 'single'");
      await client.end();
    });
  });

  it('gives up on a pool whose connections all begin a transaction, after twenty', async () => {
    const client = new pg.Pool({ connectionString: server.url, max: 5 });
    let made = 0;
    client.on('connect', (connection) => {
      made++;
      void connection.query('BEGIN');
    });
    await expect(postgresStore({ client, sweep: 'manual' }).claim('begun', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('a transaction open'),
    });
    expect(made).toBeLessThan(50);
    await client.end();
  });

  it('refuses a damaged record without a word of it', async () => {
    const store = postgresStore({ client: eye, sweep: 'manual' });
    const claim = await store.claim('damaged', 30);
    await store.complete('damaged', (claim as { token: string }).token, 60, { fingerprint: 'abcdefgh' });
    await eye.query(`UPDATE countersign_claims SET answer = '{"body":"confidential' WHERE key = 'damaged'`);
    const error = await store.claim('damaged', 30).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store_unavailable', hint: expect.stringContaining('damaged') });
    expect(inspect(error, { depth: 5 })).not.toContain('confidential');
  });

  it('that may not write names the setting', async () => {
    const client = poolWith('default_transaction_read_only=on');
    for (const step of [
      () => postgresStore({ client }).claim('read only', 30),
      () => postgresStore({ client, table: 'made_later' }).migrate(),
    ]) {
      await expect(step()).rejects.toMatchObject({
        code: 'store_unavailable',
        hint: expect.stringContaining('default_transaction_read_only'),
      });
    }
    await client.end();
  });

  it('is warned of where its search_path decides which of several tables is used', async () => {
    await eye.query('CREATE SCHEMA tenant7');
    const store = postgresStore({ client: eye, table: 'Several' });
    await store.migrate();
    expect(await store.check?.()).toEqual([]);
    await postgresStore({ client: eye, table: 'tenant7.several' }).migrate();
    expect(await store.check?.()).toEqual([
      {
        code: 'session_dependent',
        message: expect.stringMatching(/in public, tenant7.*SET search_path.*table: 'public.Several'/),
      },
    ]);
    expect(await postgresStore({ client: eye, table: 'public.several' }).check?.()).toEqual([]);
  });

  it('is warned of where a crash would forget what was done', async () => {
    const store = postgresStore({ client: eye, table: 'checked' });
    await store.migrate();
    expect(await store.check?.()).toEqual([]);
    await eye.query('ALTER TABLE checked SET UNLOGGED');
    const client = poolWith('synchronous_commit=off');
    expect(await postgresStore({ client, table: 'checked' }).check?.()).toEqual([
      { code: 'not_durable', message: expect.stringContaining('synchronous_commit') },
      { code: 'not_durable', message: expect.stringContaining('SET LOGGED') },
    ]);
    await client.end();
  });
});
