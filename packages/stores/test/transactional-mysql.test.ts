/** What a handler can do with the connection of mysql2 that it gets in mode `transactional`, and what it cannot. */

import { findMissing, type LiveServer, startMariadb } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import type { Connection as CallbackConnection, QueryError } from 'mysql2';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { failureOf, inTransaction, receiveOutside } from './transaction-cases.ts';

const missing = findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('the transaction of mysql2', missing), () => {
  let server: LiveServer;
  let pool: Pool;
  const setUp = () => mysqlStore({ client: pool });
  let store: ReturnType<typeof setUp>;
  beforeAll(async () => {
    server = await startMariadb();
    pool = createPool({ uri: server.url, connectionLimit: 10 });
    store = setUp();
    await store.migrate();
    await pool.query('CREATE TABLE effects (id VARCHAR(64) NOT NULL)');
    await pool.query('CREATE TABLE rows_ (id INT PRIMARY KEY, n INT)');
    await pool.query('CREATE PROCEDURE commits() BEGIN COMMIT; END');
    await pool.query('CREATE PROCEDURE rolls_back() BEGIN ROLLBACK; END');
    await pool.query("CREATE PROCEDURE writes() BEGIN INSERT INTO effects VALUES ('by procedure'); END");
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  beforeEach(async () => {
    await pool.query('DELETE FROM effects');
    await pool.query('REPLACE INTO rows_ VALUES (1, 0), (2, 0)');
  });
  const effects = async () =>
    (await pool.query<RowDataPacket[]>('SELECT id FROM effects ORDER BY id'))[0].map(({ id }) => id);
  const insert = (id: string) => `INSERT INTO effects VALUES ('${id}')`;
  const handler = (work: (connection: PoolConnection) => unknown) => inTransaction(store, work);

  it('is not ended by COMMIT, ROLLBACK or a method, in any form', async () => {
    const { end, state } = await handler(async (connection) => {
      await connection.query(insert('first'));
      const raw = connection.connection as unknown as CallbackConnection;
      const forms: (() => unknown)[] = [
        () => connection.query('COMMIT'),
        () => connection.query('# now\n commit work;'),
        () => connection.query({ sql: 'ROLLBACK' }),
        () => connection.query('/*!50000 COMMIT */'),
        () => connection.execute('COMMIT'),
        () => connection.execute({ sql: 'COMMIT RELEASE' }),
        () => connection.query("XA END 'x'"),
        () => connection.query('SET autocommit = 0'),
        () => connection.query('BEGIN NOT ATOMIC COMMIT; END'),
        () => connection.commit(),
        () => connection.rollback(),
        () => connection.prepare('COMMIT'),
        () => connection.reset(),
        () => connection.changeUser({ user: 'root' }),
        () => connection.end(),
        () => connection.destroy(),
        () => raw.query('COMMIT'),
        () => raw.destroy(),
        () => raw.promise().query('COMMIT'),
        () => raw.promise().commit(),
      ];
      for (const [index, form] of forms.entries()) {
        expect([index, (await failureOf(form))?.code]).toEqual([index, 'options_invalid']);
      }
      const answered = (ask: (callback: (error: QueryError | null) => void) => unknown) =>
        new Promise<{ code?: string } | null>((resolve) => ask(resolve as never));
      expect((await answered((callback) => raw.query('COMMIT', callback)))?.code).toBe('options_invalid');
      expect((await answered((callback) => raw.query('COMMIT', [], callback)))?.code).toBe('options_invalid');
      expect((await answered((callback) => raw.execute('ROLLBACK', callback)))?.code).toBe('options_invalid');
      expect((await answered((callback) => raw.commit(callback)))?.code).toBe('options_invalid');
      expect(await effects()).toEqual([]);
      await connection.query(insert('last'));
    });
    expect({ end, state }).toEqual({ end: true, state: 'done' });
    expect(await effects()).toEqual(['first', 'last']);
  });

  it('turns nested transactions into savepoints, by text and by method, and the outer one undoes them', async () => {
    await handler(async (connection) => {
      await connection.beginTransaction();
      await connection.query(insert('kept'));
      await connection.query('START TRANSACTION');
      await connection.query(insert('undone'));
      await connection.rollback();
      await connection.commit();
      const raw = connection.connection as unknown as CallbackConnection;
      const run = (sql: string) =>
        new Promise<void>((resolve, reject) => raw.query(sql, (error: unknown) => (error ? reject(error) : resolve())));
      await run('BEGIN');
      await run(insert('called back'));
      await expect(run(`RELEASE SAVEPOINT nowhere`)).rejects.toMatchObject({ errno: 1305 });
      await run('COMMIT');
    });
    expect(await effects()).toEqual(['called back', 'kept']);
    const failing = handler(async (connection) => {
      await connection.beginTransaction();
      await connection.query(insert('nested'));
      await connection.commit();
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await effects()).toEqual(['called back', 'kept']);
    await expect(handler((connection) => connection.beginTransaction())).rejects.toMatchObject({
      hint: expect.stringContaining('Await the nested transaction'),
    });
  });

  it('stays the handler’s after release()', async () => {
    const { end } = await handler(async (connection) => {
      await connection.query(insert('before'));
      connection.release();
      (connection.connection as unknown as PoolConnection).release();
      await pool.query(insert('beside'));
      expect(await effects()).toEqual(['beside']);
      await connection.query(insert('after'));
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['after', 'before', 'beside']);
  });

  it('leaves alone what handlers do with a connection', async () => {
    const { end } = await handler(async (connection) => {
      expectTypeOf(connection).toEqualTypeOf<PoolConnection>();
      await connection.execute('INSERT INTO effects VALUES (?)', ['executed']);
      const statement = await connection.prepare('INSERT INTO effects VALUES (?)');
      await statement.execute(['prepared']);
      await statement.close();
      const [rows] = await connection.query({ sql: 'SELECT ? AS a', values: ['; COMMIT'], rowsAsArray: true });
      expect(rows).toEqual([['; COMMIT']]);
      await connection.query('SAVEPOINT mine');
      await connection.query(insert('undone'));
      await connection.query('ROLLBACK TO SAVEPOINT mine');
      await connection.query('CREATE TEMPORARY TABLE scratch (n INT)');
      await connection.query('DROP TEMPORARY TABLE scratch');
      const stream = (connection.connection as unknown as CallbackConnection)
        .query('SELECT seq FROM seq_1_to_50')
        .stream();
      const streamed: unknown[] = [];
      for await (const row of stream) streamed.push(row);
      expect(streamed).toHaveLength(50);
      expect(connection.escape("it's")).toBe("'it\\'s'");
      expect(connection.threadId).toBeGreaterThan(0);
      expect(connection.on('error', () => undefined)).toBe(connection);
      await connection.ping();
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['executed', 'prepared']);
  });

  it.each(['CREATE TABLE made_by_handler (n INT)', 'CALL commits()', "EXECUTE IMMEDIATE 'COMMIT'"])(
    'completes as in mode lease where the handler got out of it by %s, and says so',
    async (sql) => {
      await receiveOutside(store, async (connection) => {
        await connection.query(insert('before'));
        await connection.query(sql);
        await connection.query(insert('after'));
      });
      expect(await effects()).toEqual(['after', 'before']);
    },
  );

  it.each([
    ['a compound statement', 'IF 1 THEN COMMIT; END IF'],
    ['a command that fails and has committed before', 'TRUNCATE TABLE nowhere'],
    ['a prepared statement', "PREPARE ended FROM 'COMMIT'; EXECUTE ended"],
    ['a string that is read in another way', "SELECT 'a\\'; COMMIT; SELECT '"],
  ])('finds out that the handler got out of it by %s', async (_, sql) => {
    const client = createPool({ uri: server.url, connectionLimit: 2, multipleStatements: true });
    const { end } = await inTransaction(mysqlStore({ client }), async (connection) => {
      await connection.query(insert('before'));
      await connection.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
      await connection.query(sql).catch(() => undefined);
    });
    expect(end).toBe('apart');
    expect(await effects()).toEqual(['before']);
    await client.end();
  });

  it.each<[string, (connection: PoolConnection) => Promise<unknown>]>([
    ['query()', (connection) => connection.query('CALL rolls_back()')],
    ['execute()', (connection) => connection.execute('/* now */ call rolls_back()')],
    ['a prepared statement', async (connection) => (await connection.prepare('CALL rolls_back()')).execute([])],
    [
      'a callback',
      (connection) =>
        new Promise((resolve) => {
          (connection.connection as unknown as CallbackConnection).query('CALL rolls_back()', resolve);
        }),
    ],
    ['a compound statement', (connection) => connection.query('IF 1 THEN ROLLBACK; END IF')],
    [
      'a statement with settings of its own',
      (connection) => connection.query('SET STATEMENT max_statement_time = 10 FOR CALL rolls_back()'),
    ],
  ])('counts nothing as done where a procedure rolled everything back, called by %s', async (_, call) => {
    const client = createPool({ uri: server.url, connectionLimit: 2, multipleStatements: true });
    const undone = inTransaction(mysqlStore({ client }), async (connection) => {
      await connection.query(insert('before'));
      await call(connection);
    });
    await expect(undone).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('rolled back the whole transaction'),
    });
    const failing = inTransaction(mysqlStore({ client }), async (connection) => {
      await connection.query(insert('before'));
      await call(connection);
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await effects()).toEqual([]);
    await client.end();
  });

  it('keeps the order of commands that are sent without waiting, a procedure first', async () => {
    await pool.query('CREATE OR REPLACE PROCEDURE gives(OUT n INT) BEGIN SET n = 42; END');
    const { end } = await handler((connection) =>
      Promise.all([connection.query('CALL gives(@n)'), connection.query('INSERT INTO effects VALUES (@n)')]),
    );
    expect(end).toBe(true);
    expect(await effects()).toEqual(['42']);
  });

  it('goes by the savepoint alone where no mark can be written, as under LOCK TABLES', async () => {
    const { end } = await handler(async (connection) => {
      await connection.query(insert('before'));
      await connection.query('LOCK TABLES effects WRITE');
      await connection.query('CALL writes()');
      await connection.query('UNLOCK TABLES');
    });
    expect(end).toBe('apart');
    expect(await effects()).toEqual(['before', 'by procedure']);
  });

  it('takes a procedure that ends nothing as a part of it, and leaves no mark', async () => {
    const { end, state } = await handler((connection) => connection.query('CALL writes()'));
    expect({ end, state }).toEqual({ end: true, state: 'done' });
    expect(await effects()).toEqual(['by procedure']);
    const [marks] = await pool.query("SELECT claim_key FROM countersign_claims WHERE claim_key LIKE 'transaction-%'");
    expect(marks).toEqual([]);
  });

  it('says so of a handler that got out of it and failed', async () => {
    const { end, state } = await handler(async (connection) => {
      await connection.query(insert('stays'));
      await connection.query('CALL commits()');
      await connection.query(insert('stays too'));
      throw new Error('later');
    });
    expect({ end, state }).toEqual({ end: 'apart', state: 'in_flight' });
    expect(await effects()).toEqual(['stays', 'stays too']);
  });

  const crossingUpdate = 'UPDATE rows_ SET n = n + 1 WHERE id = 2';
  const callbacksOf = (connection: PoolConnection) => connection.connection as unknown as CallbackConnection;
  it.each<[string, (connection: PoolConnection) => Promise<unknown>]>([
    ['a promise', (connection) => connection.query(crossingUpdate)],
    [
      'a callback',
      (connection) =>
        new Promise((resolve, reject) => {
          callbacksOf(connection).query(crossingUpdate, (error) => (error ? reject(error) : resolve(undefined)));
        }),
    ],
    [
      'a listener',
      (connection) =>
        new Promise((resolve, reject) => {
          callbacksOf(connection).query(crossingUpdate).on('error', reject).on('end', resolve);
        }),
    ],
    [
      'a stream',
      async (connection) => {
        for await (const _ of callbacksOf(connection).query('SELECT * FROM rows_ WHERE id = 2 FOR UPDATE').stream());
      },
    ],
    [
      'the callback of a prepared statement',
      (connection) =>
        new Promise((resolve, reject) => {
          callbacksOf(connection).prepare(crossingUpdate, (_, statement) =>
            statement.execute([], (error) => (error ? reject(error) : resolve(undefined))),
          );
        }),
    ],
    [
      'a listener of a prepared statement',
      (connection) =>
        new Promise((resolve, reject) => {
          callbacksOf(connection).prepare(crossingUpdate, (_, statement) => {
            const command = (statement.execute as (values: unknown[]) => NodeJS.EventEmitter)([]);
            command.on('error', reject).on('end', resolve);
          });
        }),
    ],
  ])('keeps nothing of a handler that went on after a deadlock of which %s told', async (_, cross) => {
    let isDeadlocked = false;
    let next: unknown;
    const other = await pool.getConnection();
    await other.beginTransaction();
    // The heavier one survives.
    for (let n = 0; n < 50; n++) await other.query(insert(`other ${n}`));
    await other.query('UPDATE rows_ SET n = n + 1 WHERE id = 2');
    const broken = handler(async (connection) => {
      await connection.query(insert('before'));
      await connection.query('UPDATE rows_ SET n = n + 1 WHERE id = 1');
      const crossing = cross(connection).catch((error) => {
        isDeadlocked = error.errno === 1213;
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await Promise.all([crossing, other.query('UPDATE rows_ SET n = n + 1 WHERE id = 1')]);
      next = await failureOf(() => connection.query(insert('after')));
    });
    await expect(broken).rejects.toMatchObject({ errno: 1213 });
    await other.rollback();
    other.release();
    expect(isDeadlocked).toBe(true);
    expect(next).toMatchObject({ code: 'options_invalid', hint: expect.stringContaining('deadlock') });
    expect(await effects()).toEqual([]);
  });

  it('goes on after a lock wait timeout, which undoes one statement alone', async () => {
    const other = await pool.getConnection();
    await other.beginTransaction();
    await other.query('UPDATE rows_ SET n = n + 1 WHERE id = 1');
    const { end } = await handler(async (connection) => {
      await connection.query(insert('before'));
      await connection.query('SET innodb_lock_wait_timeout = 1');
      expect(await failureOf(() => connection.query('UPDATE rows_ SET n = 9 WHERE id = 1'))).toMatchObject({
        errno: 1205,
      });
      await connection.query(insert('after'));
    });
    await other.rollback();
    other.release();
    expect(end).toBe(true);
    expect(await effects()).toEqual(['after', 'before']);
  });

  it('is the same over a pool with callbacks', async () => {
    const client = createCallbackPool({ uri: server.url, connectionLimit: 4 });
    const { end } = await inTransaction(mysqlStore({ client }), async (connection) => {
      await connection.beginTransaction();
      await connection.query(insert('nested'));
      await connection.commit();
      expect((await failureOf(() => connection.query('COMMIT')))?.code).toBe('options_invalid');
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['nested']);
    await new Promise<void>((resolve) => client.end(() => resolve()));
  });

  it('refuses what comes after the end, prepared before it or not', async () => {
    let kept: PoolConnection | undefined;
    let statement: { execute(values: unknown): Promise<unknown> } | undefined;
    let withCallbacks: { execute(values: unknown, callback: (error: Error | null) => void): unknown } | undefined;
    await handler(async (connection) => {
      kept = connection;
      statement = await connection.prepare('INSERT INTO effects VALUES (?)');
      withCallbacks = await new Promise((resolve) => {
        callbacksOf(connection).prepare('INSERT INTO effects VALUES (?)', (_, prepared) => resolve(prepared as never));
      });
    });
    for (const late of [
      () => kept?.query(insert('late')),
      () => kept?.commit(),
      () => (kept?.connection as unknown as CallbackConnection | undefined)?.query(insert('late')),
      () => statement?.execute(['late']),
      () =>
        new Promise((resolve, reject) => {
          withCallbacks?.execute(['late'], (error) => (error ? reject(error) : resolve(undefined)));
        }),
    ]) {
      expect((await failureOf(late))?.message).toContain('The transaction is over');
    }
    expect(await effects()).toEqual([]);
  });
});
