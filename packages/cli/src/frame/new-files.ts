/** Writes new files: all of them or none, and never over a file that exists. */

import { appendFile, lstat, mkdir, readFile, rm, rmdir, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliFailure } from './failure.ts';
import { printable } from './output.ts';

/** A file to write, by its path relative to a folder, with slashes. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** @throws CliFailure file_exists, with the names of all files that exist */
export async function requireNew(folder: string, files: readonly NewFile[]): Promise<void> {
  const existing: string[] = [];
  for (const { path } of files) if (await isThere(join(folder, path))) existing.push(printable(path));
  if (existing.length === 0) return;
  const verb = existing.length === 1 ? 'exists' : 'exist';
  throw new CliFailure('file_exists', `${existing.join(' and ')} already ${verb}; nothing was written.`);
}

/**
 * Writes the files, then adds lines to the end of another one. What was written before a failure is removed again.
 *
 * @throws CliFailure file_exists, file_unwritable
 */
export async function writeNewFiles(folder: string, files: readonly NewFile[], appended?: NewFile): Promise<void> {
  await requireNew(folder, files);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const { path, text } of files) {
      const target = join(folder, path);
      await makeFolder(dirname(target), undo);
      // Fails if the file has appeared in the meantime.
      await writeFile(target, text, { flag: 'wx' });
      undo.push(() => rm(target));
    }
    if (appended !== undefined) {
      const target = join(folder, appended.path);
      const before = await stat(target).then(
        ({ size }) => size,
        () => undefined,
      );
      undo.push(() => (before === undefined ? rm(target, { force: true }) : truncate(target, before)));
      await appendFile(target, appended.text);
    }
  } catch (cause) {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
    const { code = 'unknown', path = '' } = cause as NodeJS.ErrnoException;
    const name = printable(path.startsWith(folder) ? path.slice(folder.length + 1) : path);
    if (code === 'EEXIST')
      throw new CliFailure('file_exists', `${name} already exists; nothing was written.`, { cause });
    throw new CliFailure('file_unwritable', `cannot write ${name}: the system says ${code}; nothing was written.`, {
      cause,
    });
  }
}

/** The text of a file, or undefined if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch {
    return undefined;
  }
}

/** True for a file, a folder or a link, even one that leads nowhere. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeFolder(folder: string, undo: (() => Promise<unknown>)[]): Promise<void> {
  if (await isThere(folder)) return;
  await makeFolder(dirname(folder), undo);
  await mkdir(folder);
  undo.push(() => rmdir(folder));
}
