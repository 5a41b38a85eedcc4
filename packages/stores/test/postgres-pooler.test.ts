/** Stores behind PgBouncer in transaction pooling, where a statement may run on a connection that others have prepared. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { findMissing, type LiveServer, startPgbouncer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { storeContract } from '@countersign/testing';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { peekPostgresBy } from './peeked-record.ts';
import { execArgv, titleOf } from './process-options.ts';

const missing = findMissing('postgres') ?? findMissing('pgbouncer');

describe.skipIf(missing !== undefined)(titleOf('PostgreSQL behind PgBouncer', missing), () => {
  let server: LiveServer;
  let pooler: LiveServer;
  let eye: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    pooler = await startPgbouncer(server, { poolSize: 2 });
    eye = new pg.Pool({ connectionString: server.url, max: 5 });
    await postgresStore({ client: eye }).migrate();
    for (const table of ['orders', 'invoices']) await postgresStore({ client: eye, table }).migrate();
    await eye.query('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await pooler?.stop();
    await server?.stop();
  });
  const tableOf = async (key: string) => {
    const { rows } = await eye.query(
      "SELECT 'orders' AS name FROM orders WHERE key = $1 UNION ALL SELECT 'invoices' FROM invoices WHERE key = $1",
      [key],
    );
    return rows.map(({ name }) => name);
  };

  it('lets two processes claim in their own tables, whichever connection each statement meets', async () => {
    const start = (table: string) =>
      fork(new URL('./postgres-pooled-claimer.ts', import.meta.url), {
        execArgv: [...execArgv],
        env: { ...process.env, COUNTERSIGN_TEST_POOLER: pooler.url, COUNTERSIGN_TEST_TABLE: table },
      });
    const [orders, invoices] = [start('orders'), start('invoices')];
    const claim = async (claimer: ChildProcess, key: string) => {
      claimer.send(key);
      return (await once(claimer, 'message'))[0];
    };
    /** Takes the one connection of the pooler that is free now, until it is given back. */
    const occupy = async () => {
      const client = new pg.Client({ connectionString: pooler.url });
      await client.connect();
      await client.query('BEGIN');
      return async () => {
        await client.query('ROLLBACK');
        await client.end();
      };
    };
    try {
      expect(await claim(orders, 'first order')).toBe('claimed');
      // The statement of `orders` is prepared on this connection, that of `invoices` on the other one.
      const giveBackFirst = await occupy();
      expect(await claim(invoices, 'first invoice')).toBe('claimed');
      const giveBackSecond = await occupy();
      await giveBackFirst();
      expect(await claim(invoices, 'second invoice')).toBe('claimed');
      await giveBackSecond();
      expect(await tableOf('first invoice')).toEqual(['invoices']);
      expect(await tableOf('second invoice')).toEqual(['invoices']);
    } finally {
      orders.kill();
      invoices.kill();
    }
  });

  const peek = peekPostgresBy(async (text, values) => (await eye.query(text, values)).rows);
  const count = async (id: string) =>
    Number((await eye.query('SELECT count(*) FROM effects WHERE id = $1', [id])).rows[0].count);

  describe('through a Pool of pg', () => {
    storeContract<pg.PoolClient>(contractRunner, {
      make() {
        const client = new pg.Pool({ connectionString: pooler.url, max: 10 });
        return { store: postgresStore({ client }), close: () => client.end() };
      },
      peek,
      effects: {
        write: async (transaction, id) => void (await transaction.query('INSERT INTO effects VALUES ($1)', [id])),
        count,
      },
    });
  });

  describe('through the package postgres', () => {
    storeContract<postgres.TransactionSql>(contractRunner, {
      make() {
        // With statements that it prepares, this client waits for ever where a pooler lost them; its docs say to do this.
        const client = postgres(pooler.url, { max: 10, prepare: false, onnotice: () => undefined });
        return { store: postgresStore({ client }), close: () => client.end({ timeout: 1 }) };
      },
      peek,
      effects: {
        write: async (transaction, id) => void (await transaction`INSERT INTO effects VALUES (${id})`),
        count,
      },
    });
  });
});
