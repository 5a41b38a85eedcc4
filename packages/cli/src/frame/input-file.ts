/** Reads what is given as a file, or as `-` for standard input, as bytes. */

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { CliFailure } from './failure.ts';
import { printable } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** Captures are read whole, so they have to end somewhere. */
const maxInputBytes = 256 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENAMETOOLONG: 'its name is too long',
};

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * @param name what messages call it; default its path
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
    // Node's own error, which repeats the path, goes no further: somebody may have given the secret in its place.
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CliFailure('file_unreadable', `cannot read ${name}: ${reasons[code] ?? `the system says ${code}`}.`);
  }
}

/** What a message calls an input. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : printable(path);
}

/** @throws CliFailure usage where two inputs are to come from standard input */
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
    if (size > maxInputBytes) throw new CliFailure('file_unreadable', `${name} holds more than 256 MiB.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
