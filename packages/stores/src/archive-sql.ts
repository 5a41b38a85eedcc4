/** The table and the steps of an archive in a SQL database; a dialect says how its database spells them. */

import type {
  ArchiveMethods,
  ArchiveOutcome,
  EntryNote,
  EntryQuery,
  FoundEntry,
  NewEntry,
  StoredBytes,
  StoredEntry,
} from '@countersign/core';
import { type DriverSettings, flagOf, numberOf } from './driver-values.ts';
import { migrateTable } from './schema-version.ts';

export const defaultArchiveTable = 'countersign_archive';

export type SqlValue = string | number | null | Uint8Array;
export type ArchiveRow = Record<string, unknown>;
/** One statement and its values. */
export type ArchiveStatement = readonly [text: string, values: readonly SqlValue[]];

/** The forms of a value in a statement. */
export type ValueKind = 'text' | 'integer' | 'bytes';

/** The spelling of a database. */
export interface ArchiveDialect {
  /** Milliseconds since 1970, on the server's clock. */
  readonly now: string;
  /** Adds a value to a statement, and returns its place in the text. */
  place(values: SqlValue[], value: SqlValue, kind: ValueKind): string;
  /** A column of bytes in the form in which it is read. */
  readBytes(column: string): string;
  /** A column of another kind in the form in which it is read. */
  read(column: string): string;
  /** The end of an INSERT: what changes in a row that exists. */
  onConflict(changes: readonly string[]): string;
  /** The end of a statement that changes rows, so that the number of rows is known. */
  readonly returning: string;
  /** The name of the row that exists, after the table's name in an INSERT. */
  readonly alias: string;
  /** A query for rows; `order` is the part of it that sorts them. */
  select(inner: string, order: string): string;
  /** Removes at most `limit` rows. */
  removeSome(table: string, where: string, limit: number): string;
  /** Removes bytes that no entry refers to any more. */
  removeOrphans(table: string, where: string): string;
  readonly settings: DriverSettings;
}

/** The way to run statements. */
export interface ArchiveConnection {
  readonly query: (statement: ArchiveStatement) => Promise<ArchiveRow[]>;
  /** Returns the number of rows that a statement has changed. */
  readonly change: (statement: ArchiveStatement) => Promise<number>;
}

/** Names rows that are not events: the bytes of batches, and the version of the table. No receiver has such a namespace. */
const internal = '#';
const maxExpiry = 9_007_199_254_740_991;

type PartOfEntry = Partial<NewEntry> & Pick<NewEntry, 'id'>;

/** The steps of an archive, as statements of its database. */
export function archiveSteps(
  table: string,
  dialect: ArchiveDialect,
  { query, change }: ArchiveConnection,
): Omit<ArchiveMethods, 'local'> & { readonly raise: VersionStep } {
  const { now, returning, settings } = dialect;
  const build = (make: (place: Place) => string): ArchiveStatement => {
    const values: SqlValue[] = [];
    const text = make((value, kind = 'text') => dialect.place(values, value ?? null, kind));
    return [text, values];
  };

  const insert = (entry: PartOfEntry, bytes: StoredBytes | undefined, retentionSeconds: number | undefined) =>
    build((place) => {
      const { receivedAt = 0 } = entry;
      const columns: readonly (readonly [string, string])[] = [
        ['id', place(entry.id)],
        ['namespace', place(entry.namespace ?? internal)],
        ['provider', place(entry.provider ?? internal)],
        ['tenant', place(entry.tenant)],
        ['event_type', place(entry.type)],
        ['event_id', place(entry.eventId)],
        ['identity', place(entry.identity ?? internal)],
        ['place', place(entry.place, 'integer')],
        ['received_at', place(receivedAt, 'integer')],
        ['last_received_at', place(receivedAt, 'integer')],
        ['deliveries', '1'],
        ['attempts', '0'],
        ['replays', '0'],
        ['body_length', place(entry.bodyBytes ?? 0, 'integer')],
        ['seal', place(entry.seal ?? internal)],
        ['bytes_in', place(entry.bytesIn)],
        ['head_bytes', place(bytes?.head, 'bytes')],
        ['body_bytes', place(bytes?.body, 'bytes')],
        ['position', now],
        [
          'expires_at',
          retentionSeconds === undefined
            ? String(maxExpiry)
            : `${now} + ${place(Math.round(retentionSeconds * 1000), 'integer')}`,
        ],
      ];
      const changes = dialect.onConflict([
        'deliveries = {old}deliveries + 1',
        `last_received_at = ${place(receivedAt, 'integer')}`,
        // A reader may have passed its place before the row was there: an open entry was never acknowledged.
        `position = CASE WHEN {old}outcome IS NULL THEN ${now} ELSE {old}position END`,
      ]);
      return `INSERT INTO {table}${dialect.alias} (${columns.map(([name]) => name).join(', ')})
VALUES (${columns.map(([, value]) => value).join(', ')})
${changes}${returning}`;
    });
  const run = (statement: ArchiveStatement) => change([statement[0].replaceAll('{table}', table), statement[1]]);

  const conditions = (place: Place, filter: EntryQuery): string[] => {
    const { namespace, provider, tenant, type, outcomes, since, until } = filter;
    // Called in the order in which the text has its values.
    const outcomeIn = (list: readonly ArchiveOutcome[]) =>
      list.map((one) => (one === 'open' ? 'outcome IS NULL' : `outcome = ${place(one)}`)).join(' OR ');
    return [
      `namespace = ${place(namespace)}`,
      ...(provider === undefined ? [] : [`provider = ${place(provider)}`]),
      ...(tenant === undefined ? [] : [tenant === null ? 'tenant IS NULL' : `tenant = ${place(tenant)}`]),
      ...(type === undefined ? [] : [`event_type = ${place(type)}`]),
      ...(outcomes === undefined ? [] : [`(${outcomeIn(outcomes)})`]),
      ...(since === undefined ? [] : [`received_at >= ${place(since, 'integer')}`]),
      ...(until === undefined ? [] : [`received_at < ${place(until, 'integer')}`]),
    ];
  };

  const plainColumns = [
    ...['id', 'namespace', 'provider', 'tenant', 'event_type', 'event_id', 'identity', 'place', 'received_at'],
    ...['last_received_at', 'deliveries', 'outcome', 'attempts', 'replays', 'replayed_at', 'replayed_by'],
    ...['replay_outcome', 'body_length', 'position'],
  ];
  const selected = plainColumns.map((name) => `${dialect.read(`e.${name}`)} AS ${name}`).join(', ');
  const settledAt = (place: Place, seconds: number) => `e.position <= ${now} - ${place(seconds * 1000, 'integer')}`;

  return {
    add: async (entry, bytes, retentionSeconds) => void (await run(insert(entry, bytes, retentionSeconds))),
    addBytes: async (id, receivedAt, bytes, retentionSeconds) =>
      void (await run(insert({ id, receivedAt }, bytes, retentionSeconds))),
    touch: async (id, receivedAt) =>
      (await run(
        build(
          (place) => `UPDATE {table} SET deliveries = deliveries + 1, last_received_at = ${place(receivedAt, 'integer')}
WHERE id = ${place(id)}${returning}`,
        ),
      )) === 1,
    move: async (id) =>
      void (await run(build((place) => `UPDATE {table} SET position = ${now} WHERE id = ${place(id)}${returning}`))),
    note: async (id, note) => void (await run(build((place) => noteText(place, id, note, now, returning)))),
    async find(id, namespace, provider): Promise<FoundEntry | undefined> {
      const [text, values] = build(
        (place) => `SELECT ${selected}, 1 AS settled, ${dialect.read('e.seal')} AS seal,
  ${dialect.readBytes('CASE WHEN e.bytes_in IS NULL THEN e.head_bytes ELSE b.head_bytes END')} AS head_bytes,
  ${dialect.readBytes('CASE WHEN e.bytes_in IS NULL THEN e.body_bytes ELSE b.body_bytes END')} AS body_bytes,
  ${dialect.readBytes('e.error_bytes')} AS error_bytes
FROM ${table} AS e LEFT JOIN ${table} AS b ON b.id = e.bytes_in
WHERE e.id = ${place(id)} AND e.namespace = ${place(namespace)} AND e.provider = ${place(provider)} AND e.expires_at > ${now}`,
      );
      const [row] = present(await query([dialect.select(text, ''), values]));
      if (row === undefined) return undefined;
      const head = bytesOf(row, 'head_bytes');
      return {
        entry: storedEntryOf(row, settings),
        seal: textOf(row, 'seal') ?? '',
        head,
        // Some databases store no bytes as NULL.
        body: head === undefined ? undefined : (bytesOf(row, 'body_bytes') ?? new Uint8Array()),
        error: bytesOf(row, 'error_bytes'),
      };
    },
    async list(filter, { after, limit, settleSeconds, settledOnly }) {
      const order = 'ORDER BY position, id';
      const [text, values] = build((place) => {
        const isSettled = settledAt(place, settleSeconds);
        const where = conditions(place, filter);
        if (after !== undefined) {
          const position = place(after.position, 'integer');
          where.push(
            `(e.position > ${position} OR (e.position = ${place(after.position, 'integer')} AND e.id > ${place(after.id)}))`,
          );
        }
        if (settledOnly) where.push(settledAt(place, settleSeconds));
        return `SELECT ${selected}, ${dialect.read(`CASE WHEN ${isSettled} THEN 1 ELSE 0 END`)} AS settled FROM ${table} AS e
WHERE ${where.join(' AND ')} AND e.expires_at > ${now} ORDER BY e.position, e.id LIMIT ${Math.trunc(limit)}`;
      });
      return present(await query([dialect.select(text, order), values])).map((row) => storedEntryOf(row, settings));
    },
    async remove(filter, limit) {
      if (filter === undefined) return change([dialect.removeSome(table, `expires_at <= ${now}`, limit), []]);
      const [where, values] = build((place) => conditions(place, filter).join(' AND '));
      const removed = await change([dialect.removeSome(table, where, limit), values]);
      if (removed < limit && filter.until !== undefined) {
        const [orphans, until] = build(
          (place) =>
            `b.namespace = '${internal}' AND b.received_at < ${place(filter.until, 'integer')} AND b.id <> ${place('countersign-schema-version')}`,
        );
        await change([dialect.removeOrphans(table, orphans), until]);
      }
      return removed;
    },
    async raise(key, version) {
      const [text, values] = build(
        (place) => `SELECT ${dialect.read('e.place')} AS place FROM ${table} AS e WHERE e.id = ${place(key)}`,
      );
      const [row] = present(await query([dialect.select(text, ''), values]), 'place');
      const before = row === undefined ? undefined : numberOf(row, 'place', settings);
      if (version === undefined || (before ?? 0) >= version) return before;
      if (before === undefined) await run(insert({ id: key, place: version }, undefined, undefined));
      await run(
        build(
          (place) => `UPDATE {table} SET place = ${place(version, 'integer')} WHERE id = ${place(key)}${returning}`,
        ),
      );
      return before;
    },
  };
}

/** Reads the version of the table, and raises it. */
export type VersionStep = (key: string, version: number | undefined) => Promise<number | undefined>;

type Place = (value: SqlValue | undefined, kind?: ValueKind) => string;

function noteText(
  place: Place,
  id: string,
  { outcome, ran, error, replay }: EntryNote,
  now: string,
  returning: string,
): string {
  // An event that was handled stays so, whatever a later run reports.
  const isFinal = "(outcome IS NOT NULL AND outcome IN ('handled', 'stale'))";
  const changes = [
    ...(error === undefined ? [] : [`error_bytes = ${place(error, 'bytes')}`]),
    ...(outcome === undefined || outcome === 'open'
      ? []
      : [`outcome = CASE WHEN ${isFinal} THEN outcome ELSE ${place(outcome)} END`]),
    ...(replay !== undefined && 'by' in replay
      ? [`replayed_by = ${place(replay.by)}`, `replayed_at = ${now}`, 'replay_outcome = NULL']
      : []),
    ...(replay !== undefined && 'outcome' in replay
      ? [`replay_outcome = ${place(replay.outcome)}`, `replays = replays + ${replay.counts ? 1 : 0}`]
      : []),
    `attempts = attempts + ${ran}`,
  ];
  return `UPDATE {table} SET ${changes.join(', ')} WHERE id = ${place(id)}${returning}`;
}

/** The rows that were found: in some databases a query always has one row, which is empty if there are none. */
function present(rows: readonly ArchiveRow[], column = 'id'): ArchiveRow[] {
  return rows.filter((row) => row[column] !== null && row[column] !== undefined);
}

function storedEntryOf(row: ArchiveRow, settings: DriverSettings): StoredEntry {
  const number = (name: string) => numberOf(row, name, settings);
  const optional = (name: string) => (row[name] === null ? undefined : number(name));
  return {
    id: required(row, 'id'),
    namespace: required(row, 'namespace'),
    provider: required(row, 'provider'),
    tenant: textOf(row, 'tenant'),
    type: textOf(row, 'event_type'),
    eventId: textOf(row, 'event_id'),
    identity: required(row, 'identity'),
    place: optional('place'),
    receivedAt: number('received_at'),
    lastReceivedAt: number('last_received_at'),
    deliveries: number('deliveries'),
    outcome: (textOf(row, 'outcome') as ArchiveOutcome | undefined) ?? 'open',
    attempts: number('attempts'),
    replays: number('replays'),
    replayedAt: optional('replayed_at'),
    replayedBy: textOf(row, 'replayed_by'),
    replayOutcome: textOf(row, 'replay_outcome'),
    bodyBytes: number('body_length'),
    position: number('position'),
    isSettled: flagOf(row, 'settled', settings),
  };
}

const decoder = new TextDecoder();

/** A text, also from a column of bytes. */
function textOf(row: ArchiveRow, name: string): string | undefined {
  const value = row[name];
  if (value === null || value === undefined) return undefined;
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}

const required = (row: ArchiveRow, name: string) => textOf(row, name) ?? '';

/** Bytes, also as base64 text. */
function bytesOf(row: ArchiveRow, name: string): Uint8Array | undefined {
  const value = row[name];
  if (value === null || value === undefined) return undefined;
  // libsql returns an ArrayBuffer.
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(Buffer.from(String(value), 'base64'));
}

/** Creates the table, or upgrades it. */
export function migrateArchive(
  at: string,
  table: string,
  create: readonly string[],
  run: (statement: string) => Promise<unknown>,
  raise: VersionStep,
): Promise<void> {
  return migrateTable({ at, table, create, upgrades: [], run, raise });
}
