/** Shared by the stores: owner tokens, responses as text, and how long attempts are remembered. */

import { type ReleaseOptions, type StoredResponse, WebhookError } from '@countersign/core';

/**
 * Time for which the number of attempts is remembered after a release or an expired lease: longer than the pauses
 * between retries.
 */
export const attemptMemorySeconds = 604_800;

/** Names the owner of a claim. No one has to guess it, and no two are equal. */
export function createToken(): string {
  return crypto.randomUUID();
}

export function encodeResponse(response: StoredResponse | undefined): string | undefined {
  return response === undefined ? undefined : JSON.stringify(response);
}

/** The same in pure ASCII, which survives a connection or database with any character set. */
export function encodeResponseInAscii(response: StoredResponse | undefined): string | undefined {
  return encodeResponse(response)?.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws store_unavailable for a damaged record. No part of it is quoted: it may contain a handler's response */
export function decodeResponse(text: string | null | undefined): StoredResponse | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as StoredResponse;
  } catch {
    throw new WebhookError('store_unavailable', {
      hint: 'The record of a completed event is damaged: its stored response is not JSON. Has something else written to the store?',
    });
  }
}

/**
 * Time for which the token of an abandoned claim is remembered if there is no other record of its key. A claim may arrive
 * long after its release, which took another connection: Linux sends a packet again for about a quarter of an hour
 * (`tcp_retries2`, https://docs.kernel.org/networking/ip-sysctl.html, read 2026-11-27).
 */
export const abandonedSeconds = 900;

/** Number of abandoned tokens remembered for a key; the oldest ones are dropped. */
export const mostAbandoned = 20;

/** The length of a token. Lists of them have no separator. */
export const tokenLength = 36;

/**
 * The amount by which a release lowers the number of attempts: a claim under which the handler did not run does not
 * count as an attempt.
 */
export function attemptsTakenBack(options: ReleaseOptions | undefined): 0 | 1 {
  return options?.ran === false ? 1 : 0;
}

/** The rest of a lease as it is sent to a sender: whole seconds, never 0. */
export function leaseLeftSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
