/** An archive of deliveries in PostgreSQL. */

import { type ArchiveDialect, archiveSteps, defaultArchiveTable, migrateArchive } from './archive-sql.ts';
import { codeOf, type PostgresClient } from './postgres-clients.ts';
import { connectPostgres } from './postgres-connection.ts';
import { createOnce, postgresErrors, postgresSettings } from './postgres-errors.ts';
import type { Duplicate } from './postgres-js.ts';
import { makeSqlArchive, type SqlArchive, type SqlArchiveOptions } from './sql-archive.ts';
import { createSqlSteps } from './sql-steps.ts';
import { requireTable } from './sql-store.ts';

export type { PostgresClient } from './postgres-clients.ts';
export type { SqlArchive, SqlArchiveOptions } from './sql-archive.ts';

export interface PostgresArchiveOptions<Client extends PostgresClient = PostgresClient> extends SqlArchiveOptions {
  /** Your own client, as for `postgresStore`; the same one works. */
  readonly client: Client;
  /** For the postgres package: makes another client like `client`; see `postgresStore`. */
  readonly duplicate?: (changes: { readonly idle_timeout: number }) => Client;
}

/**
 * Returns the table of an archive as plain SQL, for tools that own the schema.
 *
 * @param table default `countersign_archive`
 *
 * @example
 * await writeFile('migrations/archive.sql', postgresArchiveSchema());
 */
export function postgresArchiveSchema(table: string = defaultArchiveTable): string {
  const name = requireTable(table, 'postgresArchiveSchema');
  const index = name.split('.').at(-1);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  id text COLLATE "C" PRIMARY KEY,
  namespace text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  tenant text COLLATE "C",
  event_type text COLLATE "C",
  event_id text COLLATE "C",
  identity text NOT NULL,
  place integer,
  received_at bigint NOT NULL,
  last_received_at bigint NOT NULL,
  deliveries integer NOT NULL,
  outcome text COLLATE "C",
  attempts integer NOT NULL,
  replays integer NOT NULL,
  replayed_at bigint,
  replayed_by text,
  replay_outcome text,
  body_length bigint NOT NULL,
  seal text NOT NULL,
  position bigint NOT NULL,
  expires_at bigint NOT NULL,
  bytes_in text COLLATE "C",
  error_bytes bytea,
  head_bytes bytea,
  body_bytes bytea
);
CREATE INDEX IF NOT EXISTS ${index}_order ON ${name} (namespace, position, id);
CREATE INDEX IF NOT EXISTS ${index}_expires_at ON ${name} (expires_at);
CREATE INDEX IF NOT EXISTS ${index}_bytes_in ON ${name} (bytes_in) WHERE bytes_in IS NOT NULL;
`;
}

// As text in both directions, since drivers can be configured to read and write other types in other ways.
const dialect: ArchiveDialect = {
  now: 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint',
  place(values, value, kind) {
    if (kind === 'bytes' && value !== null) values.push(Buffer.from(value as Uint8Array).toString('base64'));
    else values.push(value === null ? null : String(value));
    const place = `$${values.length}::text`;
    if (kind === 'bytes') return `decode(${place}, 'base64')`;
    return kind === 'integer' ? `${place}::bigint` : place;
  },
  read: (column) => `(${column})::text`,
  readBytes: (column) => `encode(${column}, 'base64')`,
  onConflict: (changes) => `ON CONFLICT (id) DO UPDATE SET ${changes.join(', ').replaceAll('{old}', 'a.')}`,
  alias: ' AS a',
  returning: ' RETURNING 1 AS changed',
  select: (inner) => inner,
  removeSome: (table, where, limit) =>
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${where} ORDER BY position LIMIT ${limit}) RETURNING 1 AS changed`,
  removeOrphans: (table, where) =>
    `DELETE FROM ${table} AS b WHERE ${where} AND NOT EXISTS (SELECT 1 FROM ${table} AS e WHERE e.bytes_in = b.id) RETURNING 1 AS changed`,
  settings: { ...postgresSettings, at: 'postgresArchive' },
};

/**
 * Keeps deliveries in PostgreSQL (from version 11 on), in one table that {@link SqlArchive.migrate} creates.
 *
 * Its steps run on connections of their own, never in a handler's transaction.
 *
 * @example
 * const archive = postgresArchive({ client: new pg.Pool() });
 * await archive.migrate();
 *
 * @throws options_invalid
 */
export function postgresArchive<Client extends PostgresClient>(options: PostgresArchiveOptions<Client>): SqlArchive {
  const { client, duplicate, table: given = defaultArchiveTable, ...rest } = options;
  const at = 'postgresArchive';
  const table = requireTable(given, at);
  const connection = connectPostgres(client, { transaction: undefined, duplicate: duplicate as Duplicate | undefined });
  const { step } = createSqlSteps({
    errors: {
      ...postgresErrors,
      at,
      silenceHint: connection.silenceHint ?? '',
      isConflict: (error) =>
        ['40001', '40P01'].includes(codeOf(error)) || connection.isLostPreparation?.(error) === true,
    },
    table,
    send: connection.query,
    release: async () => undefined,
  });
  const { raise, ...methods } = archiveSteps(table, dialect, {
    query: ([text, values]) => step(text, values),
    change: async ([text, values]) => (await step(text, values)).length,
  });
  return makeSqlArchive(at, methods, rest, () =>
    migrateArchive(
      at,
      table,
      postgresArchiveSchema(table)
        .split(';\n')
        .filter((statement) => statement.trim() !== ''),
      (statement) => createOnce(step, statement),
      raise,
    ),
  );
}
