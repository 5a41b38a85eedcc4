/** Deliveries kept in a file, one JSON object per line, so that they can be inspected and sent again. */

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
  /** Names and values in the order received. */
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  /** The outcome: `handled`, or the code of the refusal; null if nothing was checked. */
  readonly verdict: string | null;
  readonly id: string | null;
}

/** @throws CliFailure file_unwritable */
export async function keepDelivery(path: string, delivery: KeptDelivery): Promise<void> {
  try {
    // It contains tokens and personal data: a new file is readable only by its owner.
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
    throw new CliFailure('capture_unreadable', `line ${at + 1} of ${nameOf(path)} is not a delivery kept by listen.`);
  });
}

/** A kept delivery that is not sent again, and the reason. */
export interface LeftOutDelivery {
  /** Line number in the file, from 1, without empty lines. */
  readonly line: number;
  readonly verdict: string | null;
  readonly method: string;
  readonly url: string;
  /** `method`: the sender does not use it. `refused`: listen refused it. */
  readonly reason: 'method' | 'refused';
}

const acceptedVerdicts: readonly (string | null)[] = ['handled', 'duplicate', 'handshake', null];

/**
 * Separates deliveries that may be signed again from the others: a signature with the real secret would make a
 * stranger's request genuine.
 *
 * @param methods the methods of the sender's deliveries
 * @param withRefused includes deliveries that listen refused
 */
export function partKept(kept: readonly KeptDelivery[], methods: readonly string[], withRefused: boolean) {
  const sent: KeptDelivery[] = [];
  const leftOut: LeftOutDelivery[] = [];
  for (const [at, one] of kept.entries()) {
    const { method = 'POST', url = '/', verdict = null } = one;
    const isRefused = !acceptedVerdicts.includes(verdict) && !withRefused;
    const reason = methods.includes(method) ? (isRefused ? 'refused' : undefined) : 'method';
    if (reason === undefined) sent.push(one);
    else leftOut.push({ line: at + 1, verdict, method, url, reason });
  }
  return { sent, leftOut };
}
