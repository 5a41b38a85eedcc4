/** An archive of deliveries in MariaDB or MySQL. */

import {
  type ArchiveDialect,
  type ArchiveRow,
  archiveSteps,
  defaultArchiveTable,
  migrateArchive,
  type SqlValue,
} from './archive-sql.ts';
import {
  checkoutOf,
  createStepInPool,
  type MysqlCallbackPool,
  type MysqlPool,
  poolOf,
  settings,
} from './mysql-clients.ts';
import { mysqlErrors } from './mysql-errors.ts';
import { alwaysOneRow, oneRow } from './mysql-statements.ts';
import { makeSqlArchive, type SqlArchive, type SqlArchiveOptions } from './sql-archive.ts';
import { createSqlSteps } from './sql-steps.ts';
import { requireTable } from './sql-store.ts';

export type { MysqlCallbackPool, MysqlPool } from './mysql-clients.ts';
export type { SqlArchive, SqlArchiveOptions } from './sql-archive.ts';

export interface MysqlArchiveOptions extends SqlArchiveOptions {
  /** Your own pool of mysql2 or mysql2/promise; that of the store works too. */
  readonly client: MysqlPool | MysqlCallbackPool;
}

/**
 * Returns the table of an archive as plain SQL, for tools that own the schema. Times are milliseconds since 1970.
 *
 * Texts are columns of bytes, so that no collation takes two namespaces or tenants for one.
 *
 * @param table default `countersign_archive`
 *
 * @example
 * await writeFile('migrations/archive.sql', mysqlArchiveSchema());
 */
export function mysqlArchiveSchema(table: string = defaultArchiveTable): string {
  const name = requireTable(table, 'mysqlArchiveSchema');
  const index = name.split('.').at(-1);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  id VARBINARY(64) NOT NULL PRIMARY KEY,
  namespace VARBINARY(255) NOT NULL,
  provider VARBINARY(255) NOT NULL,
  tenant VARBINARY(255),
  event_type VARBINARY(1000),
  event_id VARBINARY(1000),
  identity VARBINARY(32) NOT NULL,
  place INT,
  received_at BIGINT NOT NULL,
  last_received_at BIGINT NOT NULL,
  deliveries INT UNSIGNED NOT NULL,
  outcome VARBINARY(32),
  attempts INT UNSIGNED NOT NULL,
  replays INT UNSIGNED NOT NULL,
  replayed_at BIGINT,
  replayed_by VARBINARY(1000),
  replay_outcome VARBINARY(32),
  body_length BIGINT NOT NULL,
  seal VARBINARY(64) NOT NULL,
  position BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  bytes_in VARBINARY(64),
  error_bytes MEDIUMBLOB,
  head_bytes LONGBLOB,
  body_bytes LONGBLOB,
  KEY ${index}_order (namespace, position, id),
  KEY ${index}_expires_at (expires_at),
  KEY ${index}_bytes_in (bytes_in)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
`;
}

const dialect: ArchiveDialect = {
  now: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
  place(values, value) {
    values.push(value instanceof Uint8Array ? Buffer.from(value) : value);
    return '?';
  },
  read: (column) => column,
  readBytes: (column) => column,
  onConflict: (changes) => `ON DUPLICATE KEY UPDATE ${changes.join(', ').replaceAll('{old}', '')}`,
  alias: '',
  returning: '',
  select: (inner, order) => `${alwaysOneRow}, found.* FROM ${oneRow} LEFT JOIN (${inner}) AS found ON 1 = 1 ${order}`,
  removeSome: (table, where, limit) => `DELETE FROM ${table} WHERE ${where} ORDER BY position LIMIT ${limit}`,
  removeOrphans: (table, where) =>
    `DELETE b FROM ${table} AS b LEFT JOIN ${table} AS e ON e.bytes_in = b.id WHERE ${where} AND e.id IS NULL`,
  settings: { ...settings, at: 'mysqlArchive' },
};

/**
 * Keeps deliveries in MariaDB (from 10.5 on) or MySQL (from 8 on), in one InnoDB table that {@link SqlArchive.migrate}
 * creates. A delivery must fit into the server's `max_allowed_packet`.
 *
 * @example
 * const archive = mysqlArchive({ client: createPool(process.env.DATABASE_URL ?? '') });
 * await archive.migrate();
 *
 * @throws options_invalid
 */
export function mysqlArchive(options: MysqlArchiveOptions): SqlArchive {
  const { client, table: given = defaultArchiveTable, ...rest } = options;
  const at = 'mysqlArchive';
  const table = requireTable(given, at);
  const pool = poolOf(client);
  const { step, explained } = createSqlSteps<SqlValue, unknown>({
    errors: { ...mysqlErrors, at },
    table,
    send: createStepInPool(checkoutOf(pool)),
    release: async () => undefined,
  });
  const { raise, ...methods } = archiveSteps(table, dialect, {
    query: async ([text, values]) => (await step(text, values)) as ArchiveRow[],
    change: async ([text, values]) => ((await step(text, values)) as { affectedRows: number }).affectedRows,
  });
  return makeSqlArchive(at, methods, rest, () =>
    migrateArchive(
      at,
      table,
      [mysqlArchiveSchema(table)],
      explained((statement: string) => pool.query(statement)),
      raise,
    ),
  );
}
