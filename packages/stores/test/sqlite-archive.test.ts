import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteArchive } from '@countersign/stores/sqlite-archive';
import { archiveContract } from '@countersign/testing';
import BetterSqlite3 from 'better-sqlite3';
import LibSql from 'libsql';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { rowsBy } from './archive-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Handle {
  prepare(sql: string): { all(...values: never[]): unknown[]; run(...values: never[]): unknown };
  exec(sql: string): unknown;
  close(): unknown;
}
const openers = {
  'node:sqlite': (file: string) => new DatabaseSync(file) as unknown as Handle,
  'better-sqlite3': (file: string) => new BetterSqlite3(file, { timeout: 0 }) as unknown as Handle,
  libsql: (file: string) => new LibSql(file) as unknown as Handle,
};

describe.each(Object.entries(openers))('an archive in SQLite through %s', (name, open) => {
  const file = join(folder, `${name.replace(':', '-')}.db`);
  let eye: Handle;
  beforeAll(async () => {
    eye = open(file);
    eye.exec('PRAGMA journal_mode = WAL');
    await sqliteArchive({ database: eye }).migrate();
    await sqliteArchive({ database: eye }).migrate();
  });
  afterAll(() => eye?.close());
  const rows = rowsBy(async (text, values) => {
    const statement = eye.prepare(text);
    if (text.startsWith('SELECT')) return statement.all(...(values as never[])) as Record<string, unknown>[];
    statement.run(...(values as never[]));
    return [];
  });

  archiveContract(
    { describe, it },
    {
      make(options) {
        const database = open(file);
        return { archive: sqliteArchive({ database, ...options }), close: () => void database.close() };
      },
      ...rows,
    },
  );
});
