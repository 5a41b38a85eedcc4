import { findMissing, type LiveServer, startMariadb, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { type MysqlStatement, mysqlSchema, mysqlStore } from '@countersign/stores/mysql';
import { storeContract } from '@countersign/testing';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type PoolConnection, type PoolOptions, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekMysqlBy } from './peeked-record.ts';
import { execArgv, titleOf } from './process-options.ts';
import { later } from './shop.ts';

const missing = findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('MariaDB', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: Pool;
  beforeAll(async () => {
    server = await startMariadb();
    proxy = await startTcpProxy(server.port);
    eye = createPool({ uri: server.url, connectionLimit: 10 });
    await mysqlStore({ client: eye }).migrate();
    await eye.query('CREATE TABLE effects (id VARCHAR(64) NOT NULL)');
    process.env.COUNTERSIGN_TEST_MARIADB = server.url;
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await proxy?.close();
    await server?.stop();
  });
  const ask = async (sql: string, values: unknown[] = []) => (await eye.query<RowDataPacket[]>(sql, values))[0];
  const peek = peekMysqlBy(ask);
  const count = async (id: string) => Number((await ask('SELECT COUNT(*) AS n FROM effects WHERE id = ?', [id]))[0]?.n);
  const throughProxy = () => server.url.replace(String(server.port), String(proxy.port));
  const write = async (transaction: PoolConnection, id: string) =>
    void (await transaction.query('INSERT INTO effects VALUES (?)', [id]));

  describe('through a pool of mysql2/promise', () => {
    storeContract<PoolConnection>(contractRunner, {
      make() {
        const client = createPool({ uri: throughProxy(), connectionLimit: 25 });
        return { store: mysqlStore({ client }), close: () => client.end() };
      },
      peek,
      outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
      effects: { write, count, commit: (transaction) => transaction.commit() },
      processes: { module: new URL('./mysql-make.ts', import.meta.url), execArgv },
    });
  });

  describe('through a pool with callbacks, in sessions of another time zone', () => {
    storeContract<PoolConnection>(contractRunner, {
      make() {
        const client = createCallbackPool({ uri: server.url, connectionLimit: 25 });
        client.on('connection', (connection) => connection.query("SET time_zone = '-07:00'"));
        return {
          store: mysqlStore({ client }),
          close: () => new Promise<void>((resolve) => client.end(() => resolve())),
        };
      },
      peek,
      effects: { write, count, commit: (transaction) => transaction.commit() },
    });
  });

  const peekAnswer = async (key: string) =>
    (await eye.query<RowDataPacket[]>('SELECT answer FROM countersign_claims WHERE claim_key = ?', [key]))[0][0]
      ?.answer;
  const poolInMode = (mode: string, options: PoolOptions = {}) => {
    const client = createCallbackPool({ uri: server.url, connectionLimit: 25, ...options });
    client.on('connection', (connection) => connection.query(`SET sql_mode = '${mode}'`));
    return client;
  };
  it.each([
    '',
    'ORACLE',
    'EMPTY_STRING_IS_NULL,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT',
    'TRADITIONAL,SIMULTANEOUS_ASSIGNMENT,PAD_CHAR_TO_FULL_LENGTH',
  ])(
    'refuses claims that arrive after their release, in SQL mode "%s"',
    async (mode) => {
      const path = createLossyPath();
      const client = poolInMode(mode).promise();
      const overPath = {
        query: client.query.bind(client),
        async getConnection() {
          const connection = await client.getConnection();
          const execute = connection.execute.bind(connection) as (...given: unknown[]) => Promise<never>;
          const over = (...given: unknown[]) =>
            path.pass(
              () => execute(...given),
              () => client.execute(...(given as [string])),
            );
          return Object.assign(Object.create(connection), { execute: over }) as typeof connection;
        },
      };
      const store = mysqlStore({ client: overPath, sweep: 'manual' });
      const key = `late ${mode}`.slice(0, 60);
      const claimLate = async () => {
        for (let tries = 1; ; tries++) {
          const deliver = path.hold();
          const claim = await store.claim(key, 600).catch(() => undefined);
          await later(300 * tries);
          if (claim === undefined) return deliver;
          // On a busy machine the release of an earlier claim may be what was held up.
          if (claim.state !== 'claimed' || tries > 4) throw new Error(`not held up but ${claim.state}`);
          await store.release(key, claim.token, { ran: false });
        }
      };
      const requireFree = async (attempt: number) => {
        const claim = await store.claim(key, 600);
        expect(claim).toMatchObject({ state: 'claimed', attempt });
        return (claim as { token: string }).token;
      };
      // More than are remembered: the oldest are forgotten, and the record stays in bounds.
      const late = [];
      for (let claims = 0; claims < 22; claims++) {
        const before = await peekAnswer(key);
        late.push(await claimLate());
        // Each token is written down in the background, and their order decides which ones are forgotten.
        await vi.waitFor(async () => expect(await peekAnswer(key)).not.toBe(before), 5000);
      }
      expect(String((await peekAnswer(key)) ?? '')).toHaveLength(20 * 37);
      for (const deliver of late.slice(2)) await deliver();
      const token = await requireFree(1);
      for (const deliver of late.slice(2)) await deliver();
      expect(await store.release(key, token)).toBe(true);
      for (const deliver of late.slice(2)) await deliver();
      const owner = await requireFree(2);
      expect(await store.release(key, crypto.randomUUID(), { ran: false })).toBe(false);
      expect(await store.complete(key, owner, 600, { status: 201 })).toBe(true);
      expect(await store.release(key, crypto.randomUUID(), { ran: false })).toBe(false);
      expect(await store.claim(key, 600)).toEqual({ state: 'done', response: { status: 201 } });
      // An expired record is replaced, and makes no one wait.
      await eye.query(
        'UPDATE countersign_claims SET expires_at = 1, lease_until = expires_at + 1e15 WHERE claim_key = ?',
        [key],
      );
      const last = await claimLate();
      await last();
      expect(await store.release(key, await requireFree(1))).toBe(true);
      await client.end();
    },
    60_000,
  );

  describe.each([
    [
      'of Oracle, with options of the client that change rows',
      'ORACLE',
      { rowsAsArray: true, supportBigNumbers: true, bigNumberStrings: true },
    ],
    [
      'that read texts and numbers in their own way',
      'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,EMPTY_STRING_IS_NULL,NO_UNSIGNED_SUBTRACTION,REAL_AS_FLOAT,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE',
      { nestTables: true, typeCast: false },
    ],
    [
      'that check everything, in Latin-1',
      'TRADITIONAL,SIMULTANEOUS_ASSIGNMENT,PAD_CHAR_TO_FULL_LENGTH',
      { charset: 'latin1_swedish_ci', typeCast: () => 'odd' },
    ],
  ] as const)('in SQL modes %s', (_, mode, settings) => {
    storeContract<PoolConnection>(contractRunner, {
      make() {
        const client = poolInMode(mode, settings as PoolOptions);
        return {
          store: mysqlStore({ client }),
          close: () => new Promise<void>((resolve) => client.end(() => resolve())),
        };
      },
      peek,
      effects: { write, count },
    });
  });

  it('keeps a response that a handler echoes a value, also where a backslash escapes nothing', async () => {
    const client = poolInMode('NO_BACKSLASH_ESCAPES');
    const store = mysqlStore({ client, sweep: 'manual' });
    const [echoing, bystander] = [await store.claim('echoing', 30), await store.claim('bystander', 30)];
    if (echoing.state !== 'claimed' || bystander.state !== 'claimed') throw new Error('not claimed');
    const response = { status: 200, body: "' WHERE 1 = 1 -- " };
    expect(await store.complete('echoing', echoing.token, 60, response).catch((error) => error.message)).toBe(true);
    expect((await store.claim('bystander', 30)).state).toBe('in_flight');
    expect(await store.claim('echoing', 30)).toEqual({ state: 'done', response });
    await new Promise<void>((resolve) => client.end(() => resolve()));
  });

  it('types the transaction of a handler', () => {
    expectTypeOf(mysqlStore({ client: eye }).transactionOf).returns.toEqualTypeOf<PoolConnection>();
  });

  it('asks for one round trip at a claim and one at a completion', async () => {
    const texts: string[] = [];
    const getConnection = async () => {
      const connection = await eye.getConnection();
      const execute = (statement: MysqlStatement, values?: (string | number | null)[]) => {
        texts.push(statement.sql);
        return connection.execute(statement as never, values);
      };
      return Object.assign(Object.create(connection) as PoolConnection, { execute });
    };
    const client = Object.assign(Object.create(eye) as Pool, { getConnection });
    const store = mysqlStore({ client, sweep: 'manual' });
    const claim = await store.claim('trips', 30);
    if (claim.state === 'claimed') await store.complete('trips', claim.token, 60);
    expect(texts).toHaveLength(2);
    expect((await store.claim('trips', 30)).state).toBe('done');
    // A duplicate costs a second one, to fetch the answer.
    expect(texts).toHaveLength(4);
  });

  it('says to run migrate() where the table is missing or another', async () => {
    await expect(mysqlStore({ client: eye, table: 'not_there' }).claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('migrate()'),
    });
    await eye.query('CREATE TABLE other_version (claim_key VARCHAR(64) PRIMARY KEY)');
    await expect(mysqlStore({ client: eye, table: 'other_version' }).claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(mysqlSchema('hooks.claims')).toContain('KEY claims_expires_at');
  });

  it('removes expired records in batches and nothing else', async () => {
    const store = mysqlStore({ client: eye, table: 'swept', sweep: 'manual' });
    await store.migrate();
    await eye.query(`INSERT INTO swept (claim_key, token, attempt, done, lease_until, expires_at)
      SELECT CONCAT('k', seq), '', 1, 1, 0, UNIX_TIMESTAMP() * 1000 + (CAST(seq AS SIGNED) - 2500) * 60000 FROM seq_1_to_3000`);
    expect([await store.sweep(), await store.sweep(), await store.sweep()]).toEqual([1000, 1000, 500]);
    expect(await count('nothing')).toBe(0);
    expect((await ask("SELECT COUNT(*) AS n FROM swept WHERE token = ''"))[0]?.n).toBe(500);
  });
});
