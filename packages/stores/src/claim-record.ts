/** What the stores share: tokens of owners, answers as text, how long attempts are remembered. */

import type { ReleaseOptions, StoredAnswer } from '@countersign/core';

/** How long the number of attempts is remembered after a release or a lease that ran out: longer than retries pause. */
export const attemptMemorySeconds = 604_800;

/** Names the owner of a claim. Nobody has to guess it, no two are equal. */
export function createToken(): string {
  return crypto.randomUUID();
}

export function encodeAnswer(answer: StoredAnswer | undefined): string | undefined {
  return answer === undefined ? undefined : JSON.stringify(answer);
}

export function decodeAnswer(text: string | null | undefined): StoredAnswer | undefined {
  return text === null || text === undefined || text === '' ? undefined : (JSON.parse(text) as StoredAnswer);
}

/** By how much a release lowers the number of attempts: a claim under which the handler did not run is not one. */
export function attemptsTakenBack(options: ReleaseOptions | undefined): 0 | 1 {
  return options?.ran === false ? 1 : 0;
}

/** What is left of a lease as a sender is told it: whole seconds, never 0. */
export function leaseLeftSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
