/** Reads the body of a Node request as bytes, limited in size and time, or reports why the bytes are gone. */

import { type BodyLimits, WebhookError } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { bodyNotRaw, collectBytes, goneHint, markRead, type Taker } from '../pipeline/raw-body.ts';
import { announcedLength, isReset, isUnannounced, type NodeRequest } from './request.ts';

/**
 * Returns the received bytes: those kept by a raw parser or a cloud function, or else the unread bytes of the stream.
 *
 * @throws body_not_raw immediately if a parser has consumed the stream; body_too_large, body_timeout
 */
export async function readNodeBody(
  request: NodeRequest,
  limits: BodyLimits,
  words: FrameworkWords,
): Promise<Uint8Array> {
  const isSecondTime = markRead(request);
  const kept = keptBytes(request);
  if (kept !== undefined) {
    if (kept.byteLength > limits.maxBodyBytes) throw new WebhookError('body_too_large');
    return kept;
  }
  // An empty body cannot have lost anything, no matter who has read it.
  if (!isUnannounced(request) && announcedLength(request) === 0) return new Uint8Array();
  if (request.destroyed && !request.readableDidRead) throw new WebhookError('body_timeout', { hint: goneHint });
  // With an encoding set, the stream yields text, and bytes that are not text are lost.
  if (request.readableEnded || request.readableDidRead || request.readableEncoding !== null)
    throw bodyNotRaw(isSecondTime ? 'twice' : takerOf(request), words);
  if (announcedLength(request) > limits.maxBodyBytes) throw new WebhookError('body_too_large');
  return readStream(request, limits);
}

/**
 * Reads a body that arrives in one packet with its head, as most do. It needs no listener, no timer, and no screening
 * of the head first. Undefined for all other bodies and for anything unusual. The stream ends a little later. Never
 * rejects.
 */
export async function takeArrivedBody(request: NodeRequest, maxBodyBytes: number): Promise<Uint8Array | undefined> {
  const announced = announcedLength(request);
  const isBounded = announced > 0 && announced <= maxBodyBytes && !isUnannounced(request);
  const isUntouched = !(request.readableDidRead || 'body' in request || 'rawBody' in request);
  if (!isBounded || !isUntouched || request.httpVersionMajor !== 1) return undefined;
  // Another listener would set the stream flowing before this continues.
  request.pause();
  // The body is complete when Node's parser has returned.
  await undefined;
  const isWhole = request.readableLength === announced && request.readableEncoding === null;
  if (isWhole) markRead(request);
  // Other listeners get the bytes as well.
  const bytes = isWhole ? (request.read() as Uint8Array) : undefined;
  // Takes effect in a later turn, when someone is listening for the rest; code that waits for the end of the stream
  // gets its event.
  request.resume();
  return bytes;
}

/** `express.raw()` leaves a Buffer as body; Google's functions keep the bytes in rawBody. */
function keptBytes(request: NodeRequest): Uint8Array | undefined {
  if (request.rawBody instanceof Uint8Array) return request.rawBody;
  return request.body instanceof Uint8Array ? request.body : undefined;
}

function takerOf(request: NodeRequest): Taker {
  if (typeof request.body === 'string') return 'text';
  if (typeof request.body !== 'object' || request.body === null)
    return request.readableEncoding === null ? 'unknown' : 'encoding';
  return request.headers['content-type']?.includes('urlencoded') === true ? 'form' : 'json';
}

function readStream(request: NodeRequest, { maxBodyBytes, signal }: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const collected = collectBytes(announcedLength(request) || undefined, maxBodyBytes);
    const onLate = () => finish(new WebhookError('body_timeout'));
    const onData = (chunk: Uint8Array) => {
      if (collected.length + chunk.byteLength > maxBodyBytes) finish(new WebhookError('body_too_large'));
      else collected.add(chunk);
    };
    const onEnd = () => (isReset(request) ? onGone() : finish());
    // The connection was closed in the middle of the body: there is no one left to respond to.
    const onGone = () => finish(new WebhookError('body_timeout', { hint: goneHint }));
    const finish = (error?: WebhookError) => {
      signal.removeEventListener('abort', onLate);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (error === undefined) return resolve(collected.take());
      // Incoming bytes must not pile up; the refusal decides whether the connection is kept.
      request.pause();
      reject(error);
    };
    signal.addEventListener('abort', onLate);
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // A middleware that waited for something may have paused it.
    request.resume();
  });
}
