/** A Node request as frameworks and cloud functions leave it, and the facts known before its body. */

import type { IncomingMessage } from 'node:http';
import type { DeliveryHead } from '@countersign/core';

/** A Node request, with the fields that frameworks and cloud functions add. */
export interface NodeRequest extends IncomingMessage {
  /** Left by a body parser. Bytes are used, anything else is not. */
  body?: unknown;
  /** The bytes, as some cloud functions keep them. */
  rawBody?: unknown;
  /** The request target before a router removed the mount path. */
  originalUrl?: string;
}

/** The facts that can be screened before the body is read. */
export function headOf(request: NodeRequest): DeliveryHead {
  return {
    headers: headersOf(request),
    url: request.originalUrl ?? request.url ?? '/',
    method: request.method ?? 'POST',
  };
}

/** The length that the head announces; 0 if it announces none. */
export function announcedLength(request: NodeRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** True if a body of unannounced length may follow. HTTP/2 needs neither header (RFC 9113 section 8.1). */
export function isUnannounced(request: NodeRequest): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return true;
  return request.httpVersionMajor >= 2 && request.headers['content-length'] === undefined;
}

/**
 * True if the sender has aborted an HTTP/2 request. Node ends its stream as if it were complete (according to RFC 9113
 * section 8.1.1 it is malformed); only the protocol stream below it shows that.
 */
export function isReset(request: NodeRequest): boolean {
  const { stream } = request as { readonly stream?: { readonly closed?: boolean; readonly aborted?: boolean } };
  return request.httpVersionMajor >= 2 && (request.aborted || stream?.closed === true || stream?.aborted === true);
}

/**
 * Every line of every field: Node's own `headers` keeps the first of a repeated Authorization and drops the rest.
 *
 * A request made up by a cloud function's wrapper only has `headers`, and HTTP/2 has no `headersDistinct`.
 */
function headersOf(request: NodeRequest): DeliveryHead['headers'] {
  const { rawHeaders } = request;
  if (rawHeaders === undefined || rawHeaders.length === 0) return request.headers;
  if (request.httpVersionMajor < 2) {
    // If there are as many names as lines, no field is repeated, and Node's own headers are complete.
    if (Object.keys(request.headers).length * 2 === rawHeaders.length) return request.headers;
    // A request injected for a test (light-my-request) has none either.
    const { headersDistinct } = request as { headersDistinct?: NodeRequest['headersDistinct'] };
    if (headersDistinct !== undefined) return headersDistinct;
  }
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] as string] as const] : [],
  );
}
