/** The end of a handler's transaction on a connection that does not answer: lost on the way, or held by what the handler left behind. */

import type { Handler } from '@countersign/core';
import {
  findMissing,
  type LiveServer,
  startMariadb,
  startPostgres,
  startTcpProxy,
  type TcpProxy,
} from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import { createPool, type PoolConnection } from 'mysql2/promise';
import pg from 'pg';
import Cursor from 'pg-cursor';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

const pgOptions = { max: 4, connectionTimeoutMillis: 2000 };
const kyselyOver = (client: pg.Pool) => new Kysely<object>({ dialect: new PostgresDialect({ pool: client }) });

/** Each with a pool of four connections, of which two are in transactions at once. `query` runs a text in the transaction. */
const clients = {
  pg(url: string) {
    const client = new pg.Pool({ connectionString: url, ...pgOptions });
    const store = postgresStore({ client });
    return {
      store,
      query: (transaction: unknown, text: string) => (transaction as pg.PoolClient).query(text),
      cursor: (transaction: unknown, text: string) =>
        (transaction as pg.PoolClient).query(new Cursor(text)).read(1) as PromiseLike<unknown>,
      close: () => client.end(),
    };
  },
  postgres(url: string) {
    const options = { max: 4, connect_timeout: 2, onnotice: () => undefined, fetch_types: false };
    const client = postgres(url, options);
    const copies: postgres.Sql[] = [];
    const duplicate = (changes: object) => {
      copies.push(postgres(url, { ...options, ...changes }));
      return copies.at(-1) as postgres.Sql;
    };
    const store = postgresStore({ client, duplicate });
    return {
      store,
      query: (transaction: unknown, text: string) => (transaction as postgres.TransactionSql).unsafe(text),
      cursor: undefined,
      close: () => Promise.all([client, ...copies].map((one) => one.end({ timeout: 0 }))),
    };
  },
  'an ORM over pg'(url: string) {
    const client = new pg.Pool({ connectionString: url, ...pgOptions });
    // A checked-out client tells of the end of the server by an event as well.
    client.on('connect', (taken) => taken.on('error', () => undefined));
    const run = (transaction: unknown, text: string, values: readonly unknown[] = []) =>
      (transaction as Transaction<object>).executeQuery(CompiledQuery.raw(text, [...values]));
    const store = postgresStore({
      client,
      transaction: {
        run: (work: (transaction: Transaction<object>) => Promise<void>) =>
          kyselyOver(client).transaction().execute(work),
        query: (transaction, { text, values }) => run(transaction, text, values),
      },
    });
    return { store, query: run, cursor: undefined, close: () => client.end() };
  },
  mysql2(url: string) {
    const client = createPool({ uri: url, connectionLimit: 4 });
    return {
      store: mysqlStore({ client }),
      query: (transaction: unknown, text: string) => (transaction as PoolConnection).query(text),
      cursor: undefined,
      close: () => client.end(),
    };
  },
};

/** What misses its limit of time on a busy machine is tried again; what cannot hold it misses it each time. */
const oneByOne = { concurrent: false, retry: 2 };

// They wait for limits of time, so they do it beside each other.
describe.concurrent.each(Object.entries(clients))(
  'a transaction over %s whose connection does not answer',
  (name, open) => {
    const service = name === 'mysql2' ? 'mariadb' : 'postgres';
    const missing = findMissing(service);
    describe.skipIf(missing !== undefined)(titleOf('at its end', missing), oneByOne, () => {
      let server: LiveServer;
      let proxy: TcpProxy;
      let opened: ReturnType<(typeof clients)['pg' | 'postgres' | 'mysql2']>;
      beforeAll(async () => {
        server = service === 'mariadb' ? await startMariadb() : await startPostgres({ fsync: false });
        proxy = await startTcpProxy(server.port);
        opened = open(server.url.replace(String(server.port), String(proxy.port))) as typeof opened;
        await opened.store.migrate();
      }, 60_000);
      afterAll(async () => {
        await Promise.race([opened?.close(), later(1000)]);
        await proxy?.close();
        await server?.stop();
      });

      const receiverOf = (timeoutSeconds = 5) =>
        shopReceiver(
          { store: opened.store as never, namespace: name, mode: 'transactional', timeoutSeconds, leaseSeconds: 4 },
          { handlerTimeoutSeconds: 20 },
        );
      // Neither of them lets the store close a connection, so what sleeps there is waited for.
      afterEach(() => (name === 'pg' || name === 'mysql2' ? undefined : later(4000)));
      let ids = 0;
      const sleepIn = (transaction: unknown) =>
        opened.query(transaction, service === 'mariadb' ? 'SELECT SLEEP(6)' : 'SELECT pg_sleep(6)');
      const leave = (query: PromiseLike<unknown>) => void query.then(undefined, () => undefined);

      /** Two events at once, which take all places; what came of them, when, and whether their retries and another event are handled. */
      const twoEvents = async (handle: Handler, expected: object, timeoutSeconds?: number) => {
        const receiver = receiverOf(timeoutSeconds);
        const deliveries = [deliveryOf(`silent ${ids++}`), deliveryOf(`silent ${ids++}`)];
        const startedAt = performance.now();
        const outcomes = await Promise.all(deliveries.map((delivery) => receiver.receive(delivery, handle as never)));
        const seconds = (performance.now() - startedAt) / 1000;
        expect(outcomes).toMatchObject([expected, expected]);
        // The receiver waits for no ROLLBACK for longer than `timeoutSeconds`, the store for 3 s.
        expect(seconds).toBeGreaterThan(Math.min(2.9, (timeoutSeconds ?? 5) - 0.1));
        // Twice the limit would be 6 s; the machine may be busy.
        expect(seconds).toBeLessThan(5.7);
        const rest = [...deliveries, deliveryOf(`silent ${ids++}`)];
        // A release that was sent on a silent connection is lost; then the claim ends with its lease.
        const untilHandled = async (delivery: (typeof rest)[number]) => {
          while (performance.now() - startedAt < 12_000) {
            if ((await receiver.receive(delivery, () => undefined)).kind === 'handled') return 'handled';
            await later(100);
          }
        };
        const after = await Promise.all(rest.map(untilHandled));
        expect(after).toEqual(['handled', 'handled', 'handled']);
      };
      const transactionIn = (context: { readonly transaction: unknown }) => context.transaction;
      const failed = { kind: 'failed', cause: expect.objectContaining({ message: 'the app fails' }) };
      const unavailable = {
        kind: 'rejected',
        error: { code: 'store_unavailable', hint: expect.stringContaining('left a query running or a cursor open') },
      };

      it('ends within one limit where the handler threw beside its running query, and gives its place back', async () => {
        await twoEvents(async (_, context) => {
          leave(sleepIn(transactionIn(context)));
          await later(50);
          throw new Error('the app fails');
        }, failed);
      }, 30_000);

      // The store cannot close an ORM's connections, so by now all four sleep.
      it.skipIf(name === 'an ORM over pg')(
        'is refused within one limit where the handler returned beside its running query',
        async () => {
          await twoEvents(async (_, context) => {
            leave(sleepIn(transactionIn(context)));
            await later(50);
          }, unavailable);
        },
        30_000,
      );

      it.skipIf(name !== 'pg')(
        'ends within one limit where the handler left a cursor open',
        async () => {
          const leaveCursor = async (context: { readonly transaction: unknown }) =>
            opened.cursor?.(transactionIn(context), 'SELECT generate_series(1, 1000)');
          await twoEvents(async (_, context) => {
            await leaveCursor(context);
            throw new Error('the app fails');
          }, failed);
          await twoEvents(async (_, context) => void (await leaveCursor(context)), unavailable);
        },
        30_000,
      );

      it.skipIf(name === 'an ORM over pg')(
        'ends within one limit where the path went silent while the handler ran',
        async () => {
          let running = 0;
          await twoEvents(
            async (_, context) => {
              await opened.query(transactionIn(context), 'SELECT 1');
              if (++running === 2) proxy.loseConnections();
              while (running < 2) await later(10);
              throw new Error('the app fails');
              // Claims and releases meet silent connections too.
            },
            failed,
            1,
          );
        },
        30_000,
      );
    });
  },
);
