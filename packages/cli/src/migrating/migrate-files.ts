/** Reads files that may call another verification library, and works out their new texts. */

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CliFailure } from '../frame/failure.ts';
import { isThere, readIfThere } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';
import { majorOf, readProject } from '../project/project-files.ts';
import { readSourceFile, type SourceFile } from '../project/source-file.ts';
import { type FoundCall, isRewrite, type Rewrite } from './found-call.ts';
import { findCalls } from './library-calls.ts';
import { rewriteFile } from './rewrite-file.ts';

/** One file with calls. */
export interface MigratedFile {
  /** Absolute. */
  readonly path: string;
  /** As it is printed: relative to the folder of the command. */
  readonly name: string;
  readonly before: string;
  /** The same as before if nothing is rewritten. */
  readonly after: string;
  readonly calls: readonly FoundCall[];
}

/** All files with calls, and the parts that were not read. */
export interface Migration {
  readonly files: readonly MigratedFile[];
  readonly notes: readonly string[];
}

/** @throws CliFailure file_unreadable */
export async function migrateFiles(folder: string, paths: readonly string[]): Promise<Migration> {
  const files = new Map<string, MigratedFile>();
  const notes: string[] = [];
  for (const given of paths) {
    const path = resolve(folder, given);
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => undefined,
    );
    if (isFolder === undefined)
      throw new CliFailure('file_unreadable', `cannot read ${printable(given)}: there is no such file.`);
    if (isFolder) {
      const project = await readProject(path);
      notes.push(...project.notes);
      for (const file of project.files.values()) {
        const within = dirname(file.path) === '.' ? '' : `${dirname(file.path)}/`;
        const major = majorOf(project, within, 'express') ?? (await expressMajor(path));
        const one = migrateFile(file, join(path, file.path), folder, major);
        if (one !== undefined) files.set(one.path, one);
      }
    } else {
      const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
      const file = readSourceFile(basename(path), text);
      if (file === undefined) notes.push(`${printable(given)} was left out: it cannot be parsed.`);
      const one = file && migrateFile(file, path, folder, await expressMajor(dirname(path)));
      if (one !== undefined) files.set(one.path, one);
    }
  }
  return { files: [...files.values()].sort((left, right) => (left.name < right.name ? -1 : 1)), notes };
}

function migrateFile(
  file: SourceFile,
  path: string,
  folder: string,
  expressMajor: number | undefined,
): MigratedFile | undefined {
  const facts = { file, isTyped: /\.[cm]?tsx?$/.test(file.path), expressMajor };
  const calls = findCalls(facts);
  if (calls.length === 0) return undefined;
  const base = { path, name: relative(folder, path).split(sep).join('/'), before: file.text };
  const rewrites = calls.flatMap(({ outcome }) => (isRewrite(outcome) ? [outcome] : []));
  const after = rewrites.length === 0 ? file.text : rewriteFile(facts, rewrites);
  if (after !== undefined) return { ...base, after, calls };
  const left = { left: 'the new text would not be a program; rewrite this by hand, and please report it.' };
  return {
    ...base,
    after: file.text,
    calls: calls.map((call) => ({ ...call, outcome: isRewrite(call.outcome) ? left : call.outcome })),
  };
}

/** The version that the nearest package.json asks for. */
async function expressMajor(folder: string): Promise<number | undefined> {
  for (let current = folder; ; current = dirname(current)) {
    if (await isThere(join(current, 'package.json'))) {
      const text = (await readIfThere(join(current, 'package.json'))) ?? '';
      const digits = /"express"\s*:\s*"[^"\d]*(\d+)/.exec(text)?.[1];
      return digits === undefined ? undefined : Number(digits);
    }
    if (dirname(current) === current) return undefined;
  }
}

/** The packages that the rewritten files import. */
export function packagesOf(rewrites: readonly Rewrite[]): readonly string[] {
  if (rewrites.length === 0) return [];
  const usesExpress = rewrites.some((one) => one.usesExpress === true);
  return ['@countersign/core', '@countersign/providers', ...(usesExpress ? ['@countersign/express'] : [])];
}
