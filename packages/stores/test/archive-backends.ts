/** The stores and archives of one database, by its URL, for tests of both together and for processes that are killed. */

import { DatabaseSync } from 'node:sqlite';
import type { DedupeStore, HandlerContext, TransactionalStore } from '@countersign/core';
import { mysqlStore } from '@countersign/stores/mysql';
import { mysqlArchive } from '@countersign/stores/mysql-archive';
import { postgresStore } from '@countersign/stores/postgres';
import { postgresArchive } from '@countersign/stores/postgres-archive';
import { sqliteStore } from '@countersign/stores/sqlite';
import { type SqlArchive, sqliteArchive } from '@countersign/stores/sqlite-archive';
import { createPool } from 'mysql2/promise';
import pg from 'pg';

export interface ArchiveBackend {
  readonly store: DedupeStore & Pick<TransactionalStore, 'transact'> & { migrate(): Promise<void> };
  readonly archive: SqlArchive;
  /** Runs a statement, in the transaction of a handler if its context is given. */
  run(text: string, context?: HandlerContext): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

const options = { settleSeconds: 0.2 };

/** @param url of a server; otherwise the name of a SQLite file */
export function openBackend(url: string): ArchiveBackend {
  if (url.startsWith('postgres')) {
    const client = new pg.Pool({ connectionString: url, max: 10 });
    const store = postgresStore({ client });
    return {
      store,
      archive: postgresArchive({ client, ...options }),
      run: async (text, context) =>
        (await (context === undefined ? client : store.transactionOf(context)).query(text)).rows,
      close: () => client.end(),
    };
  }
  if (url.startsWith('mysql')) {
    const client = createPool({ uri: url, connectionLimit: 10 });
    const store = mysqlStore({ client });
    return {
      store,
      archive: mysqlArchive({ client, ...options }),
      run: async (text, context) => {
        const [rows] = await (context === undefined ? client : store.transactionOf(context)).query(text);
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
      },
      close: () => client.end(),
    };
  }
  const database = new DatabaseSync(url);
  database.exec('PRAGMA journal_mode = WAL');
  return {
    store: sqliteStore({ database }),
    archive: sqliteArchive({ database, ...options }),
    run: async (text) => {
      if (text.startsWith('SELECT')) return database.prepare(text).all() as Record<string, unknown>[];
      database.exec(text);
      return [];
    },
    close: async () => database.close(),
  };
}
