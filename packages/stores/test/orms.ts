/** Six ORMs over PostgreSQL, each as its users have it, and how each writes in a handler's transaction. */

import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { DedupeStore, TransactionalStore } from '@countersign/core';
import { knexIn } from '@countersign/stores/knex';
import { postgresStore } from '@countersign/stores/postgres';
import { managerIn } from '@countersign/stores/typeorm';
import { EntitySchema as MikroSchema } from '@mikro-orm/core';
import { type EntityManager as MikroManager, MikroORM } from '@mikro-orm/postgresql';
import { PrismaPg } from '@prisma/adapter-pg';
import { sql as drizzleSql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import makeKnex from 'knex';
import { Kysely, sql as kyselySql, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { DataSource, EntitySchema } from 'typeorm';

/** What a handler does with its ORM. */
export interface Writer {
  insert(id: string): Promise<unknown>;
  /** Runs a nested transaction. */
  nested(work: (inner: Writer) => Promise<unknown>): Promise<unknown>;
  raw(sql: string): Promise<unknown>;
}

export interface Orm {
  readonly store: DedupeStore & TransactionalStore<unknown>;
  /** Whether the ORM opens the transaction, and not the store. */
  readonly opensItself: boolean;
  writerOf(transaction: unknown): Writer;
  close(): Promise<unknown>;
}

export const createPayments = 'CREATE TABLE IF NOT EXISTS payments (id text PRIMARY KEY)';
const payments = pgTable('payments', { id: text().primaryKey() });
interface Tables {
  payments: { id: string };
}
class Payment {
  id!: string;
}

const withPool = (url: string) => new pg.Pool({ connectionString: url, max: 6 });

export const orms: Readonly<Record<string, (url: string) => Promise<Orm>>> = {
  async Drizzle(url) {
    const pool = withPool(url);
    const store = postgresStore({ client: pool });
    const db = drizzle({ client: pool });
    type Db = Pick<typeof db, 'insert' | 'execute' | 'transaction'>;
    const writerOn = (inner: Db): Writer => ({
      insert: async (id) => inner.insert(payments).values({ id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: async (text) => inner.execute(drizzleSql.raw(text)),
    });
    const writerOf = (transaction: pg.PoolClient) => writerOn(drizzle({ client: transaction }));
    return { store, opensItself: false, writerOf: writerOf as never, close: () => pool.end() };
  },

  async 'Drizzle over postgres'(url) {
    const client = postgres(url, { max: 6, onnotice: () => undefined });
    const store = postgresStore({ client });
    const db = drizzlePostgresJs({ client });
    type Db = Pick<typeof db, 'insert' | 'execute' | 'transaction'>;
    const writerOn = (inner: Db): Writer => ({
      insert: async (id) => inner.insert(payments).values({ id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: async (text) => inner.execute(drizzleSql.raw(text)),
    });
    const writerOf = (transaction: postgres.TransactionSql) =>
      writerOn(drizzlePostgresJs({ client: transaction as unknown as postgres.Sql }));
    return { store, opensItself: false, writerOf: writerOf as never, close: () => client.end() };
  },

  async Kysely(url) {
    const pool = withPool(url);
    const store = postgresStore({ client: pool });
    // Kysely has no transaction() on a transaction, so the next one begins from the outer instance again.
    const writerOn = (inner: Kysely<Tables>, outer: Kysely<Tables>): Writer => ({
      insert: (id) => inner.insertInto('payments').values({ id }).execute(),
      nested: (work) => outer.transaction().execute((nested) => work(writerOn(nested, outer))),
      raw: (text) => kyselySql.raw(text).execute(inner),
    });
    const writerOf = (client: pg.PoolClient) => {
      const db = new Kysely<Tables>({
        dialect: new PostgresDialect({
          pool: { connect: async () => client, end: async () => undefined, options: {} },
        }),
      });
      return writerOn(db, db);
    };
    return { store, opensItself: false, writerOf: writerOf as never, close: () => pool.end() };
  },

  async Knex(url) {
    const pool = withPool(url);
    const store = postgresStore({ client: pool });
    const knex = makeKnex({ client: 'pg', connection: url, pool: { min: 0, max: 2 } });
    const writerOn = (inner: typeof knex): Writer => ({
      insert: async (id) => inner('payments').insert({ id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: async (text) => inner.raw(text),
    });
    return {
      store,
      opensItself: false,
      writerOf: (transaction) => writerOn(knexIn(knex, transaction as pg.PoolClient)),
      close: () => Promise.all([pool.end(), knex.destroy()]),
    };
  },

  async TypeORM(url) {
    const pool = withPool(url);
    const store = postgresStore({ client: pool });
    const entity = new EntitySchema<{ id: string }>({
      name: 'payments',
      columns: { id: { type: 'text', primary: true } },
    });
    const source = await new DataSource({ type: 'postgres', url, entities: [entity] }).initialize();
    const writerOn = (inner: typeof source.manager): Writer => ({
      insert: (id) => inner.save(entity, { id }),
      nested: (work) => inner.transaction((nested) => work(writerOn(nested))),
      raw: (text) => inner.query(text),
    });
    return {
      store,
      opensItself: false,
      writerOf: (transaction) => writerOn(managerIn(source, transaction as pg.PoolClient)),
      close: () => Promise.all([pool.end(), source.destroy()]),
    };
  },

  async MikroORM(url) {
    const pool = withPool(url);
    const entity = new MikroSchema<Payment>({
      class: Payment,
      tableName: 'payments',
      properties: { id: { type: 'text', primary: true } },
    });
    const orm = await MikroORM.init({ clientUrl: url, entities: [entity], ensureDatabase: false });
    const store = postgresStore({
      client: pool,
      transaction: {
        run: (work: (em: MikroManager) => Promise<void>) => orm.em.fork().transactional(work),
        query: (em, { strings, parameters }) => em.execute(strings.join('?'), [...parameters]),
      },
    });
    const writerOn = (em: MikroManager): Writer => ({
      insert: (id) => em.insert(entity, { id }),
      nested: (work) => em.transactional((nested) => work(writerOn(nested))),
      raw: (text) => em.execute(text),
    });
    return {
      store,
      opensItself: true,
      writerOf: (transaction) => writerOn(transaction as MikroManager),
      close: () => Promise.all([pool.end(), orm.close()]),
    };
  },

  async Prisma(url) {
    const pool = withPool(url);
    const { PrismaClient } = await generatePrisma();
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    const store = postgresStore({
      client: pool,
      transaction: {
        run: (work: (tx: PrismaTransaction) => Promise<void>) => prisma.$transaction(work, { timeout: 30_000 }),
        query: (tx, { text, values }) => tx.$queryRawUnsafe(text, ...values),
      },
    });
    const writerOn = (tx: PrismaTransaction): Writer => ({
      insert: (id) => tx.payments.create({ data: { id } }),
      nested: (work) => tx.$transaction((nested) => work(writerOn(nested))),
      raw: (text) => tx.$executeRawUnsafe(text),
    });
    return {
      store,
      opensItself: true,
      writerOf: (transaction) => writerOn(transaction as PrismaTransaction),
      close: () => Promise.all([prisma.$disconnect(), pool.end()]),
    };
  },
};

/** What is used here of the client that Prisma generates. */
interface PrismaTransaction {
  payments: { create(given: { data: { id: string } }): Promise<unknown> };
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>;
  $executeRawUnsafe(text: string): Promise<unknown>;
  $transaction<Result>(work: (tx: PrismaTransaction) => Promise<Result>, options?: object): Promise<Result>;
}

let generated: Promise<{ PrismaClient: new (options: object) => PrismaTransaction & { $disconnect(): Promise<void> } }>;

/** `prisma generate`, without the engine for migrations that it would fetch first. */
function generatePrisma(): typeof generated {
  generated ??= (async () => {
    const folder = new URL('../.cache/prisma/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    const schema = new URL('schema.prisma', folder);
    writeFileSync(
      schema,
      `generator client {
  provider = "prisma-client"
  output   = "./client"
}
datasource db {
  provider = "postgresql"
}
model payments {
  id String @id
}
`,
    );
    const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
    await promisify(execFile)(process.execPath, [prisma, 'generate', '--schema', fileURLToPath(schema)], {
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
      cwd: fileURLToPath(folder),
    });
    return import(/* @vite-ignore */ pathToFileURL(fileURLToPath(new URL('client/client.ts', folder))).href);
  })();
  return generated;
}
