/** The contract of archives passes correct steps in memory, and none of the archives with a mistake. */

import { type ArchiveMethods, type ArchiveOptions, defineArchive } from '@countersign/core';
import { type MemoryRow, memorySteps, naiveArchives, writtenAfter } from '@countersign/live-services/naive-archives';
import { archiveContract } from '@countersign/testing';
import { expect, it } from 'vitest';

type Make = (steps: ArchiveMethods, options: ArchiveOptions) => ReturnType<typeof defineArchive>;

/** Runs the contract by hand; returns the titles of the cases that fail. */
async function failuresOf(make: Make): Promise<string[]> {
  const rows = new Map<string, MemoryRow>();
  const cases: [string, () => Promise<void>][] = [];
  archiveContract(
    { describe: (_, body) => body(), it: (name, body) => void cases.push([name, body]) },
    {
      make: (options) => ({ archive: make(memorySteps(rows), options) }),
      async peek(id) {
        const row = rows.get(id);
        return (
          row && {
            outcome: row.outcome,
            attempts: row.attempts,
            head: row.bytes?.head,
            body: row.bytes?.body,
            error: row.error,
          }
        );
      },
      async alter(id, { head, body, ...changes }) {
        const row = rows.get(id) as MemoryRow;
        const bytes = row.bytes && { head: head ?? row.bytes.head, body: body ?? row.bytes.body };
        rows.delete(id);
        rows.set(changes.id ?? id, { ...row, ...changes, bytes } as MemoryRow);
      },
    },
  );
  const failed: string[] = [];
  for (const [name, body] of cases) await body().catch(() => failed.push(name));
  expect(cases.length).toBeGreaterThan(15);
  return failed;
}

it('passes correct steps', async () => {
  expect(await failuresOf((steps, options) => defineArchive(steps, options))).toEqual([]);
}, 60_000);

it('fails an archive that is written after the handler', async () => {
  expect(await failuresOf(writtenAfter)).toContain('has an event before its handler runs, and its outcome afterwards');
}, 60_000);

it.concurrent.each(Object.entries(naiveArchives))(
  'fails an archive that %s',
  async (_, spoil) => {
    expect(await failuresOf((steps, options) => defineArchive(spoil(steps), options))).not.toEqual([]);
  },
  120_000,
);
