/** The option `transaction: { run, query }` whose `run` does not do as it says: nothing may count as handled that was not committed. */

import type { HandlerContext, Outcome } from '@countersign/core';
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

/** Ways that call work more than once, with the most runs of the handler. Only the first commit may count. */
const repetitions: Record<
  string,
  { way(orm: Run<Connection>, work: Work<Connection>): unknown; readonly runs: number }
> = {
  'repeats the transaction after a COMMIT whose answer was lost': {
    way: (orm, work) =>
      orm(work).then(() => {
        throw new Error('Connection terminated unexpectedly');
      }),
    runs: 1,
  },
  'opens two transactions one after the other': {
    way: async (orm, work) => {
      await orm(work);
      await orm(work);
    },
    runs: 1,
  },
  'opens two transactions at once': { way: (orm, work) => Promise.all([orm(work), orm(work)]), runs: 2 },
  'opens two at once and swallows the error of one': {
    way: (orm, work) => Promise.allSettled([orm(work), orm(work)]),
    runs: 2,
  },
  'calls work twice in one transaction': {
    way: (orm, work) =>
      orm(async (connection) => {
        await work(connection);
        await work(connection);
      }),
    runs: 1,
  },
  'undoes the first to a savepoint and calls work again': {
    way: (orm, work) =>
      orm(async (connection) => {
        await connection.query('SAVEPOINT of_the_app');
        await work(connection);
        await connection.query('ROLLBACK TO SAVEPOINT of_the_app');
        await work(connection);
      }),
    runs: 2,
  },
};

/** What apps do: they repeat a transaction whose connection failed. */
const repeating =
  (way: (orm: Run<Connection>, work: Work<Connection>) => unknown) =>
  async (orm: Run<Connection>, work: Work<Connection>) => {
    for (let tries = 1; ; tries++) {
      try {
        return await way(orm, work);
      } catch (error) {
        if (tries >= 3) throw error;
      }
    }
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
      const execute = async (text: string) => (await client.query(text)).rows as unknown[];
      return { store, close: () => client.end(), execute };
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
      const execute = async (text: string) => (await client.query(text))[0] as unknown[];
      return { store, close: () => client.end(), execute };
    },
  },
} as const;

describe.each(Object.entries(backends))('transaction.run over %s', (name, { start, open }) => {
  const missing = findMissing(name as keyof typeof backends);
  describe.skipIf(missing !== undefined)(titleOf('of the user', missing), () => {
    let server: LiveServer;
    beforeAll(async () => {
      server = await start();
      const { store, close, execute } = open(server.url, () => undefined);
      await store.migrate();
      await execute('CREATE TABLE effects (id VARCHAR(99) NOT NULL)');
      await close();
    }, 60_000);
    afterAll(() => server?.stop());

    let ids = 0;
    const receive = async (
      way: (typeof ways)[string],
      handle: (connection: Connection) => unknown,
      id = `run ${ids++}`,
    ): Promise<Outcome> => {
      const { store, close } = open(server.url, way);
      const receiver = shopReceiver({ store: store as never, namespace: 'run', mode: 'transactional' });
      const outcome = await receiver.receive(deliveryOf(id), (async (_: unknown, { transaction }: HandlerContext) => {
        await later(50);
        return handle(transaction as Connection);
      }) as never);
      await later(50);
      await close();
      return outcome;
    };
    const countEffects = async (id: string) => {
      const { execute, close } = open(server.url, () => undefined);
      const rows = await execute(`SELECT id FROM effects WHERE id = '${id}'`);
      await close();
      return rows.length;
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

    it.each(
      Object.entries(repetitions).flatMap(([title, { way, runs }]) => [
        { title, way, runs },
        { title: `${title}, and repeats what failed`, way: repeating(way), runs },
      ]),
    )('that $title has the event take effect once', async ({ title, way, runs }) => {
      const id = `repeated ${title}`.slice(0, 60) + ids++;
      let calls = 0;
      const handle = async (connection: Connection) => {
        const call = ++calls;
        await connection.query(`INSERT INTO effects VALUES ('${id}')`);
        return { status: 200, body: `call ${call}` };
      };
      const outcome = await receive(way, handle, id);
      expect(calls).toBeLessThanOrEqual(runs);
      // Without a repetition, the app's error says nothing of a commit, and the response is 503.
      expect(outcome.kind).toBe(
        title === 'repeats the transaction after a COMMIT whose answer was lost' ? 'rejected' : 'handled',
      );
      expect(await countEffects(id)).toBe(1);
      const again = await receive(way, handle, id);
      expect(again).toMatchObject({ kind: 'duplicate', response: { body: expect.stringContaining('call') } });
      expect(calls).toBeLessThanOrEqual(runs);
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
