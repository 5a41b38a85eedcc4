/** A store over its real backend, and the way a handler writes an effect to that backend. */

import { DatabaseSync } from 'node:sqlite';
import type { DedupeStore, HandlerContext, TransactionalStore } from '@countersign/core';
import { hasThenSet, markAfter, markBefore } from '@countersign/live-services/naive-stores';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { sqliteStore } from '@countersign/stores/sqlite';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { type NestedWriter, nestedWriters } from './nested-writers.ts';
import { isOrm, monotonic, type StoreName } from './wire.ts';

export interface BackendClient {
  readonly store: DedupeStore;
  migrate(): Promise<void>;
  /** Writes the effect of an event through the handler's transaction. */
  writeEffect(context: HandlerContext, id: string): Promise<void>;
  /** The times at which each effect of each event was written. */
  readEffects(): Promise<Map<string, bigint[]>>;
  /** Stops the file from growing, like a full disk; SQLite only. */
  fill?(isFull: boolean): void;
  /** Number of records in the store. */
  countRecords(): Promise<number>;
  close(): Promise<void>;
}

const createEffects = 'CREATE TABLE IF NOT EXISTS effects (id VARCHAR(64) NOT NULL, written BIGINT NOT NULL)';

export function openBackend(name: StoreName, url: string): BackendClient {
  if (name === 'postgres') return openPostgres(url);
  if (isOrm(name)) return openPostgres(url, nestedWriters[name](url));
  if (name === 'mysql') return openMysql(url);
  if (name === 'sqlite') return openSqlite(url);
  return openRedis(name, url);
}

function openRedis(name: StoreName, url: string): BackendClient {
  // A step fails while Redis is down, instead of waiting in a queue until it is back.
  const client = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => 50,
    lazyConnect: true,
  });
  client.on('error', () => undefined);
  const naive = { 'has-set': hasThenSet, 'mark-before': markBefore, 'mark-after': markAfter }[name as 'has-set'];
  const connected = client.connect().catch(() => undefined);
  return {
    store: naive === undefined ? redisStore({ client }) : naive(client),
    migrate: async () => connected,
    writeEffect: () => Promise.reject(new Error('Redis has no transactions in which a handler could write.')),
    readEffects: async () => new Map(),
    countRecords: () => client.dbsize(),
    close: async () => client.disconnect(),
  };
}

function openPostgres(url: string, writeNested?: NestedWriter): BackendClient {
  const client = new pg.Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 5000 });
  const store = postgresStore({ client });
  return {
    store,
    async migrate() {
      await store.migrate();
      await client.query(createEffects);
    },
    async writeEffect(context, id) {
      const transaction = store.transactionOf(context);
      if (writeNested !== undefined) return writeNested(transaction, id);
      await transaction.query('INSERT INTO effects VALUES ($1, $2)', [id, monotonic()]);
    },
    readEffects: async () => group((await client.query('SELECT id, written FROM effects')).rows),
    countRecords: async () => Number((await client.query('SELECT count(*) FROM countersign_claims')).rows[0].count),
    close: () => client.end(),
  };
}

function openMysql(url: string): BackendClient {
  const client = createPool({ uri: url, connectionLimit: 20, supportBigNumbers: true, bigNumberStrings: true });
  const store = mysqlStore({ client });
  const rowsOf = async (sql: string) => (await client.query(sql))[0] as { id: string; written: string; n: string }[];
  return {
    store,
    async migrate() {
      await store.migrate();
      await client.query(createEffects);
    },
    writeEffect: async (context, id) =>
      void (await store.transactionOf(context).query('INSERT INTO effects VALUES (?, ?)', [id, String(monotonic())])),
    readEffects: async () => group(await rowsOf('SELECT id, written FROM effects')),
    countRecords: async () => Number((await rowsOf('SELECT COUNT(*) AS n FROM countersign_claims'))[0]?.n),
    close: () => client.end(),
  };
}

function openSqlite(file: string): BackendClient {
  const database = new DatabaseSync(file, { timeout: 0 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const store: TransactionalStore<DatabaseSync> & ReturnType<typeof sqliteStore> = sqliteStore({
    database,
    busySeconds: 4,
  });
  return {
    store,
    async migrate() {
      await store.migrate();
      database.exec(createEffects);
    },
    writeEffect: async (context, id) =>
      void store.transactionOf(context).prepare('INSERT INTO effects VALUES (?, ?)').run(id, monotonic()),
    async readEffects() {
      const statement = database.prepare('SELECT id, written FROM effects');
      statement.setReadBigInts(true);
      return group(statement.all() as unknown as { id: string; written: bigint }[]);
    },
    fill(isFull) {
      const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
      database.exec(`PRAGMA max_page_count = ${isFull ? pages : 1_000_000_000}`);
    },
    countRecords: async () => Number(database.prepare('SELECT COUNT(*) AS n FROM countersign_claims').get()?.n),
    close: async () => database.close(),
  };
}

function group(rows: readonly { id: string; written: string | number | bigint }[]): Map<string, bigint[]> {
  const effects = new Map<string, bigint[]>();
  for (const { id, written } of rows) effects.set(id, [...(effects.get(id) ?? []), BigInt(written)]);
  return effects;
}
