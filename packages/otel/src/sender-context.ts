/** The trace that a sender names in its request. It is not signed, so it is only linked to, never continued. */

import type { UnsignedRequest } from '@countersign/core';
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** The sender's `traceparent` as W3C Trace Context describes it; undefined if there is none, or an invalid one. */
export function senderContextOf(request: UnsignedRequest): SpanContext | undefined {
  const text = request.header('traceparent') ?? '';
  const found = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:$|-)/.exec(text);
  if (found === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = found;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const sender: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(sender) ? sender : undefined;
}
