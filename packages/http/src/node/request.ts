/** A Node request as frameworks and cloud functions leave it, and what is known of it before its body. */

import type { IncomingMessage } from 'node:http';
import type { DeliveryHead } from '@countersign/core';

/** A Node request, with what frameworks and cloud functions put on it. */
export interface NodeRequest extends IncomingMessage {
  /** What a body parser has left. Bytes are used, anything else is not. */
  body?: unknown;
  /** The bytes as some cloud functions keep them. */
  rawBody?: unknown;
  /** The request target before a router took the mount path off. */
  originalUrl?: string;
}

/** What can be screened before the body is read. */
export function headOf(request: NodeRequest): DeliveryHead {
  return {
    headers: headersOf(request),
    url: request.originalUrl ?? request.url ?? '/',
    method: request.method ?? 'POST',
  };
}

/** The length the head announces; 0 where it announces none. */
export function announcedLength(request: NodeRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** Whether a body may come whose length the head does not tell. HTTP/2 needs neither header (RFC 9113 section 8.1). */
export function isUnannounced(request: NodeRequest): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return true;
  return request.httpVersionMajor >= 2 && request.headers['content-length'] === undefined;
}

/**
 * Whether the sender has broken off an HTTP/2 request. Node ends its stream as if it were whole (RFC 9113 section 8.1.1 has it be
 * malformed); only the stream of the protocol below it knows.
 */
export function isReset(request: NodeRequest): boolean {
  const { stream } = request as { readonly stream?: { readonly closed?: boolean; readonly aborted?: boolean } };
  return request.httpVersionMajor >= 2 && (request.aborted || stream?.closed === true || stream?.aborted === true);
}

/**
 * Every line of every field: Node's own `headers` keeps the first of a repeated Authorization and drops the rest.
 *
 * A request that a cloud function's wrapper has made up has `headers` alone, and HTTP/2 no `headersDistinct`.
 */
function headersOf(request: NodeRequest): DeliveryHead['headers'] {
  const { rawHeaders } = request;
  if (rawHeaders === undefined || rawHeaders.length === 0) return request.headers;
  if (request.httpVersionMajor < 2) {
    // With as many names as lines no field is repeated, and Node's own headers are whole.
    if (Object.keys(request.headers).length * 2 === rawHeaders.length) return request.headers;
    // A request that was injected for a test (light-my-request) has none either.
    const { headersDistinct } = request as { headersDistinct?: NodeRequest['headersDistinct'] };
    if (headersDistinct !== undefined) return headersDistinct;
  }
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] as string] as const] : [],
  );
}
