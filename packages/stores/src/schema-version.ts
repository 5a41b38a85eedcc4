/** The version of a store's table, kept in a row of the table itself, and the upgrades from one version to the next. */

import { WebhookError } from '@countersign/core';

/** No receiver makes such a key: their keys are hashes of 43 letters. */
const versionKey = 'countersign-schema-version';
/** A hundred years, so that no sweep removes it. */
const keptSeconds = 3_153_600_000;
/** The version of tables that were made before versions were recorded. */
const firstVersion = 1;

export interface Migration {
  readonly at: string;
  readonly table: string;
  /** Statements that create the table in its first version; repeating them does no harm. */
  readonly create: readonly string[];
  /**
   * The first upgrades from version 1 to version 2, and so on. A statement must fail or change nothing if another
   * process was first.
   */
  readonly upgrades: readonly (readonly string[])[];
  run(statement: string): Promise<unknown>;
  /** The store's own watermarks; the version is one of them. */
  raise(key: string, position: number | undefined, retentionSeconds: number): Promise<number | undefined>;
}

/**
 * Creates the table if it is missing, and upgrades an older version. Several processes may do so at once.
 *
 * @throws store_unavailable if a newer version of this package has upgraded it: its steps may mean something else
 */
export async function migrateTable({ at, table, create, upgrades, run, raise }: Migration): Promise<void> {
  for (const statement of create) await run(statement);
  const newest = firstVersion + upgrades.length;
  const stored = await raise(versionKey, undefined, keptSeconds);
  const readVersion = async () => (await raise(versionKey, undefined, keptSeconds)) ?? firstVersion;
  const found = stored ?? firstVersion;
  if (found > newest) {
    throw new WebhookError('store_unavailable', {
      at,
      hint: `The table ${table} has version ${found}, made by a newer version of this package; this one knows ${newest}. Update @countersign/stores here as well.`,
    });
  }
  for (let version = found; version < newest; version++) {
    if ((await readVersion()) > version) continue;
    try {
      for (const statement of upgrades[version - firstVersion] ?? []) await run(statement);
    } catch (error) {
      if (!(await isReached(version + 1, readVersion))) throw error;
    }
    await raise(versionKey, version + 1, keptSeconds);
  }
  // If it is already there, nothing is written: a starting process must not wait for others that write.
  if (stored === undefined && found === newest) await raise(versionKey, newest, keptSeconds);
}

/** Waits a moment for another process that may be upgrading the table now. */
async function isReached(version: number, readVersion: () => Promise<number>): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    if ((await readVersion()) >= version) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
