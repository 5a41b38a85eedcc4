/** Deliveries kept in a file, one JSON object to a line, so that they can be looked at and sent again. */

import { appendFile } from 'node:fs/promises';
import { CliFailure } from '../frame/failure.ts';
import { nameOf, readInput } from '../frame/input-file.ts';
import type { Surroundings } from '../frame/surroundings.ts';

/** One line of the file. */
export interface KeptDelivery {
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly method: string;
  readonly url: string;
  /** Names and values in the order in which they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  /** What became of it: `handled`, or the code of the refusal; null where nothing was checked. */
  readonly verdict: string | null;
  readonly id: string | null;
}

/** @throws CliFailure file_unwritable */
export async function keepDelivery(path: string, delivery: KeptDelivery): Promise<void> {
  try {
    // It holds tokens and people's data: a new file is for its owner alone.
    await appendFile(path, `${JSON.stringify(delivery)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new CliFailure('file_unwritable', 'cannot write the file of --keep.', { cause });
  }
}

/** @throws CliFailure file_unreadable, capture_unreadable */
export async function readKept(path: string, surroundings: Surroundings): Promise<readonly KeptDelivery[]> {
  const text = Buffer.from(await readInput(path, surroundings)).toString();
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    try {
      const kept = JSON.parse(line) as KeptDelivery;
      if (typeof kept.bodyBase64 === 'string' && Array.isArray(kept.headers)) return kept;
    } catch {
      // The engine's message quotes the line.
    }
    throw new CliFailure(
      'capture_unreadable',
      `line ${at + 1} of ${nameOf(path)} is no delivery that listen has kept.`,
    );
  });
}
