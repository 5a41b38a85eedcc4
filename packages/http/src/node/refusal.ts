/** Refuses a request whose body may still be arriving, so that the sender can still read the response. */

import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { WebhookResponse } from '../pipeline/responses.ts';
import { lingerLimit, lingerSeconds, reuseLimit } from '../pipeline/webhook-options.ts';
import { announcedLength, type NodeRequest } from './request.ts';

/** True if no one is left to read the response. For HTTP/2, only its stream shows that. */
export function isGone(response: ServerResponse): boolean {
  if (response.destroyed) return true;
  const { stream } = response as { readonly stream?: { readonly destroyed?: boolean; readonly closed?: boolean } };
  return stream?.destroyed === true || stream?.closed === true;
}

const { writeHead: ownWriteHead } = ServerResponse.prototype;

/** The longest pause between two pieces that are thrown away. */
const lingerPauseSeconds = 0.5;

/**
 * Sends a refusal. The response is complete immediately; the bytes that the sender is still writing are read and
 * dropped for a while.
 *
 * Closing with unread bytes would reset the connection, and the sender would see the reset instead of the response (RFC
 * 9112 section 9.6). Only the head of the request decides whether the connection is kept, never the reason. Never
 * throws.
 */
export function sendRefusal(request: NodeRequest, response: ServerResponse, message: WebhookResponse): void {
  if (response.headersSent || isGone(response)) return;
  try {
    writeRefusal(request, response, message);
  } catch {
    // Other middleware has put something on the response that cannot be sent. The refusal is sent without it.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    sendResponse(response, message);
  }
}

function writeRefusal(request: NodeRequest, response: ServerResponse, message: WebhookResponse): void {
  // A body that stalled is one that may never end.
  const announced = announcedLength(request);
  const isKept = announced !== undefined && announced <= reuseLimit && message.status !== 503;
  const isStreamed = request.httpVersionMajor >= 2;
  writeHead(response, isKept || isStreamed ? message : withClose(message));
  const isAllHere = request.complete || (isKept && announced === 0);
  if (isAllHere || isStreamed) {
    response.end(message.body);
    return;
  }
  response.flushHeaders();
  response.write(message.body);
  linger(request, () => {
    // Not as a callback of end(): a response that was injected for a test would treat it as content.
    response.once('finish', () => {
      if (!request.complete) request.destroy();
    });
    response.end();
  });
}

/** Sends a response, unless a handler has responded itself or the client is gone. Never throws. */
export function sendResponse(response: ServerResponse, message: WebhookResponse): void {
  if (response.headersSent || isGone(response)) return;
  try {
    writeHead(response, message);
    response.end(message.body);
  } catch {
    // Node rejects a header field, or something that other middleware put on the response. The sender retries and gets
    // the recorded response.
    sendPlain500(response);
  }
}

/** Whatever is on a response that could not be sent, the sender must learn that the delivery failed. */
export function sendPlain500(response: ServerResponse): void {
  if (response.headersSent || isGone(response)) return void response.destroy();
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.statusCode = 500;
  response.end();
}

function writeHead(response: ServerResponse, { status, headers, body }: WebhookResponse): void {
  // RFC 9110 section 8.6: no length with 204, and with 304 not that of a response that is not sent.
  const isEmpty = status === 204 || status === 304;
  const fields: OutgoingHttpHeaders = isEmpty
    ? headers
    : { ...headers, 'content-length': body.length === 0 ? '0' : String(Buffer.byteLength(body)) };
  if (response.hasHeader('transfer-encoding')) response.removeHeader('transfer-encoding');
  if (isEmpty) response.removeHeader('content-length');
  // In one call where no middleware listens to it: 1 % of the time for a request of Express and Fastify.
  if (response.writeHead === ownWriteHead) return void response.writeHead(status, fields);
  response.statusCode = status;
  for (const name of Object.keys(fields)) response.setHeader(name, fields[name] as string);
}

function withClose(message: WebhookResponse): WebhookResponse {
  return { ...message, headers: { ...message.headers, connection: 'close' } };
}

/** Reads and drops until the body ends, the connection closes, or a limit is reached. */
function linger(request: NodeRequest, done: () => void): void {
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    request.off('data', onData).off('end', finish).off('close', finish);
    done();
  };
  const endsAt = performance.now() + lingerSeconds * 1000;
  const timer = setTimeout(finish, lingerPauseSeconds * 1000);
  const onData = (chunk: Uint8Array | string) => {
    dropped += chunk.length;
    if (dropped > lingerLimit || performance.now() > endsAt) finish();
    else timer.refresh();
  };
  request.on('data', onData).on('end', finish).on('close', finish).resume();
}
