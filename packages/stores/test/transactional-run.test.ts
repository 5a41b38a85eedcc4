/** The option `transaction: { run, query }` whose `run` does not do as it says: nothing may count as handled that was not committed. */

import type { Outcome } from '@countersign/core';
import { findMissing, type LiveServer, startMariadb, startPostgres } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

type Work<Connection> = (connection: Connection) => Promise<void>;
type Run<Connection> = (work: Work<Connection>) => Promise<unknown>;
interface Connection {
  query(text: string): Promise<unknown>;
  release(): void;
}

/** What an ORM does: commits when `work` resolves, and rolls back and rejects when it rejects. */
const ormOver =
  <Taken extends Connection>(take: () => Promise<Taken>): Run<Taken> =>
  async (work) => {
    const connection = await take();
    try {
      await connection.query('BEGIN');
      await work(connection);
      await connection.query('COMMIT');
    } catch (error) {
      await connection.query('ROLLBACK');
      throw error;
    } finally {
      connection.release();
    }
  };

const ways: Record<string, (orm: Run<Connection>, work: Work<Connection>) => unknown> = {
  'swallows the error': (orm, work) => orm(work).catch(() => undefined),
  'commits all the same': (orm, work) => orm((connection) => work(connection).catch(() => undefined)),
  'does not wait': (orm, work) => void orm(work).catch(() => undefined),
  'waits for nothing within': async (orm, work) => {
    await orm(async (connection) => void work(connection).catch(() => undefined)).catch(() => undefined);
  },
};

const backends = {
  postgres: {
    start: () => startPostgres({ fsync: false }),
    open(url: string, way: (orm: Run<Connection>, work: Work<Connection>) => unknown) {
      const client = new pg.Pool({ connectionString: url, max: 6 });
      const orm = ormOver(() => client.connect());
      const store = postgresStore({
        client,
        transaction: {
          run: async (work: Work<pg.PoolClient>) => way(orm as never, work as never),
          query: (connection, { text, values }) => connection.query(text, [...values]),
        },
      });
      return { store, close: () => client.end() };
    },
  },
  mariadb: {
    start: startMariadb,
    open(url: string, way: (orm: Run<Connection>, work: Work<Connection>) => unknown) {
      const client = createPool({ uri: url, connectionLimit: 6 });
      const orm = ormOver(() => client.getConnection());
      const store = mysqlStore({
        client,
        transaction: {
          run: async (work: Work<PoolConnection>) => way(orm as never, work as never),
          query: async (connection, { text, values }) =>
            (await connection.query<RowDataPacket[]>(text, [...values]))[0],
        },
      });
      return { store, close: () => client.end() };
    },
  },
} as const;

describe.each(Object.entries(backends))('transaction.run over %s', (name, { start, open }) => {
  const missing = findMissing(name as keyof typeof backends);
  describe.skipIf(missing !== undefined)(titleOf('of the user', missing), () => {
    let server: LiveServer;
    beforeAll(async () => {
      server = await start();
      const { store, close } = open(server.url, () => undefined);
      await store.migrate();
      await close();
    }, 60_000);
    afterAll(() => server?.stop());

    let ids = 0;
    const receive = async (way: (typeof ways)[string], handle: () => unknown): Promise<Outcome> => {
      const { store, close } = open(server.url, way);
      const receiver = shopReceiver({ store: store as never, namespace: 'run', mode: 'transactional' });
      const outcome = await receiver.receive(deliveryOf(`run ${ids++}`), (async () => {
        await later(50);
        await handle();
      }) as never);
      await later(50);
      await close();
      return outcome;
    };
    const failing = () => {
      throw new Error('the app fails');
    };
    const misconfigured = {
      kind: 'rejected',
      error: {
        code: 'options_invalid',
        at: expect.stringContaining('transaction.run'),
        hint: expect.stringContaining('Return or await your ORM'),
      },
    };

    it.each(Object.entries(ways))('that %s makes no failed handler count as handled', async (_, way) => {
      expect(await receive(way, failing)).toMatchObject({ kind: 'failed', cause: { message: 'the app fails' } });
    });

    it('that does not wait is named where the handler succeeds', async () => {
      expect(await receive(ways['does not wait'] as never, () => undefined)).toMatchObject(misconfigured);
    });

    it('that commits before the handler has returned is found out by what the handler is outside of', async () => {
      const outcome = await receive(ways['waits for nothing within'] as never, () => undefined);
      expect(outcome).toMatchObject({ kind: 'handled', transactionLost: true });
    });

    it('that never calls work is named', async () => {
      expect(
        await receive(
          () => undefined,
          () => undefined,
        ),
      ).toMatchObject(misconfigured);
    });

    it('that does as it says handles the event, or lets it fail', async () => {
      expect(
        (
          await receive(
            (orm, work) => orm(work),
            () => undefined,
          )
        ).kind,
      ).toBe('handled');
      expect((await receive((orm, work) => orm(work), failing)).kind).toBe('failed');
    });
  });
});
