/** Reads the body of a Request as bytes, limited in size and time, or reports why the bytes are gone. */

import { type BodyLimits, isWebhookError, WebhookError } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { bodyNotRaw, CollectedBytes, goneHint, markRead } from '../pipeline/raw-body.ts';
import { lingerLimit, lingerSeconds, reuseLimit } from '../pipeline/webhook-options.ts';

/**
 * Returns the received bytes.
 *
 * @throws body_not_raw immediately if the body has already been read; body_too_large, body_timeout
 */
export async function readFetchBody(request: Request, limits: BodyLimits, words: FrameworkWords): Promise<Uint8Array> {
  const isSecondTime = markRead(request);
  if (isBodyUsed(request)) throw bodyNotRaw(isSecondTime ? 'twice' : 'unknown', words);
  const announced = request.headers.get('content-length');
  if (Number(announced) > limits.maxBodyBytes) throw new WebhookError('body_too_large');
  try {
    // A server passes no more than was announced, so an announced body can be taken whole; only an unannounced one is
    // counted.
    return await (announced === null ? readStream(request.body, limits) : takeWhole(request, limits));
  } catch (error) {
    if (isWebhookError(error)) throw error;
    if (isOverLimit(error)) throw new WebhookError('body_too_large', { at: 'request', hint: lowerLimitHint });
    // Locked by someone else's reader, so our code would never mark the body as used.
    throw isBodyUsed(request) && !isSecondTime
      ? new WebhookError('body_timeout', { hint: goneHint })
      : bodyNotRaw(isSecondTime ? 'twice' : 'unknown', words);
  }
}

/** The requests of srvx (h3 2, Nitro 3, Elysia on Node) throw when they are asked this after their body has been read. */
function isBodyUsed(request: Request): boolean {
  try {
    return request.bodyUsed;
  } catch {
    return true;
  }
}

const lowerLimitHint =
  "The framework's own limit is lower than maxBodyBytes and ended the body. Raise it there (in SvelteKit's adapter-node, BODY_SIZE_LIMIT in the environment).";

/** Frameworks that count the bytes themselves end the stream with an error of this status. */
function isOverLimit(error: unknown): boolean {
  const { status, statusCode } = (error ?? {}) as { readonly status?: unknown; readonly statusCode?: unknown };
  return status === 413 || statusCode === 413;
}

async function takeWhole(request: Request, { maxBodyBytes }: BodyLimits): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  // A Request that was constructed in code may announce any length.
  if (bytes.byteLength > maxBodyBytes) throw new WebhookError('body_too_large');
  return bytes;
}

/** Reads a stream of unannounced length. @throws body_too_large */
async function readStream(body: ReadableStream<Uint8Array> | null, { maxBodyBytes }: BodyLimits): Promise<Uint8Array> {
  const collected = new CollectedBytes(undefined, maxBodyBytes);
  const reader = body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!collected.add(value)) {
      // What is left is for {@link dropBody}.
      reader.releaseLock();
      throw new WebhookError('body_too_large');
    }
  }
  return collected.take();
}

/**
 * Reads and drops a body that was left unread by a refusal, up to a limit. If bytes are left unread on a connection,
 * some servers close it (workerd) or delay its next request (Next.js), and the sender gets no response.
 *
 * @returns a promise that settles once the body has been read to its end, or reading was given up; undefined if there
 *   is nothing to wait for. Never rejects
 */
export function dropBody(request: Request): Promise<void> | undefined {
  const announced = request.headers.get('content-length');
  if (announced !== null && Number(announced) <= reuseLimit) {
    if (!isBodyUsed(request)) request.arrayBuffer().catch(() => undefined);
    return undefined;
  }
  try {
    const reader = request.body?.getReader();
    return reader === undefined ? undefined : linger(reader).catch(() => undefined);
  } catch {
    // Someone else is reading it, or has read it.
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
