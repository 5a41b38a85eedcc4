/** What the stores in SQL databases share: options, the name of the table, errors that say what to do. */

import { type DedupeStore, type StoreMethods, WebhookError } from '@countersign/core';
import { bareError } from './bare-errors.ts';

/** The methods of a store over a SQL database. */
export interface SqlMethods extends StoreMethods {
  /**
   * Creates the table and its index where they are missing, and upgrades a table of an older version. Run it once at deployment; it may
   * run again.
   */
  migrate(): Promise<void>;
  /** Removes at most `limit` expired records (default 1 000) and tells how many; for a job of your own. */
  sweep(limit?: number): Promise<number>;
}

/** A store over a SQL database. */
export interface SqlStore extends SqlMethods, DedupeStore {}

export interface SqlStoreOptions {
  /** The table, also as `schema.table`. Default `countersign_claims`. */
  readonly table?: string;
  /** `automatic` (default): expired records go in batches of 1 000 beside claims, at most once a minute. */
  readonly sweep?: 'automatic' | 'manual';
}

export const defaultTable = 'countersign_claims';

/** @throws options_invalid: the name stands in SQL text, so it has to be one */
export function requireTable(table: string, at: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,47}(\.[A-Za-z_][A-Za-z0-9_]{0,47})?$/.test(table)) return table;
  throw new WebhookError('options_invalid', {
    at: `${at}.table`,
    hint: 'It takes letters, digits and underscores, at most 48 of them, perhaps behind a schema and a dot.',
  });
}

/** The name of the table's index: without the schema, in which it stands by itself. */
export function indexOf(table: string): string {
  return `${table.split('.').at(-1)}_expires_at`;
}

/** Says what to do about a table that is not there or not right. */
export function explainSchema(error: unknown, at: string, table: string): WebhookError {
  return new WebhookError('store_unavailable', {
    at,
    hint: `The table ${table} is missing or was made by another version. Run await store.migrate() once, at deployment.`,
    cause: bareError(error),
  });
}
