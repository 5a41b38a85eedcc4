/** What the stores share: tokens of owners, answers as text, how long attempts are remembered. */

import { type ReleaseOptions, type StoredAnswer, WebhookError } from '@countersign/core';

/** How long the number of attempts is remembered after a release or a lease that ran out: longer than retries pause. */
export const attemptMemorySeconds = 604_800;

/** Names the owner of a claim. Nobody has to guess it, no two are equal. */
export function createToken(): string {
  return crypto.randomUUID();
}

export function encodeAnswer(answer: StoredAnswer | undefined): string | undefined {
  return answer === undefined ? undefined : JSON.stringify(answer);
}

/** The same in ASCII alone, which a connection and a database of any character set carry unchanged. */
export function encodeAnswerInAscii(answer: StoredAnswer | undefined): string | undefined {
  return encodeAnswer(answer)?.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws store_unavailable for a damaged record, of which no part is quoted: it may hold what a handler answered */
export function decodeAnswer(text: string | null | undefined): StoredAnswer | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as StoredAnswer;
  } catch {
    throw new WebhookError('store_unavailable', {
      hint: 'The record of a completed event is damaged: what it keeps of the response is no JSON. Has something else written to the store?',
    });
  }
}

/** By how much a release lowers the number of attempts: a claim under which the handler did not run is not one. */
export function attemptsTakenBack(options: ReleaseOptions | undefined): 0 | 1 {
  return options?.ran === false ? 1 : 0;
}

/** What is left of a lease as a sender is told it: whole seconds, never 0. */
export function leaseLeftSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
