/** Reads the body of a Node request as bytes, bounded in size and time, or says why the bytes are gone. */

import { WebhookError } from '@countersign/core';
import { announcedLength, isUnannounced, type NodeRequest } from './node-request.ts';
import { bodyNotRaw, collectBytes, goneHint, markRead, type ParserNames, type Taker } from './raw-body.ts';
import type { BodyLimits } from './webhook-options.ts';

/**
 * The received bytes: those a raw parser or a cloud function has kept, or else what the stream still holds.
 *
 * @throws body_not_raw at once when a parser has used the stream up; body_too_large, body_timeout
 */
export async function readNodeBody(request: NodeRequest, limits: BodyLimits, names: ParserNames): Promise<Uint8Array> {
  const isSecondTime = markRead(request);
  const kept = keptBytes(request);
  if (kept !== undefined) {
    if (kept.byteLength > limits.maxBodyBytes) throw new WebhookError('body_too_large');
    return kept;
  }
  // Of an empty body nothing can be lost, whoever has read it.
  if (!isUnannounced(request) && announcedLength(request) === 0) return new Uint8Array();
  if (request.destroyed && !request.readableDidRead) throw new WebhookError('body_timeout', { hint: goneHint });
  // With an encoding set, the stream gives text, and bytes that are no text are lost.
  if (request.readableEnded || request.readableDidRead || request.readableEncoding !== null)
    throw bodyNotRaw(isSecondTime ? 'twice' : takerOf(request), names);
  if (announcedLength(request) > limits.maxBodyBytes) throw new WebhookError('body_too_large');
  return readStream(request, limits);
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

function readStream(request: NodeRequest, { maxBodyBytes, bodyTimeoutSeconds }: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const collected = collectBytes(announcedLength(request) || undefined, maxBodyBytes);
    const timer = setTimeout(() => finish(new WebhookError('body_timeout')), bodyTimeoutSeconds * 1000);
    const onData = (chunk: Uint8Array) => {
      if (collected.length + chunk.byteLength > maxBodyBytes) finish(new WebhookError('body_too_large'));
      else collected.add(chunk);
    };
    const onEnd = () => finish();
    // The connection went away in the middle: there is nobody left to answer.
    const onGone = () => finish(new WebhookError('body_timeout', { hint: goneHint }));
    const finish = (error?: WebhookError) => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (error === undefined) return resolve(collected.take());
      // What still arrives must not pile up; the refusal decides what becomes of the connection.
      request.pause();
      reject(error);
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // A middleware that waited for something may have paused it.
    request.resume();
  });
}
