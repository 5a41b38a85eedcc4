/** What is kept of an answer, and what a duplicate is told of it. */

import { crypto } from '#crypto';
import type { StoredAnswer } from '../claims/store.ts';
import { decodeUtf8, encodeBase64Url } from '../encoding.ts';
import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { HandlerAnswer } from '../response.ts';
import type { Outcome } from './outcome.ts';

const maxStoredBodyLength = 4096;
const storedHeaders = ['content-type'];

/** @returns undefined where there is nothing to keep */
export async function storedAnswer(
  event: VerifiedEvent,
  identity: Identity,
  answer: HandlerAnswer | undefined,
): Promise<StoredAnswer | undefined> {
  const fingerprint = await fingerprintFor(event, identity);
  const stored: { -readonly [Name in keyof StoredAnswer]: StoredAnswer[Name] } = {};
  if (fingerprint !== undefined) stored.fingerprint = fingerprint;
  const secret = await event.secretMarks?.own();
  if (secret !== undefined) stored.secret = secret;
  if (answer?.status !== undefined) stored.status = answer.status;
  const body = textOfBody(answer?.body);
  if (body !== undefined && body.length <= maxStoredBodyLength) {
    stored.body = body;
    const headers = Object.entries(answer?.headers ?? {}).filter(([name]) =>
      storedHeaders.includes(name.toLowerCase()),
    );
    if (headers.length > 0) stored.headers = Object.fromEntries(headers);
    else if (typeof answer?.body === 'object' && !(answer.body instanceof Uint8Array))
      stored.headers = { 'content-type': 'application/json' };
  }
  return Object.keys(stored).length === 0 ? undefined : stored;
}

/** The outcome of a delivery whose event is on record. */
export async function duplicate(
  event: VerifiedEvent,
  identity: Identity,
  stored: StoredAnswer | undefined,
): Promise<Outcome> {
  const { fingerprint, secret, ...answer } = stored ?? {};
  const isChanged = fingerprint !== undefined && fingerprint !== (await fingerprintFor(event, identity));
  return {
    kind: 'duplicate',
    event,
    ...(Object.keys(answer).length > 0 && { answer }),
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
function textOfBody(body: HandlerAnswer['body']): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return textOfJson(body);
  return body.length > maxStoredBodyLength ? undefined : decodeUtf8(body);
}

/** Forty-eight bits of a hash: enough to report that something differs from the first time. */
async function fingerprintOf(content: Uint8Array | string): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [content])).slice(0, 8);
}
