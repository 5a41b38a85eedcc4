/** Tables that an earlier version made, and what `migrate()` does with them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findMissing, type LiveServer, startMariadb, startPostgres } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { type SqlStore, sqliteStore } from '@countersign/stores/sqlite';
import { createPool, type Pool } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateTable } from '../src/schema-version.ts';
import { titleOf } from './process-options.ts';

const versionKey = 'countersign-schema-version';

/** The table as it was made before it had a version, with an event that is done and one that is under way. */
const tablesOfVersion1 = {
  postgres: [
    `CREATE TABLE countersign_claims (
  key text COLLATE "C" PRIMARY KEY,
  token text NOT NULL,
  attempt integer NOT NULL,
  done boolean NOT NULL,
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sweep_on date NOT NULL,
  answer text,
  position double precision
)`,
    'CREATE INDEX countersign_claims_expires_at ON countersign_claims (sweep_on)',
    `INSERT INTO countersign_claims VALUES
  ('done', 'token', 1, true, now(), now() + interval '1 day', current_date + 1, '{"status":201}', NULL),
  ('held', 'token', 2, false, now() + interval '1 hour', now() + interval '1 day', current_date + 1, NULL, NULL)`,
  ],
  mysql: [
    `CREATE TABLE countersign_claims (
  claim_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  token VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt INT UNSIGNED NOT NULL,
  done TINYINT NOT NULL,
  lease_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answer MEDIUMTEXT CHARACTER SET utf8mb4,
  position DOUBLE,
  KEY countersign_claims_expires_at (expires_at)
) ENGINE = InnoDB`,
    `INSERT INTO countersign_claims VALUES
  ('done', 'token', 1, 1, 0, UNIX_TIMESTAMP() * 1000 + 86400000, '{"status":201}', NULL),
  ('held', 'token', 2, 0, UNIX_TIMESTAMP() * 1000 + 3600000, UNIX_TIMESTAMP() * 1000 + 86400000, NULL, NULL)`,
  ],
  sqlite: [
    `CREATE TABLE countersign_claims (
  key TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  done INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answer TEXT,
  position REAL
) WITHOUT ROWID`,
    'CREATE INDEX countersign_claims_expires_at ON countersign_claims (expires_at)',
    `INSERT INTO countersign_claims VALUES
  ('done', 'token', 1, 1, 0, unixepoch() * 1000 + 86400000, '{"status":201}', NULL),
  ('held', 'token', 2, 0, unixepoch() * 1000 + 3600000, unixepoch() * 1000 + 86400000, NULL, NULL)`,
  ],
} as const;

const missing = findMissing('postgres') ?? findMissing('mariadb');

describe.skipIf(missing !== undefined)(titleOf('a table of an earlier version', missing), () => {
  let server: LiveServer;
  let mariadb: LiveServer;
  let pool: pg.Pool;
  let mysql: Pool;
  const sqlite = new DatabaseSync(':memory:');
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    mariadb = await startMariadb();
    pool = new pg.Pool({ connectionString: server.url });
    mysql = createPool({ uri: mariadb.url });
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await mysql?.end();
    await server?.stop();
    await mariadb?.stop();
  });
  const opened = {
    postgres: (): [SqlStore, (sql: string) => unknown] => [postgresStore({ client: pool }), (sql) => pool.query(sql)],
    mysql: (): [SqlStore, (sql: string) => unknown] => [mysqlStore({ client: mysql }), (sql) => mysql.query(sql)],
    sqlite: (): [SqlStore, (sql: string) => unknown] => [sqliteStore({ database: sqlite }), (sql) => sqlite.exec(sql)],
  };

  it.each(['postgres', 'mysql', 'sqlite'] as const)(
    'goes on in %s with all that it holds, and has a version then',
    async (name) => {
      const [store, run] = opened[name]();
      for (const statement of tablesOfVersion1[name]) await run(statement);
      await Promise.all(Array.from({ length: 8 }, () => store.migrate()));
      expect(await store.claim('done', 30)).toEqual({ state: 'done', response: { status: 201 } });
      expect((await store.claim('held', 30)).state).toBe('in_flight');
      expect(await store.release('held', 'token', { ran: false })).toBe(true);
      expect(await store.claim('held', 30)).toMatchObject({ state: 'claimed', attempt: 2 });
      expect(await store.raiseWatermark?.(versionKey, undefined, 60)).toBe(1);
      await store.sweep();
      expect(await store.raiseWatermark?.(versionKey, undefined, 60)).toBe(1);
      // As a later version leaves it behind.
      await store.raiseWatermark?.(versionKey, 9, 86_400);
      await expect(store.migrate()).rejects.toMatchObject({ hint: expect.stringContaining('has version 9') });
    },
  );

  it('is upgraded step by step by the first of many who try, and by nobody again', async () => {
    const table = 'upgraded';
    const store = postgresStore({ client: pool, table });
    await store.migrate();
    await store.claim('kept', 30);
    const ran: string[] = [];
    const migration = {
      at: 'postgresStore',
      table,
      create: [],
      upgrades: [[`ALTER TABLE ${table} ADD COLUMN first text`], [`ALTER TABLE ${table} ADD COLUMN second text`]],
      async run(statement: string) {
        await pool.query(statement);
        ran.push(statement);
      },
      raise: (...given: [string, number | undefined, number]) =>
        store.raiseWatermark?.(...given) as Promise<number | undefined>,
    };
    await Promise.all(Array.from({ length: 6 }, () => migrateTable(migration)));
    await migrateTable(migration);
    expect(ran).toEqual(migration.upgrades.flat());
    expect(await store.raiseWatermark?.(versionKey, undefined, 60)).toBe(3);
    expect((await pool.query(`SELECT second FROM ${table} WHERE key = 'kept'`)).rows).toHaveLength(1);
    const failing = { ...migration, upgrades: [...migration.upgrades, ['ALTER TABLE nowhere ADD COLUMN a text']] };
    await expect(migrateTable(failing)).rejects.toThrow('nowhere');
    expect(await store.raiseWatermark?.(versionKey, undefined, 60)).toBe(3);
  });
});

describe('a table that has its version', () => {
  it('is left alone by migrate(), which then waits for no writer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-version-'));
    const [writer, starting] = [0, 1].map(() => new DatabaseSync(join(folder, 'claims.db'))) as [
      DatabaseSync,
      DatabaseSync,
    ];
    writer.exec('PRAGMA journal_mode = WAL');
    await sqliteStore({ database: writer }).migrate();
    writer.exec('BEGIN IMMEDIATE');
    await sqliteStore({ database: starting, busySeconds: 0.1 }).migrate();
    writer.exec('ROLLBACK');
    writer.close();
    starting.close();
    rmSync(folder, { recursive: true });
  });
});
