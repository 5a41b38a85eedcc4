/** What a handler can do with the client of pg that it gets in mode `transactional`, and what it cannot. */

import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { failureOf, inTransaction, receiveOutside } from './transaction-cases.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('the transaction of pg', missing), () => {
  let server: LiveServer;
  let pool: pg.Pool;
  const setUp = () => postgresStore({ client: pool });
  let store: ReturnType<typeof setUp>;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    pool = new pg.Pool({ connectionString: server.url, max: 10 });
    store = setUp();
    await store.migrate();
    await pool.query('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  beforeEach(async () => void (await pool.query('TRUNCATE effects')));
  const effects = async () => (await pool.query('SELECT id FROM effects ORDER BY id')).rows.map(({ id }) => id);
  const insert = (id: string) => `INSERT INTO effects VALUES ('${id}')`;
  const handler = (work: (client: pg.PoolClient) => unknown) => inTransaction(store, work);

  it.each([
    'COMMIT',
    ' commit ; ',
    'END',
    '/* now */ Commit Work',
    'ROLLBACK',
    'abort',
    "PREPARE TRANSACTION 'mine'",
    'SELECT 1; COMMIT',
    'COMMIT; BEGIN',
    'ROLLBACK AND CHAIN',
  ])('is not ended by %s', async (text) => {
    const broken = handler(async (client) => {
      await client.query(insert('first'));
      const failure = await failureOf(() => client.query(text));
      expect(failure).toMatchObject({ code: 'options_invalid', at: 'context.transaction' });
      expect(await effects()).toEqual([]);
      throw new Error('after it');
    });
    await expect(broken).rejects.toThrow('after it');
    expect(await effects()).toEqual([]);
  });

  it('is not ended by COMMIT in any form that query() takes', async () => {
    const { end } = await handler(async (client) => {
      const forms: (() => unknown)[] = [
        () => client.query({ text: 'COMMIT' }),
        () => client.query({ name: 'end', text: 'COMMIT' }),
        () => client.query({ text: 'COMMIT', values: [] }),
        () => client.query('COMMIT', []),
        () =>
          client.query(
            new (class {
              get text() {
                return 'COMMIT';
              }
            })() as never,
          ),
        () => client.query(new Cursor('COMMIT')),
        () => client.query(new QueryStream('COMMIT')),
        () => client.query(new pg.Query('COMMIT')),
      ];
      for (const form of forms) expect((await failureOf(form))?.code).toBe('options_invalid');
      for (const given of [['COMMIT'], ['COMMIT', []], [{ text: 'COMMIT' }]]) {
        const error = await new Promise((resolve) => {
          expect(Reflect.apply(client.query, client, [...given, resolve])).toBeUndefined();
        });
        expect(error).toMatchObject({ code: 'options_invalid' });
      }
      const error = await new Promise((callback) => client.query({ text: 'COMMIT', callback } as never));
      expect(error).toMatchObject({ code: 'options_invalid' });
      await client.query(insert('after'));
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['after']);
  });

  it('completes behind SET LOCAL search_path where its table has the schema, and refuses the event where it has none', async () => {
    const inPublic = postgresStore({ client: pool, table: 'public.countersign_claims' });
    const work = async (client: pg.PoolClient) => {
      await client.query('SET LOCAL search_path TO pg_catalog');
      await client.query("INSERT INTO public.effects VALUES ('elsewhere')");
    };
    await expect(inTransaction(store, work)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await effects()).toEqual([]);
    expect((await inTransaction(inPublic, work)).end).toBe(true);
    expect(await effects()).toEqual(['elsewhere']);
  });

  it('completes behind SET LOCAL ROLE that the handler has ended with RESET ROLE', async () => {
    await pool.query('CREATE ROLE writer; GRANT INSERT ON effects TO writer');
    const work = (end: string) => async (client: pg.PoolClient) => {
      await client.query('SET LOCAL ROLE writer');
      await client.query(insert('by the role'));
      await client.query(end);
    };
    await expect(handler(work('SELECT 1'))).rejects.toMatchObject({ code: '42501' });
    expect(await effects()).toEqual([]);
    expect((await handler(work('RESET ROLE'))).end).toBe(true);
    expect(await effects()).toEqual(['by the role']);
  });

  it('is not ended by a statement that the connection had prepared before', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 2 });
    const held = [await small.connect(), await small.connect()];
    for (const client of held) {
      await client.query('BEGIN');
      await client.query({ name: 'end', text: 'COMMIT' });
      client.release();
    }
    const { end } = await inTransaction(postgresStore({ client: small }), async (client) => {
      expect((await failureOf(() => client.query({ name: 'end' } as never)))?.code).toBe('options_invalid');
    });
    expect(end).toBe(true);
    await small.end();
  });

  it('turns nested transactions into savepoints, and the outer one undoes them', async () => {
    await handler(async (client) => {
      await client.query('BEGIN');
      await client.query(insert('kept'));
      await client.query('begin');
      await client.query(insert('undone'));
      await client.query({ text: 'ROLLBACK' });
      await client.query('COMMIT;');
    });
    expect(await effects()).toEqual(['kept']);
    const failing = handler(async (client) => {
      await client.query('BEGIN');
      await client.query(insert('nested'));
      await client.query('COMMIT');
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await effects()).toEqual(['kept']);
  });

  it('lets a nested transaction fail and be undone in every form', async () => {
    const { end } = await handler(async (client) => {
      const run = (text: string) =>
        new Promise<void>((resolve, reject) => client.query(text, (error) => (error ? reject(error) : resolve())));
      await run('BEGIN');
      await run(insert('a'));
      expect((await failureOf(() => run('SELECT 1 / 0')))?.code).toBe('22012');
      // A COMMIT fails in a transaction that failed, and ORMs then send ROLLBACK.
      expect((await failureOf(() => run('COMMIT')))?.code).toBe('25P02');
      await run('ROLLBACK');
      const cursor = client.query(new Cursor('BEGIN'));
      await cursor.read(1);
      await cursor.close();
      await client.query(insert('b'));
      await client.query('COMMIT');
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['b']);
  });

  it('commits nothing where a nested transaction is open at the end', async () => {
    const failing = handler(async (client) => {
      await client.query('BEGIN');
      await client.query(insert('half'));
    });
    await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining('Await the nested transaction') });
    expect(await effects()).toEqual([]);
  });

  it('stays the handler’s after release(), and cannot be closed', async () => {
    const other: string[] = [];
    const { end } = await handler(async (client) => {
      await client.query(insert('before'));
      expect(client.release()).toBeUndefined();
      client.release(true);
      const beside = await pool.connect();
      await beside.query(insert('beside'));
      beside.release();
      other.push(...(await effects()));
      const failure = await failureOf(() => (client as unknown as pg.Client).end());
      expect(failure).toMatchObject({ code: 'options_invalid', hint: expect.stringContaining('belongs to the store') });
      await client.query(insert('after'));
    });
    expect(other).toEqual(['beside']);
    expect(end).toBe(true);
    expect(await effects()).toEqual(['after', 'before', 'beside']);
    // The look at the database's settings, beside the first claim, may not have ended yet.
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
  });

  it('does not come out of it by way of what its methods give back', async () => {
    await handler(async (client) => {
      const same = client.on('notice', () => undefined);
      expect(same).toBe(client);
      expect((await failureOf(() => same.query('COMMIT')))?.code).toBe('options_invalid');
      client.removeAllListeners('notice');
    });
  });

  it('leaves alone what handlers do with transactions of PostgreSQL', async () => {
    const { end } = await handler(async (client) => {
      expect(client).toBeInstanceOf(pg.Client);
      expect(client.constructor).toBe(pg.Client);
      expectTypeOf(client).toEqualTypeOf<pg.PoolClient>();
      await client.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      expect((await client.query('SHOW transaction_isolation')).rows[0].transaction_isolation).toBe('serializable');
      await client.query("SET LOCAL statement_timeout = '5s'");
      await client.query('SELECT pg_advisory_xact_lock(7)');
      await client.query('SAVEPOINT mine');
      await client.query(insert('undone'));
      await client.query('ROLLBACK TO SAVEPOINT mine');
      await client.query('RELEASE mine');
      await client.query('SAVEPOINT a; SAVEPOINT b; RELEASE a');
      await client.query('DECLARE c CURSOR FOR SELECT generate_series(1, 3) AS n');
      expect((await client.query('FETCH 2 FROM c')).rows).toEqual([{ n: 1 }, { n: 2 }]);
      await client.query("LISTEN news; NOTIFY news, 'a'");
      await client.query('CREATE TEMPORARY TABLE scratch (n int) ON COMMIT DROP');
      await client.query('DO $$ BEGIN INSERT INTO scratch VALUES (1); EXCEPTION WHEN others THEN NULL; END $$');
      const rows: unknown[] = [];
      for await (const row of client.query(new QueryStream('SELECT generate_series(1, 250) AS n'))) rows.push(row);
      expect(rows).toHaveLength(250);
      expect(await client.query(new Cursor('SELECT 1 AS one')).read(5)).toEqual([{ one: 1 }]);
      await client.query({ name: 'insert', text: 'INSERT INTO effects VALUES ($1)', values: ['named'] });
      expect(client.escapeLiteral("it's")).toBe("'it''s'");
      const both = await client.query('SELECT 1 AS a; SELECT 2 AS b');
      expect(both as unknown as unknown[]).toHaveLength(2);
      expect((await client.query({ text: 'SELECT 3', rowMode: 'array' })).rows).toEqual([[3]]);
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['named']);
  });

  it('completes as in mode lease where the handler got out of it, and says so', async () => {
    await receiveOutside(store, async (client) => {
      await client.query(insert('escaped'));
      // Past everything that is handed over.
      await Reflect.apply(pg.Client.prototype.query, client, ['COMMIT']);
    });
    expect(await effects()).toEqual(['escaped']);
    // The look at the database's settings, beside the first claim, may not have ended yet.
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
  });

  it('says so of a handler that got out of it and failed, and not of one whose commit fails', async () => {
    const failing = await handler(async (client) => {
      await client.query(insert('stays'));
      await Reflect.apply(pg.Client.prototype.query, client, ['COMMIT']);
      throw new Error('later');
    });
    expect(failing).toEqual({ end: 'apart', state: 'in_flight' });
    expect(await effects()).toEqual(['stays']);
    await pool.query('CREATE TABLE late_checks (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const uncommitted = handler(async (client) => {
      await client.query(insert('never'));
      await client.query('INSERT INTO late_checks VALUES (1), (1)');
    });
    await expect(uncommitted).rejects.toMatchObject({ code: '23505' });
    expect(await effects()).toEqual(['stays']);
  });

  it('does not report what kept to the transaction', async () => {
    expect(await handler((client) => client.query(insert('kept')))).toEqual({ end: true, state: 'done' });
  });

  it('sends what a handler asks for after the end to nobody, nested or not', async () => {
    let kept: pg.PoolClient | undefined;
    await handler((client) => {
      kept = client;
    });
    for (const text of ['BEGIN', 'COMMIT', insert('late')]) {
      expect((await failureOf(() => kept?.query(text)))?.message).toContain('The transaction is over');
    }
    expect(await effects()).toEqual([]);
    // Two hundred of them leave no listener and no connection behind.
    const before = pool.listenerCount('error');
    for (let n = 0; n < 200; n++) await handler((client) => client.query('SELECT 1'));
    expect(pool.listenerCount('error')).toBe(before);
    // The look at the database's settings, beside the first claim, may not have ended yet.
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
  });

  it('works in pipeline mode', async () => {
    const client = new pg.Pool({ connectionString: server.url, max: 4, pipeline: true } as never);
    const { end } = await inTransaction(postgresStore({ client }), async (transaction) => {
      await Promise.all([
        transaction.query('BEGIN'),
        transaction.query(insert('piped')),
        transaction.query('COMMIT'),
        transaction.query('BEGIN'),
        transaction.query(insert('undone')),
        transaction.query('ROLLBACK'),
      ]);
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['piped']);
    await client.end();
  });
});
