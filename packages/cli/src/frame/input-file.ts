/** Reads an input file, or standard input for `-`, as bytes. */

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { CliFailure } from './failure.ts';
import { printable } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** Captures are read whole, so there is a limit. */
const maxInputBytes = 256 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
};

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * @param name the name in messages; default its path
 * @throws CliFailure file_unreadable
 */
export async function readInput(
  path: string,
  surroundings: Surroundings,
  name: string = nameOf(path),
): Promise<Uint8Array> {
  try {
    const stream = path === '-' ? surroundings.stdin : createReadStream(resolve(surroundings.folder, path));
    return await readStream(stream, name);
  } catch (cause) {
    if (cause instanceof CliFailure) throw cause;
    // Node's own error, which repeats the path, is not passed on: someone may have passed the secret instead.
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CliFailure('file_unreadable', `cannot read ${name}: ${reasons[code] ?? `the system says ${code}`}.`);
  }
}

/** The name of an input in messages. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : printable(path);
}

/** @throws CliFailure usage if two inputs come from standard input */
export function requireOneStdin(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new CliFailure('usage', 'only one of the inputs can be -, which is standard input.');
  }
}

async function readStream(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > maxInputBytes) throw new CliFailure('file_unreadable', `${name} has more than 256 MiB.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
