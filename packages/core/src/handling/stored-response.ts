/** What is kept of a response, and what a duplicate is told of it. */

import { crypto } from '#crypto';
import type { StoredResponse } from '../claims/store.ts';
import { decodeUtf8, encodeBase64Url } from '../encoding.ts';
import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { HandlerResponse } from '../response.ts';
import type { Outcome } from './outcome.ts';

const maxStoredBodyLength = 4096;
const storedHeaders = ['content-type'];

/** @returns undefined where there is nothing to keep */
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

/** The outcome of a delivery whose event is on record. */
export async function duplicate(
  event: VerifiedEvent,
  identity: Identity,
  stored: StoredResponse | undefined,
): Promise<Outcome> {
  const { fingerprint, secret, ...response } = stored ?? {};
  const isChanged = fingerprint !== undefined && fingerprint !== (await fingerprintFor(event, identity));
  return {
    kind: 'duplicate',
    event,
    ...(Object.keys(response).length > 0 && { response }),
    ...(isChanged && (identity.from === 'digest' ? { idChanged: true } : { bodyChanged: true })),
    ...((await isOfAnother(secret, event)) && { unknownSecret: true }),
  };
}

/** True if a record was made by a secret that this receiver neither has nor had. */
async function isOfAnother(mark: string | undefined, { secretMarks }: VerifiedEvent): Promise<boolean> {
  if (mark === undefined || secretMarks === undefined) return false;
  const known = await Promise.all(secretMarks.known.map((one) => one()));
  return !known.includes(mark);
}

/** Of what the identity leaves open: the bytes, or where they are the identity, the unsigned delivery id. */
async function fingerprintFor(event: VerifiedEvent, { from, joined }: Identity): Promise<string | undefined> {
  if (from === 'none') return undefined;
  if (from !== 'digest') return fingerprintOf(event.body);
  const { unsignedId } = event;
  return unsignedId === undefined || joined === 'id' ? undefined : fingerprintOf(unsignedId);
}

/** The app may have changed its object since it was checked; no body is worth the record. */
function textOfJson(body: object): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}

/** A record holds text. Bytes that are none, such as a compressed body, are not kept. */
function textOfBody(body: HandlerResponse['body']): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return textOfJson(body);
  return body.length > maxStoredBodyLength ? undefined : decodeUtf8(body);
}

/** Forty-eight bits of a hash: enough to report that something differs from the first time. */
async function fingerprintOf(content: Uint8Array | string): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [content])).slice(0, 8);
}
