/** An archive of deliveries in a SQLite file. */

import { WebhookError } from '@countersign/core';
import {
  type ArchiveDialect,
  type ArchiveRow,
  type ArchiveStatement,
  archiveSteps,
  defaultArchiveTable,
  migrateArchive,
} from './archive-sql.ts';
import { bareError } from './bare-errors.ts';
import { makeSqlArchive, type SqlArchive, type SqlArchiveOptions } from './sql-archive.ts';
import { requireTable } from './sql-store.ts';
import type { SqliteDatabase } from './sqlite.ts';
import { queueOf, requireNoTransaction, retryWhileBusy } from './sqlite-handle.ts';
import { explainSqlite } from './sqlite-statements.ts';

export type { SqlArchive, SqlArchiveOptions } from './sql-archive.ts';
export type { SqliteDatabase } from './sqlite.ts';

export interface SqliteArchiveOptions extends SqlArchiveOptions {
  /** Your own handle of node:sqlite, better-sqlite3 or libsql; that of the store works too. */
  readonly database: SqliteDatabase;
  /** Maximum time that a step waits while another process writes, in seconds. Default 2. */
  readonly busySeconds?: number;
}

/**
 * Returns the table of an archive as plain SQL, for tools that own the schema. Times are milliseconds since 1970.
 *
 * @param table default `countersign_archive`
 *
 * @example
 * await writeFile('migrations/0002_archive.sql', sqliteArchiveSchema());
 */
export function sqliteArchiveSchema(table: string = defaultArchiveTable): string {
  const name = requireTable(table, 'sqliteArchiveSchema');
  const index = name.split('.').at(-1);
  // The index is named with the schema, its table without.
  const schema = name.includes('.') ? `${name.split('.')[0]}.` : '';
  return `CREATE TABLE IF NOT EXISTS ${name} (
  id TEXT PRIMARY KEY,
  namespace TEXT NOT NULL,
  provider TEXT NOT NULL,
  tenant TEXT,
  event_type TEXT,
  event_id TEXT,
  identity TEXT NOT NULL,
  place INTEGER,
  received_at INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  outcome TEXT,
  attempts INTEGER NOT NULL,
  replays INTEGER NOT NULL,
  replayed_at INTEGER,
  replayed_by TEXT,
  replay_outcome TEXT,
  body_length INTEGER NOT NULL,
  seal TEXT NOT NULL,
  position INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  bytes_in TEXT,
  error_bytes BLOB,
  head_bytes BLOB,
  body_bytes BLOB
);
CREATE INDEX IF NOT EXISTS ${schema}${index}_order ON ${index} (namespace, position, id);
CREATE INDEX IF NOT EXISTS ${schema}${index}_expires_at ON ${index} (expires_at);
CREATE INDEX IF NOT EXISTS ${schema}${index}_bytes_in ON ${index} (bytes_in);
`;
}

const dialect: ArchiveDialect = {
  now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
  place(values, value) {
    values.push(value);
    return '?';
  },
  read: (column) => column,
  readBytes: (column) => column,
  onConflict: (changes) => `ON CONFLICT (id) DO UPDATE SET ${changes.join(', ').replaceAll('{old}', '')}`,
  alias: '',
  returning: ' RETURNING 1 AS changed',
  select: (inner) => inner,
  removeSome: (table, where, limit) =>
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${where} ORDER BY position LIMIT ${limit}) RETURNING 1 AS changed`,
  removeOrphans: (table, where) =>
    `DELETE FROM ${table} WHERE id IN (SELECT b.id FROM ${table} AS b WHERE ${where} AND NOT EXISTS (SELECT 1 FROM ${table} AS e WHERE e.bytes_in = b.id)) RETURNING 1 AS changed`,
  settings: { at: 'sqliteArchive', options: 'returnArrays of node:sqlite' },
};

/**
 * Keeps deliveries in a SQLite file (SQLite 3.35 or later), which the processes of one machine can share.
 *
 * @example
 * const database = new DatabaseSync('hooks.db');
 * const archive = sqliteArchive({ database });
 * await archive.migrate();
 *
 * @throws options_invalid
 */
export function sqliteArchive(options: SqliteArchiveOptions): SqlArchive {
  const { database, busySeconds = 2, table: given = defaultArchiveTable, ...rest } = options;
  if (typeof database?.prepare !== 'function' || typeof database.exec !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'sqliteArchive.database',
      hint: 'Expected a database of node:sqlite, better-sqlite3 or libsql.',
    });
  }
  const table = requireTable(given, 'sqliteArchive');
  const inTurn = queueOf(database);
  /** Waits for a handler's transaction on the same handle: an entry must not be undone with it. */
  const step = <Result>(work: () => Result) =>
    inTurn(async () => {
      try {
        return await retryWhileBusy(() => {
          requireNoTransaction(database);
          return work();
        }, busySeconds);
      } catch (error) {
        throw bareError(explainSqlite(error, 'sqliteArchive', table));
      }
    });
  const query = ([text, values]: ArchiveStatement) =>
    step(() => {
      const statement = database.prepare(text) as { all(...values: unknown[]): unknown[] };
      return statement.all(...values) as ArchiveRow[];
    });
  const { raise, ...methods } = archiveSteps(table, dialect, {
    query,
    change: async (statement) => (await query(statement)).length,
  });
  return makeSqlArchive('sqliteArchive', methods, rest, () =>
    migrateArchive(
      'sqliteArchive',
      table,
      sqliteArchiveSchema(table)
        .split(';\n')
        .filter((statement) => statement.trim() !== ''),
      (statement) => step(() => database.exec(statement)),
      raise,
    ),
  );
}
