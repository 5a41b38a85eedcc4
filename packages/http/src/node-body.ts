/** Reads the body of a Node request as bytes, bounded in size and time, or says why the bytes are gone. */

import { WebhookError } from '@countersign/core';
import type { NodeRequest } from './node.ts';

const goneHint = 'The connection was closed before the body was complete.';

/** Bounds of one read. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutSeconds: number;
}

/**
 * The received bytes: those a raw parser or a cloud function has kept, or else what the stream still holds.
 *
 * @throws body_not_raw at once when a parser has used the stream up; body_too_large, body_timeout
 */
export async function readNodeBody(request: NodeRequest, limits: BodyLimits): Promise<Uint8Array> {
  const kept = keptBytes(request);
  if (kept !== undefined) {
    if (kept.byteLength > limits.maxBodyBytes) throw new WebhookError('body_too_large');
    return kept;
  }
  if (isEmpty(request)) return new Uint8Array();
  if (request.destroyed && !request.readableDidRead) throw new WebhookError('body_timeout', { hint: goneHint });
  if (request.readableEnded || request.readableDidRead)
    throw new WebhookError('body_not_raw', { at: 'request', hint: hintFor(request) });
  if (announcedLength(request) > limits.maxBodyBytes) throw new WebhookError('body_too_large');
  return readStream(request, limits);
}

/** The length the head announces; 0 where it announces none. */
export function announcedLength(request: NodeRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** `express.raw()` leaves a Buffer as body; Google's functions keep the bytes in rawBody. */
function keptBytes(request: NodeRequest): Uint8Array | undefined {
  if (request.rawBody instanceof Uint8Array) return request.rawBody;
  return request.body instanceof Uint8Array ? request.body : undefined;
}

/** Of an empty body nothing can be lost, whoever has read it. */
function isEmpty(request: NodeRequest): boolean {
  return request.headers['transfer-encoding'] === undefined && announcedLength(request) === 0;
}

function hintFor(request: NodeRequest): string {
  const fix =
    'Mount the webhook route before app.use(express.json()), or give the path to express.raw({ type: () => true }).';
  if (typeof request.body === 'string') return `express.text() or another text parser ran first. ${fix}`;
  if (typeof request.body === 'object' && request.body !== null) {
    return `express.json(), express.urlencoded() or another body parser ran first. ${fix}`;
  }
  return `Something read the request's stream first. ${fix}`;
}

function readStream(request: NodeRequest, { maxBodyBytes, bodyTimeoutSeconds }: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const timer = setTimeout(() => finish(new WebhookError('body_timeout')), bodyTimeoutSeconds * 1000);
    const onData = (chunk: Uint8Array) => {
      length += chunk.byteLength;
      if (length > maxBodyBytes) finish(new WebhookError('body_too_large'));
      else chunks.push(chunk);
    };
    const onEnd = () => finish();
    // The connection went away in the middle: there is nobody left to answer.
    const onGone = () => finish(new WebhookError('body_timeout', { hint: goneHint }));
    const finish = (error?: WebhookError) => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (error === undefined) return resolve(join(chunks, length));
      // What still arrives must not pile up; the end of the response decides what becomes of the connection.
      request.pause();
      reject(error);
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
