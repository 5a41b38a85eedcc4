/** Shared by the archives in SQL databases: options, the archive itself, and its sweep. */

import { type Archive, type ArchiveMethods, type ArchiveOptions, defineArchive } from '@countersign/core';
import { createSweeper } from './sweeper.ts';

/** An archive in a SQL database. */
export interface SqlArchive extends Archive {
  /**
   * Creates the table and its indexes if they are missing, and upgrades a table of an older version. Run it once at
   * deployment; running it again does no harm.
   */
  migrate(): Promise<void>;
}

export interface SqlArchiveOptions extends ArchiveOptions {
  /** The table, optionally as `schema.table`. Default `countersign_archive`. */
  readonly table?: string;
  /** `automatic` (default): expired entries are deleted along with new ones in batches of 200, at most once a minute. */
  readonly sweep?: 'automatic' | 'manual';
}

/** Entries with their bytes are larger than claims, so fewer of them are removed in one step. */
const sweepBatchSize = 200;

export function makeSqlArchive(
  at: string,
  methods: ArchiveMethods,
  { sweep = 'automatic', ...options }: SqlArchiveOptions,
  migrate: () => Promise<void>,
): SqlArchive {
  const sweepBeside =
    sweep === 'automatic'
      ? createSweeper(() => methods.remove(undefined, sweepBatchSize), sweepBatchSize)
      : () => undefined;
  const swept: ArchiveMethods = {
    ...methods,
    async add(...given) {
      await methods.add(...given);
      sweepBeside();
    },
  };
  return { ...defineArchive(swept, options, at), migrate };
}
