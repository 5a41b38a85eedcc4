/** The only table that turns error codes and outcomes into HTTP: status, headers, body. */

import type { AnyEvent, HandlerResponse, Outcome, WebhookError, WebhookErrorCode } from '@countersign/core';

/**
 * The status of each error code. Every fault of a header, timestamp, signature, token or key is the same 401. A fault
 * that another attempt may fix is 5xx, because many senders do not retry after 4xx: a body that did not arrive, a
 * schema that is narrower than the sender's payload.
 */
export const statuses: Readonly<Record<WebhookErrorCode, number>> = {
  body_not_raw: 500,
  body_too_large: 413,
  body_incomplete: 503,
  body_timeout: 503,
  encoding_unsupported: 415,
  header_missing: 401,
  header_repeated: 401,
  header_malformed: 401,
  timestamp_malformed: 401,
  timestamp_too_old: 401,
  timestamp_too_new: 401,
  signature_mismatch: 401,
  token_invalid: 401,
  token_expired: 401,
  key_unknown: 401,
  key_unavailable: 503,
  secret_invalid: 500,
  options_invalid: 500,
  payload_malformed: 400,
  payload_invalid: 500,
  store_unavailable: 503,
  queue_unavailable: 503,
  job_too_large: 500,
  job_malformed: 500,
  job_unsupported: 500,
  job_forged: 500,
  job_key_unknown: 500,
  job_expired: 500,
  method_unsupported: 405,
  event_not_verified: 500,
};

/** Marks the response to a duplicate, which repeats the response to the first delivery. */
export const replayedHeader = 'webhook-replayed';

/** The response to send. */
export interface WebhookResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * The bodies by status. They contain nothing that depends on the reason, so a forger learns nothing from them; the
 * reason goes to `onOutcome`.
 */
const bodies: Readonly<Record<number, string>> = {
  400: '{"error":"bad_request"}',
  401: '{"error":"unauthorized"}',
  405: '{"error":"method_not_allowed"}',
  413: '{"error":"content_too_large"}',
  415: '{"error":"unsupported_media_type"}',
  500: '{"error":"internal_error"}',
  503: '{"error":"unavailable"}',
};

const jsonType = { 'content-type': 'application/json' };
const defaultRetryAfterSeconds = 5;

/**
 * Returns the response to a refused delivery.
 *
 * @example
 * const { status, headers, body } = responseToError(new WebhookError('body_timeout'));
 */
export function responseToError(error: WebhookError): WebhookResponse {
  const status = statuses[error.code];
  const headers: Record<string, string> = { ...jsonType };
  if (status === 405) headers.allow = 'POST';
  if (status === 503) headers['retry-after'] = String(error.retryAfterSeconds ?? defaultRetryAfterSeconds);
  // The only error named in the response: the person reading the sender's delivery log is the one who can fix it.
  if (error.code === 'body_not_raw')
    return { status, headers, body: JSON.stringify({ error: error.code, hint: error.hint }) };
  return { status, headers, body: bodies[status] as string };
}

/**
 * Returns the response to an outcome: the handler's own response if there is one, otherwise an empty 200 or the one
 * from the table.
 *
 * @example
 * const { status, headers, body } = responseTo(await receiver.receive(delivery, handle));
 */
export function responseTo(outcome: Outcome<AnyEvent>): WebhookResponse {
  switch (outcome.kind) {
    case 'handled':
    case 'handshake':
      return responseOf(outcome.response);
    case 'stale':
      return responseOf(undefined);
    case 'duplicate': {
      const response = responseOf(outcome.response);
      return { ...response, headers: { ...response.headers, [replayedHeader]: 'true' } };
    }
    case 'in_flight':
      return {
        status: 503,
        headers: { ...jsonType, 'retry-after': String(outcome.retryAfterSeconds) },
        body: bodies[503] as string,
      };
    case 'failed':
      return outcome.response === undefined
        ? { status: 500, headers: jsonType, body: bodies[500] as string }
        : responseOf(outcome.response);
    case 'rejected':
      return responseToError(outcome.error);
  }
}

/**
 * Fields of one connection (RFC 9110 section 7.6.1), and fields of a body that is measured and framed again when it is
 * sent.
 */
const connectionFields = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const empty: WebhookResponse = { status: 200, headers: {}, body: '' };

function responseOf(response: HandlerResponse | undefined): WebhookResponse {
  if (response === undefined) return empty;
  const headers: Record<string, string> = {};
  for (const name in response.headers) {
    const field = name.toLowerCase();
    if (!connectionFields.has(field)) headers[field] = response.headers[name] as string;
  }
  const { status = 200, body = '' } = response;
  if (typeof body === 'string' || body instanceof Uint8Array) return { status, headers, body };
  return { status, headers: { ...jsonType, ...headers }, body: JSON.stringify(body) };
}
