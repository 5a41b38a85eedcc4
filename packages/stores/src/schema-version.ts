/** The version of a store's table, kept in a row of the table itself, and the way from one version to the next. */

import { WebhookError } from '@countersign/core';

/** No receiver makes such a key: theirs are hashes of 43 letters. */
const versionKey = 'countersign-schema-version';
/** A hundred years, in which no sweep removes it. */
const keptSeconds = 3_153_600_000;
/** That of tables which were made before versions were kept. */
const firstVersion = 1;

export interface Migration {
  readonly at: string;
  readonly table: string;
  /** What makes the table in its first version, each to be repeated without harm. */
  readonly create: readonly string[];
  /**
   * The first leads from version 1 to version 2, and so on. A statement has to fail or change nothing where another process was first.
   */
  readonly upgrades: readonly (readonly string[])[];
  run(statement: string): Promise<unknown>;
  /** The store's own watermarks, which the version is one of. */
  raise(key: string, position: number | undefined, retentionSeconds: number): Promise<number | undefined>;
}

/**
 * Makes the table where it is missing, and upgrades it where it is of an older version. Several processes may do so at once.
 *
 * @throws store_unavailable where a newer version of this package has upgraded it: its steps may mean something else
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
  // Where it stands already nothing is written: a process that starts must not wait for those that write.
  if (stored === undefined && found === newest) await raise(versionKey, newest, keptSeconds);
}

/** Waits for a moment for another process that may be upgrading the table now. */
async function isReached(version: number, readVersion: () => Promise<number>): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    if ((await readVersion()) >= version) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
