/** Reads the body of a Node request as bytes, limited in size and time, or reports why the bytes are gone. */

import { type BodyLimits, WebhookError } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { bodyNotRaw, CollectedBytes, goneHint, markRead, type Taker } from '../pipeline/raw-body.ts';
import { announcedLength, isReset, type NodeRequest } from './request.ts';

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
  const { maxBodyBytes } = limits;
  const isSecondTime = markRead(request);
  // `express.raw()` leaves a Buffer as body; Google's functions keep the bytes in rawBody.
  const kept = request.rawBody instanceof Uint8Array ? request.rawBody : request.body;
  const announced = announcedLength(request);
  if (kept instanceof Uint8Array) {
    if (kept.byteLength > maxBodyBytes) throw new WebhookError('body_too_large');
    return kept;
  }
  // An empty body has nothing to lose, no matter who has read it.
  if (announced === 0) return new Uint8Array();
  if (request.destroyed && !request.readableDidRead) throw new WebhookError('body_timeout', { hint: goneHint });
  // With an encoding set, the stream yields text, and bytes that are not text are lost.
  if (request.readableEnded || request.readableDidRead || request.readableEncoding !== null)
    throw bodyNotRaw(isSecondTime ? 'twice' : takerOf(request), words);
  if (announced !== undefined && announced > maxBodyBytes) throw new WebhookError('body_too_large');
  return readStream(request, announced, limits);
}

/**
 * A body that comes in one packet with its head, as most do: it needs no listener and no timer. Undefined for all others, and for whatever
 * is not in order. The stream ends a little later. Never rejects.
 */
export async function takeArrivedBody(request: NodeRequest, maxBodyBytes: number): Promise<Uint8Array | undefined> {
  const announced = announcedLength(request) ?? 0;
  const isUntouched = !(request.readableDidRead || 'body' in request || 'rawBody' in request);
  if (announced === 0 || announced > maxBodyBytes || !isUntouched || request.httpVersionMajor !== 1) return undefined;
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

function takerOf(request: NodeRequest): Taker {
  if (typeof request.body === 'string') return 'text';
  if (typeof request.body !== 'object' || request.body === null)
    return request.readableEncoding === null ? 'unknown' : 'encoding';
  return request.headers['content-type']?.includes('urlencoded') === true ? 'form' : 'json';
}

function readStream(
  request: NodeRequest,
  announced: number | undefined,
  { maxBodyBytes, signal }: BodyLimits,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const collected = new CollectedBytes(announced, maxBodyBytes);
    const onLate = () => fail(new WebhookError('body_timeout'));
    const onData = (chunk: Uint8Array) => {
      if (!collected.add(chunk)) fail(new WebhookError('body_too_large'));
    };
    const onEnd = () => {
      if (request.httpVersionMajor >= 2 && isReset(request)) return onGone();
      stop();
      resolve(collected.take());
    };
    // The connection went away in the middle: there is nobody left to answer.
    const onGone = () => fail(new WebhookError('body_timeout', { hint: goneHint }));
    const stop = () => {
      signal.removeEventListener('abort', onLate);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: WebhookError) => {
      stop();
      // Data that still arrives must not pile up; the refusal decides if the connection is kept.
      request.pause();
      reject(error);
    };
    signal.addEventListener('abort', onLate);
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // A middleware that waited for something may have paused it.
    request.resume();
  });
}
