/** Records an app's own Response, so that a duplicate gets the same response as the first delivery. */

import { type HandlerResponse, noteOf, withCause } from '@countersign/core';
import { CollectedBytes } from '../pipeline/raw-body.ts';
import { recordedLimit } from '../pipeline/webhook-options.ts';

/** The status, and a small uncompressed body. The Response itself stays unread. */
export async function answerToRecord(response: Response): Promise<HandlerResponse> {
  const { status, headers } = response;
  const isDone = response.ok || status === 410;
  if (!isDone) {
    const note = noteOf(response);
    return note === undefined ? { status } : withCause({ status }, note.cause);
  }
  if (response.body === null || response.bodyUsed || headers.has('content-encoding')) return { status };
  if (Number(headers.get('content-length')) > recordedLimit) return { status };
  const body = await readSmall(response.clone().body as ReadableStream<Uint8Array>);
  if (body === undefined || body.length === 0) return { status };
  const type = headers.get('content-type');
  return { status, body, ...(type !== null && { headers: { 'content-type': type } }) };
}

/**
 * A Response that can be sent. If its body has already been read, for example by a logger, this is the rest. The app
 * has done its work.
 */
export function sendable(response: Response): Response {
  if (!response.bodyUsed) return response;
  const headers = new Headers(response.headers);
  for (const name of ['content-length', 'content-type', 'content-encoding', 'etag']) headers.delete(name);
  return new Response(null, { status: response.status, headers });
}

/** The bytes of a stream; undefined if there are more than can be recorded. */
async function readSmall(body: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const collected = new CollectedBytes(undefined, recordedLimit);
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return collected.take();
    if (!collected.add(value)) {
      // The other branch of the clone goes on; what it holds is for the sender.
      reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
}
