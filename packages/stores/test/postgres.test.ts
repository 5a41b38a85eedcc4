import { findMissing, type LiveServer, startPostgres, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { postgresSchema, postgresStore } from '@countersign/stores/postgres';
import { storeContract } from '@countersign/testing';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekPostgresBy } from './peeked-record.ts';
import { execArgv, titleOf } from './process-options.ts';

const missing = findMissing('postgres');
/** More in the nightly run. */
const ids = process.env.COUNTERSIGN_NIGHTLY === '1' ? 1000 : 300;

const effectTable = 'CREATE TABLE IF NOT EXISTS effects (id text NOT NULL)';

describe.skipIf(missing !== undefined)(titleOf('PostgreSQL', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    proxy = await startTcpProxy(server.port);
    eye = new pg.Pool({ connectionString: server.url, max: 20 });
    await postgresStore({ client: eye }).migrate();
    await eye.query(effectTable);
    process.env.COUNTERSIGN_TEST_POSTGRES = server.url;
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await proxy?.close();
    await server?.stop();
  });
  const peek = peekPostgresBy(async (text, values) => (await eye.query(text, values)).rows);
  const count = async (id: string) =>
    Number((await eye.query('SELECT count(*) FROM effects WHERE id = $1', [id])).rows[0].count);
  const outage = { cut: () => proxy.cut(), restore: () => proxy.restore() };
  const throughProxy = () => server.url.replace(String(server.port), String(proxy.port));

  describe('through a Pool of pg', () => {
    const path = createLossyPath();
    storeContract<pg.PoolClient>(contractRunner, {
      make() {
        const client = new pg.Pool({ connectionString: throughProxy(), max: 25 });
        client.on('connect', (connection) => {
          const query = connection.query.bind(connection) as (...given: unknown[]) => Promise<unknown>;
          // Prepared statements, which the store's steps are.
          const isStep = ([first]: unknown[]) => typeof first === 'object';
          Object.assign(connection, {
            query: (...given: unknown[]) =>
              isStep(given)
                ? path.pass(
                    () => query(...given),
                    () => eye.query(given[0] as pg.QueryConfig),
                  )
                : query(...given),
          });
        });
        return { store: postgresStore({ client }), close: () => client.end() };
      },
      peek,
      outage,
      loss: path,
      effects: {
        write: async (transaction, id) => void (await transaction.query('INSERT INTO effects VALUES ($1)', [id])),
        count,
        commit: (transaction) => transaction.query('COMMIT'),
      },
      processes: { module: new URL('./postgres-make.ts', import.meta.url), execArgv },
    });
  });

  describe('through the package postgres', () => {
    storeContract<postgres.TransactionSql>(contractRunner, {
      make() {
        const client = postgres(throughProxy(), { max: 25, onnotice: () => undefined });
        return { store: postgresStore({ client }), close: () => client.end({ timeout: 1 }) };
      },
      peek,
      outage,
      effects: {
        write: async (transaction, id) => void (await transaction`INSERT INTO effects VALUES (${id})`),
        count,
        commit: async (transaction) => transaction`COMMIT`,
      },
    });
  });

  it('types the transaction of a handler by the client', () => {
    const store = postgresStore({ client: eye });
    expectTypeOf(store.transactionOf).returns.toEqualTypeOf<pg.PoolClient>();
    expect(() => store.transactionOf({ transaction: undefined })).toThrow('transactional');
  });

  it('offers no transactions over a single Client, which cannot have two', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const store = postgresStore({ client });
    expect((await store.claim('single', 30)).state).toBe('claimed');
    expect('transact' in store).toBe(false);
    await client.end();
  });

  it('asks for one round trip at a claim and one at a completion', async () => {
    const texts: string[] = [];
    const query = (text: string, values?: unknown[]) => {
      texts.push(typeof text === 'string' ? text : (text as { text: string }).text);
      return eye.query(text, values);
    };
    const store = postgresStore({ client: { query }, sweep: 'manual' });
    const claim = await store.claim('trips', 30);
    expect(texts).toHaveLength(1);
    if (claim.state === 'claimed') await store.complete('trips', claim.token, 60);
    expect(texts).toHaveLength(2);
    texts.length = 0;
    expect((await store.claim('trips', 30)).state).toBe('done');
    // A duplicate costs a second one, to fetch the answer.
    expect(texts).toHaveLength(2);
  });

  it('stops preparing statements behind a pooler that loses them', async () => {
    let prepared = 0;
    const lossy = {
      query(given: string | { text: string; name?: string; values?: unknown[] }, values?: unknown[]) {
        if (typeof given === 'string') return eye.query(given, values);
        prepared++;
        // What PostgreSQL says to EXECUTE of a name that this connection never prepared.
        return eye.query('EXECUTE countersign_elsewhere');
      },
    };
    const store = postgresStore({ client: lossy, sweep: 'manual' });
    expect((await store.claim('pooled', 30)).state).toBe('claimed');
    expect((await store.claim('pooled', 30)).state).toBe('in_flight');
    expect(prepared).toBe(1);
  });

  it('says to run migrate() where the table is missing or another', async () => {
    const store = postgresStore({ client: eye, table: 'not_there' });
    await expect(store.claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('migrate()'),
    });
    await eye.query('CREATE TABLE other_version (key text PRIMARY KEY)');
    await expect(postgresStore({ client: eye, table: 'other_version' }).claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('another version'),
    });
  });

  it('makes its table in a schema, also when many do so at once', async () => {
    await eye.query('CREATE SCHEMA hooks');
    const store = postgresStore({ client: eye, table: 'hooks.claims' });
    await Promise.all(Array.from({ length: 8 }, () => store.migrate()));
    expect((await store.claim('a', 30)).state).toBe('claimed');
    expect(postgresSchema('hooks.claims')).toContain('hooks.claims');
    expect(() => postgresStore({ client: eye, table: 'a"; DROP TABLE b' })).toThrow('postgresStore.table');
  });

  it('removes expired records in batches and nothing else', async () => {
    const store = postgresStore({ client: eye, table: 'swept', sweep: 'manual' });
    await store.migrate();
    await eye.query(`INSERT INTO swept (key, token, attempt, done, lease_until, expires_at, sweep_on)
      SELECT 'k' || n, '', 1, true, now(), at, (at AT TIME ZONE 'UTC')::date
      FROM (SELECT n, now() + (n - 2500) * interval '1 minute' AS at FROM generate_series(1, 3000) n) AS times`);
    expect([await store.sweep(), await store.sweep(), await store.sweep()]).toEqual([1000, 1000, 500]);
    expect(await store.sweep(10)).toBe(0);
    expect((await eye.query("SELECT count(*) FROM swept WHERE key LIKE 'k%'")).rows[0].count).toBe('500');
  });

  it('sweeps beside claims by itself', async () => {
    const store = postgresStore({ client: eye, table: 'swept_beside' });
    await store.migrate();
    await eye.query(
      `INSERT INTO swept_beside SELECT 'k' || n, '', 1, true, now(), now(), current_date - 1 FROM generate_series(1, 1500) n`,
    );
    const left = async () => Number((await eye.query('SELECT count(*) FROM swept_beside')).rows[0].count);
    for (let claim = 0; claim < 20 && (await left()) > 20; claim++) {
      await store.claim(`fresh ${claim}`, 30);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await left()).toBeLessThanOrEqual(20);
  });

  it(`DC-22 gives each of ${ids} ids one effect with 3 copies over 50 connections, in either isolation`, async () => {
    for (const isolation of ['read committed', 'serializable']) {
      const client = new pg.Pool({
        connectionString: server.url,
        max: 50,
        options: `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`,
      });
      const store = postgresStore({ client });
      const names = Array.from({ length: ids }, (_, n) => `${isolation} ${n}`);
      const deliver = async (id: string) => {
        for (let attempt = 0; attempt < 100; attempt++) {
          const claim = await store.claim(id, 30);
          if (claim.state === 'done') return;
          if (claim.state === 'claimed') {
            const isOwned = await store
              .transact(id, claim.token, 60, async (transaction) => {
                await transaction.query('INSERT INTO effects VALUES ($1)', [id]);
                return undefined;
              })
              .catch(async (error: unknown) => {
                // What the sender would be told as 503.
                if ((error as { code?: string }).code !== '40001') throw error;
                await store.release(id, claim.token);
                return false;
              });
            if (isOwned) return;
          }
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error(`${id} never came through`);
      };
      const queue = [...names, ...names, ...names].sort(() => Math.random() - 0.5);
      await Promise.all(
        Array.from({ length: 100 }, async () => {
          for (let id = queue.pop(); id !== undefined; id = queue.pop()) await deliver(id);
        }),
      );
      const { rows } = await eye.query(
        'SELECT count(*) AS all, count(DISTINCT id) AS ids FROM effects WHERE id LIKE $1',
        [`${isolation} %`],
      );
      expect(rows[0], isolation).toEqual({ all: String(ids), ids: String(ids) });
      await client.end();
    }
  }, 60_000);
});
