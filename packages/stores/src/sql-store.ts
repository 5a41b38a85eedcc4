/** Shared by the stores in SQL databases: options, the name of the table, hints in errors. */

import { type DedupeStore, type StoreFinding, type StoreMethods, WebhookError } from '@countersign/core';
import { bareError } from './bare-errors.ts';

/** The methods of a store in a SQL database. */
export interface SqlMethods extends StoreMethods {
  /**
   * Creates the table and its index if they are missing, and upgrades a table of an older version. Run it once at
   * deployment; running it again does no harm.
   */
  migrate(): Promise<void>;
  /** Removes at most `limit` expired records (default 1 000) and returns how many; for a job of your own. */
  sweep(limit?: number): Promise<number>;
}

/** A store in a SQL database. */
export interface SqlStore extends SqlMethods, DedupeStore {}

export interface SqlStoreOptions {
  /** The table, optionally as `schema.table`. Default `countersign_claims`. */
  readonly table?: string;
  /**
   * `automatic` (default): expired records are deleted along with claims in batches of 1 000, at most once a minute.
   */
  readonly sweep?: 'automatic' | 'manual';
}

export const defaultTable = 'countersign_claims';

/** @throws options_invalid: the name becomes SQL text, so it must be a valid name */
export function requireTable(table: string, at: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,47}(\.[A-Za-z_][A-Za-z0-9_]{0,47})?$/.test(table)) return table;
  throw new WebhookError('options_invalid', {
    at: `${at}.table`,
    hint: 'Expected letters, digits and underscores, at most 48 of them, optionally after a schema and a dot.',
  });
}

/** The name of the table's index: without the schema, because an index is always in its table's schema. */
export function indexOf(table: string): string {
  return `${table.split('.').at(-1)}_expires_at`;
}

/**
 * A finding if a table without a schema in its name exists in several: the session decides which one a step uses.
 *
 * @param places the schemas or databases that have it, separated by a comma and a blank
 * @param cause the way in which other code changes a session
 */
export function findSeveralTables(table: string, places: string | undefined, cause: string): StoreFinding[] {
  const [first, second] = places?.split(', ') ?? [];
  if (table.includes('.') || first === undefined || second === undefined) return [];
  return [
    {
      code: 'session_dependent',
      message: `The table ${table} exists more than once (in ${places}), and a pooled connection on which other code has left ${cause} uses a different one: events run again. Name the one to use, for example table: '${first}.${table}'.`,
    },
  ];
}

/** Adds the fix to an error about a missing or wrong table. */
export function explainSchema(error: unknown, at: string, table: string): WebhookError {
  return new WebhookError('store_unavailable', {
    at,
    hint: `The table ${table} is missing or was made by another version. Run await ${at.endsWith('Archive') ? 'archive' : 'store'}.migrate() once, at deployment.`,
    cause: bareError(error),
  });
}
