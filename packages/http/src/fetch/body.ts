/** Reads the body of a Request as bytes, bounded in size and time, or says why the bytes are gone. */

import { type BodyLimits, isWebhookError, WebhookError } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { bodyNotRaw, collectBytes, goneHint, markRead } from '../pipeline/raw-body.ts';
import { lingerLimit, lingerSeconds, reuseLimit } from '../pipeline/webhook-options.ts';

/**
 * The received bytes.
 *
 * @throws body_not_raw at once when the body was read before; body_too_large, body_timeout
 */
export async function readFetchBody(request: Request, limits: BodyLimits, words: FrameworkWords): Promise<Uint8Array> {
  const isSecondTime = markRead(request);
  if (request.bodyUsed) throw bodyNotRaw(isSecondTime ? 'twice' : 'unknown', words);
  const announced = request.headers.get('content-length');
  if (Number(announced) > limits.maxBodyBytes) throw new WebhookError('body_too_large');
  try {
    // A server gives no more than it was told of, so the whole may be taken at once; only what is unannounced is counted.
    return await (announced === null ? readStream(request.body, limits) : takeWhole(request, limits));
  } catch (error) {
    if (isWebhookError(error)) throw error;
    // Locked by a reader of somebody else, the body never counts as used by us.
    throw request.bodyUsed && !isSecondTime
      ? new WebhookError('body_timeout', { hint: goneHint })
      : bodyNotRaw(isSecondTime ? 'twice' : 'unknown', words);
  }
}

async function takeWhole(request: Request, { maxBodyBytes }: BodyLimits): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  // A Request that somebody has made up may announce anything.
  if (bytes.byteLength > maxBodyBytes) throw new WebhookError('body_too_large');
  return bytes;
}

/** What a stream gives, which has not been announced. @throws body_too_large */
async function readStream(body: ReadableStream<Uint8Array> | null, { maxBodyBytes }: BodyLimits): Promise<Uint8Array> {
  const collected = collectBytes(undefined, maxBodyBytes);
  const reader = body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    if (collected.length + value.byteLength > maxBodyBytes) {
      // What is left is for {@link dropBody}.
      reader.releaseLock();
      throw new WebhookError('body_too_large');
    }
    collected.add(value);
  }
  return collected.take();
}

/**
 * Reads and drops a body that a refusal has left, up to a limit. With unread bytes on a connection some servers close it
 * (workerd), or keep the next request on it waiting (Next.js), and the sender is told nothing.
 *
 * @returns settles once the sender has been read to its end, or is given up; undefined where that need not be waited for. Never rejects
 */
export function dropBody(request: Request): Promise<void> | undefined {
  const announced = request.headers.get('content-length');
  if (announced !== null && Number(announced) <= reuseLimit) {
    if (!request.bodyUsed) request.arrayBuffer().catch(() => undefined);
    return undefined;
  }
  try {
    const reader = request.body?.getReader();
    return reader === undefined ? undefined : linger(reader).catch(() => undefined);
  } catch {
    // Somebody else reads it, or has.
    return undefined;
  }
}

async function linger(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const endsAt = performance.now() + lingerSeconds * 1000;
  const timer = setTimeout(() => reader.cancel().catch(() => undefined), lingerSeconds * 1000);
  let left = lingerLimit;
  try {
    while (left > 0 && performance.now() < endsAt) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.byteLength;
    }
    await reader.cancel();
  } finally {
    clearTimeout(timer);
  }
}
