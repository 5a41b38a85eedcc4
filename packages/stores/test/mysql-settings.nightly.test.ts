/** Settings of a session, a server or a table in MariaDB under which a step could be lost without a word: it holds, or says which. */

import { findMissing, type LiveServer, startMariadb } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { storeContract } from '@countersign/testing';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { peekMysqlBy } from './peeked-record.ts';
import { titleOf } from './process-options.ts';
import { later } from './shop.ts';
import { inTransaction } from './transaction-cases.ts';

const missing = findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('a session of MariaDB', missing), () => {
  let server: LiveServer;
  let eye: Pool;
  const pools: Pool[] = [];
  beforeAll(async () => {
    server = await startMariadb();
    eye = createPool({ uri: server.url, connectionLimit: 10 });
    await mysqlStore({ client: eye }).migrate();
    await eye.query('CREATE TABLE effects (id VARCHAR(64) NOT NULL)');
  }, 60_000);
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await eye?.end();
    await server?.stop();
  });
  const ask = async (sql: string, values: unknown[] = []) => (await eye.query<RowDataPacket[]>(sql, values))[0];
  const poolWith = (...commands: string[]) => {
    const pool = createCallbackPool({ uri: server.url, connectionLimit: 25 });
    pool.on('connection', (connection) => {
      for (const command of commands) connection.query(command);
    });
    return pool.promise();
  };
  /** One that is ended with the file. */
  const keptPoolWith = (...commands: string[]) => {
    const pool = poolWith(...commands);
    pools.push(pool);
    return pool;
  };
  const claimed = async (store: ReturnType<typeof mysqlStore>, key: string) => {
    const claim = await store.claim(key, 30);
    if (claim.state !== 'claimed') throw new Error(`not claimed but ${claim.state}`);
    return claim.token;
  };

  describe.each([
    ['with autocommit off', ['SET autocommit = 0']],
    [
      'with autocommit off, serializable',
      ['SET autocommit = 0', 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'],
    ],
    [
      'that chains transactions, and reads what is not committed',
      ["SET completion_type = 'CHAIN'", 'SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED'],
    ],
  ])('%s', (_, commands) => {
    storeContract<PoolConnection>(contractRunner, {
      make() {
        const client = poolWith(...commands);
        return { store: mysqlStore({ client }), close: () => client.end() };
      },
      peek: peekMysqlBy(ask),
      effects: {
        write: async (transaction, id) => void (await transaction.query('INSERT INTO effects VALUES (?)', [id])),
        count: async (id) => Number((await ask('SELECT COUNT(*) AS n FROM effects WHERE id = ?', [id]))[0]?.n),
        commit: (transaction) => transaction.commit(),
      },
    });
  });

  it('with autocommit off sees what others wrote since it last read, and leaves no row locked', async () => {
    const store = mysqlStore({ client: keptPoolWith('SET autocommit = 0'), sweep: 'manual' });
    const other = mysqlStore({ client: eye, sweep: 'manual' });
    const token = await claimed(other, 'fresh');
    expect((await store.claim('fresh', 30)).state).toBe('in_flight');
    expect(await other.complete('fresh', token, 60)).toBe(true);
    expect((await store.claim('fresh', 30)).state).toBe('done');
    expect(await store.raiseWatermark?.('fresh.mark', 1, 60)).toBeUndefined();
    await other.raiseWatermark?.('fresh.mark', 2, 60);
    expect(await store.raiseWatermark?.('fresh.mark', undefined, 60)).toBe(2);
    await eye.query("DELETE FROM countersign_claims WHERE claim_key LIKE 'fresh%'");
    expect(await ask('SELECT trx_id FROM information_schema.INNODB_TRX')).toEqual([]);
  });

  it('that chains transactions goes back to the pool outside of one', async () => {
    const client = keptPoolWith("SET completion_type = 'CHAIN'");
    const { end } = await inTransaction(mysqlStore({ client, sweep: 'manual' }), (transaction) =>
      transaction.query("INSERT INTO effects VALUES ('chained')"),
    );
    expect(end).toBe(true);
    const [rows] = await client.query<RowDataPacket[]>('SELECT @@in_transaction AS inside');
    expect(rows).toEqual([{ inside: 0 }]);
  });

  it('that reads what is not committed does not tell an event as done before it is', async () => {
    const first = mysqlStore({ client: eye, sweep: 'manual' });
    const token = await claimed(first, 'dirty');
    const committing = await eye.getConnection();
    const client = keptPoolWith('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
    let steps = 0;
    const slowed = Object.assign(Object.create(client) as Pool, {
      async getConnection() {
        // Between the claim, which is refused, and the look at what stands in its way, the owner writes and does not commit.
        if (++steps === 2) {
          await committing.beginTransaction();
          await committing.query("UPDATE countersign_claims SET done = 1 WHERE claim_key = 'dirty' AND token = ?", [
            token,
          ]);
          later(300).then(() => committing.rollback());
        }
        return client.getConnection();
      },
    });
    expect((await mysqlStore({ client: slowed, sweep: 'manual' }).claim('dirty', 30)).state).toBe('in_flight');
    expect(steps).toBe(2);
    committing.release();
  });

  it('that other code left a transaction open in is closed, and each step is repeated on another', async () => {
    const client = createPool({ uri: server.url, connectionLimit: 3 });
    pools.push(client);
    const leaveOpen = async () => {
      const careless = await Promise.all([1, 2, 3].map(() => client.getConnection()));
      for (const connection of careless) await connection.beginTransaction();
      for (const connection of careless) connection.release();
    };
    const store = mysqlStore({ client, sweep: 'manual' });
    await leaveOpen();
    const token = await claimed(store, 'careless');
    expect((await mysqlStore({ client: eye }).claim('careless', 30)).state).toBe('in_flight');
    await leaveOpen();
    expect(await store.complete('careless', token, 60)).toBe(true);
    expect((await mysqlStore({ client: eye }).claim('careless', 30)).state).toBe('done');
    // A snapshot of before would give an old position.
    const begin = async () => {
      const all = await Promise.all([1, 2, 3].map(() => client.getConnection()));
      for (const connection of all) await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
      for (const connection of all) connection.release();
    };
    await begin();
    await mysqlStore({ client: eye }).raiseWatermark?.('careless.mark', 5, 60);
    expect(await store.raiseWatermark?.('careless.mark', undefined, 60)).toBe(5);
    expect(await ask("SELECT attempt FROM countersign_claims WHERE claim_key = 'careless'")).toEqual([{ attempt: 1 }]);
  });

  it('that other code left a transaction open in serves no handler, whose COMMIT would commit that', async () => {
    const client = createPool({ uri: server.url, connectionLimit: 4 });
    pools.push(client);
    const store = mysqlStore({ client, sweep: 'manual' });
    await eye.query('DELETE FROM effects');
    const token = await claimed(mysqlStore({ client: eye }), 'careless handler');
    const careless = await Promise.all([1, 2, 3, 4].map(() => client.getConnection()));
    for (const connection of careless) {
      await connection.beginTransaction();
      await connection.query("INSERT INTO effects VALUES ('half done')");
    }
    for (const connection of careless) connection.release();
    const end = await store.transact('careless handler', token, 60, async (transaction) => {
      await transaction.query("INSERT INTO effects VALUES ('handler')");
      return undefined;
    });
    expect(end).toBe(true);
    expect(await ask('SELECT id FROM effects')).toEqual([{ id: 'handler' }]);
  });

  it.each(['before the store used it', 'after the store used it'])(
    'whose autocommit other code switched off %s does not commit what that left open',
    async (when) => {
      const client = createPool({ uri: server.url, connectionLimit: 3 });
      pools.push(client);
      await eye.query('DELETE FROM effects');
      const store = mysqlStore({ client, sweep: 'manual' });
      if (when.startsWith('after')) for (let turn = 0; turn < 6; turn++) await store.extend('nobody', 'nobody', 30);
      const careless = await Promise.all([1, 2, 3].map(() => client.getConnection()));
      for (const connection of careless) {
        await connection.query('SET autocommit = 0');
        await connection.query("INSERT INTO effects VALUES ('half done')");
      }
      for (const connection of careless) connection.release();
      const token = await claimed(store, when);
      expect(await ask('SELECT id FROM effects')).toEqual([]);
      expect((await mysqlStore({ client: eye }).claim(when, 30)).state).toBe('in_flight');
      expect(await store.complete(when, token, 60)).toBe(true);
      expect((await mysqlStore({ client: eye }).claim(when, 30)).state).toBe('done');
      expect(await ask('SELECT id FROM effects')).toEqual([]);
    },
  );

  it.each([
    ['of a transaction', () => keptPoolWith('SET SESSION TRANSACTION READ ONLY')],
    [
      'of the server',
      async () => {
        await eye.query("CREATE USER app@'%'");
        await eye.query("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, INDEX ON test.* TO app@'%'");
        await eye.query('SET GLOBAL read_only = 1');
        const pool = createPool({ uri: server.url.replace('root@', 'app@'), connectionLimit: 2 });
        pools.push(pool);
        return pool;
      },
    ],
  ])('that may not write names the setting %s', async (_, open) => {
    const client = await open();
    try {
      for (const step of [
        () => mysqlStore({ client, table: 'made_later' }).migrate(),
        () => mysqlStore({ client }).claim('read only', 30),
      ]) {
        await expect(step()).rejects.toMatchObject({
          code: 'store_unavailable',
          hint: expect.stringMatching(/primary.*read_only|read_only.*primary/),
        });
      }
    } finally {
      await eye.query('SET GLOBAL read_only = 0');
    }
  });

  it('is warned of where its database decides which of several tables is used, or its clock was set', async () => {
    await eye.query('CREATE DATABASE tenant7');
    const store = mysqlStore({ client: eye, table: 'several' });
    await store.migrate();
    expect(await store.check?.()).toEqual([]);
    await mysqlStore({ client: eye, table: 'tenant7.several' }).migrate();
    expect(await store.check?.()).toEqual([
      { code: 'session_dependent', message: expect.stringMatching(/in tenant7, test.*USE.*table: 'tenant7.several'/) },
    ]);
    expect(await mysqlStore({ client: eye, table: 'test.several' }).check?.()).toEqual([]);
    const careless = keptPoolWith("SET TIMESTAMP = UNIX_TIMESTAMP('2020-01-01')", "SET time_zone = '+05:00'");
    expect(await mysqlStore({ client: careless, table: 'test.several' }).check?.()).toEqual([
      { code: 'session_dependent', message: expect.stringContaining('SET TIMESTAMP = DEFAULT') },
    ]);
  });

  it('is warned of where a crash would forget, or a completion could not be rolled back', async () => {
    const store = mysqlStore({ client: eye, table: 'test.checked' });
    await store.migrate();
    expect(await store.check?.()).toEqual([]);
    await eye.query('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
    await eye.query('ALTER TABLE checked ENGINE = MyISAM');
    try {
      expect(await store.check?.()).toEqual([
        { code: 'not_durable', message: expect.stringContaining('innodb_flush_log_at_trx_commit is 2') },
        { code: 'not_durable', message: expect.stringContaining('engine MyISAM') },
      ]);
    } finally {
      await eye.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    }
  });
});
