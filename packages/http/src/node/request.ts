/** A Node request as frameworks and cloud functions leave it, and the facts known before its body. */

import type { IncomingMessage } from 'node:http';
import type { DeliveryHead, IncomingDelivery } from '@countersign/core';

/**
 * A Node request, with the fields that frameworks and cloud functions add. Not an interface: body parsers give the same fields types of
 * their own.
 */
export type NodeRequest = IncomingMessage & {
  /** Left by a body parser. Bytes are used, anything else is not. */
  body?: unknown;
  /** The bytes, as some cloud functions keep them. */
  rawBody?: unknown;
  /** The request target before a router removed the mount path. */
  originalUrl?: string;
};

/** A request as a receiver takes it: what is read of it before its body, and the body. */
export function deliveryOf(request: NodeRequest, body: IncomingDelivery['body']): IncomingDelivery {
  const { headers, rawHeaders, httpVersionMajor } = request;
  // With as many names as lines no field is repeated, and Node's own headers are whole.
  const isWhole = httpVersionMajor < 2 && Object.keys(headers).length * 2 === rawHeaders?.length;
  return {
    headers: isWhole ? headers : everyLineOf(request),
    url: request.originalUrl ?? request.url ?? '/',
    method: request.method ?? 'POST',
    body,
  };
}

/** The length of the body by the head; undefined where a body may come whose length the head does not tell. */
export function announcedLength({ headers, httpVersionMajor }: NodeRequest): number | undefined {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] !== undefined) return undefined;
  // HTTP/2 needs neither header (RFC 9113 section 8.1).
  return length === undefined && httpVersionMajor >= 2 ? undefined : Number(length ?? 0);
}

/**
 * True if the sender has aborted an HTTP/2 request. Node ends its stream as if it were complete (according to RFC 9113
 * section 8.1.1 it is malformed); only the protocol stream below it shows that.
 */
export function isReset(request: NodeRequest): boolean {
  const { stream } = request as { readonly stream?: { readonly closed?: boolean; readonly aborted?: boolean } };
  return request.aborted || stream?.closed === true || stream?.aborted === true;
}

/**
 * Every line of every field: Node's own `headers` keeps the first of a repeated Authorization and drops the rest.
 *
 * A request made up by a cloud function's wrapper only has `headers`, and HTTP/2 has no `headersDistinct`.
 */
function everyLineOf(request: NodeRequest): DeliveryHead['headers'] {
  const { rawHeaders, httpVersionMajor } = request;
  if (rawHeaders === undefined || rawHeaders.length === 0) return request.headers;
  // A request that was injected for a test (light-my-request) has none either.
  const { headersDistinct } = request as { headersDistinct?: NodeRequest['headersDistinct'] };
  if (httpVersionMajor < 2 && headersDistinct !== undefined) return headersDistinct;
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] as string] as const] : [],
  );
}
