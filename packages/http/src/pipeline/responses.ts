/** Turns errors and outcomes into HTTP: status, headers, body. */

import { type AnyEvent, errorTable, type HandlerResponse, type Outcome, type WebhookError } from '@countersign/core';

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
  const { status } = errorTable[error.code];
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
