/** The stored part of a response, and the outcome of a duplicate. */

import { crypto } from '#crypto';
import type { StoredResponse } from '../claims/store.ts';
import { decodeUtf8, encodeBase64Url } from '../encoding.ts';
import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { HandlerResponse } from '../response.ts';
import type { Outcome } from './outcome.ts';

const maxStoredBodyLength = 4096;
const storedHeaders = ['content-type'];

/** @returns undefined if there is nothing to store */
export async function storedResponse(
  event: VerifiedEvent,
  identity: Identity,
  response: HandlerResponse | undefined,
): Promise<StoredResponse | undefined> {
  const fingerprint = await fingerprintFor(event, identity);
  const stored: { -readonly [Name in keyof StoredResponse]: StoredResponse[Name] } = {};
  if (fingerprint !== undefined) stored.fingerprint = fingerprint;
  const secret = await event.secretMarks?.own();
  if (secret !== undefined) stored.secret = secret;
  if (response?.status !== undefined) stored.status = response.status;
  const body = textOfBody(response?.body);
  if (body !== undefined && body.length <= maxStoredBodyLength) {
    stored.body = body;
    const headers = Object.entries(response?.headers ?? {}).filter(([name]) =>
      storedHeaders.includes(name.toLowerCase()),
    );
    if (headers.length > 0) stored.headers = Object.fromEntries(headers);
    else if (typeof response?.body === 'object' && !(response.body instanceof Uint8Array))
      stored.headers = { 'content-type': 'application/json' };
  }
  return Object.keys(stored).length === 0 ? undefined : stored;
}

/** The outcome of a delivery whose event is recorded. */
export async function duplicate(
  event: VerifiedEvent,
  identity: Identity,
  stored: StoredResponse | undefined,
): Promise<Outcome> {
  const { fingerprint, secret, givenUp, ...response } = stored ?? {};
  const isChanged = fingerprint !== undefined && fingerprint !== (await fingerprintFor(event, identity));
  return {
    kind: 'duplicate',
    event,
    ...(Object.keys(response).length > 0 && { response }),
    ...(isChanged && (identity.from === 'digest' ? { idChanged: true } : { bodyChanged: true })),
    ...((await isOfAnother(secret, event)) && { unknownSecret: true }),
  };
}

/** True if a record was made with a secret that this receiver neither has nor had. */
async function isOfAnother(mark: string | undefined, { secretMarks }: VerifiedEvent): Promise<boolean> {
  if (mark === undefined || secretMarks === undefined) return false;
  const known = await Promise.all(secretMarks.known.map((one) => one()));
  return !known.includes(mark);
}

/** The part that may differ between duplicates: the bytes, or if they are the identity, the unsigned delivery id. */
async function fingerprintFor(event: VerifiedEvent, { from, joined }: Identity): Promise<string | undefined> {
  if (from === 'none') return undefined;
  if (from !== 'digest') return fingerprintOf(event.body);
  const { unsignedId } = event;
  return unsignedId === undefined || joined === 'id' ? undefined : fingerprintOf(unsignedId);
}

/** The app may have changed its object after the check; no body is worth losing the record. */
function textOfJson(body: object): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}

/** A record holds text. Bytes that are not text, such as a compressed body, are not stored. */
function textOfBody(body: HandlerResponse['body']): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return textOfJson(body);
  return body.length > maxStoredBodyLength ? undefined : decodeUtf8(body);
}

/** Forty-eight bits of a hash: enough to report a difference from the first time. */
async function fingerprintOf(content: Uint8Array | string): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [content])).slice(0, 8);
}
