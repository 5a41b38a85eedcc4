/** Every way in which a delivery or a configuration can fail: one class, one table. */

/** The kind of failure, as a stable name for logs, metrics and `switch`. New codes may be added in a minor release. */
export type WebhookErrorCode =
  | 'body_not_raw'
  | 'body_too_large'
  | 'body_timeout'
  | 'body_incomplete'
  | 'encoding_unsupported'
  | 'header_missing'
  | 'header_repeated'
  | 'header_malformed'
  | 'timestamp_malformed'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'signature_mismatch'
  | 'token_invalid'
  | 'token_expired'
  | 'key_unknown'
  | 'key_unavailable'
  | 'secret_invalid'
  | 'options_invalid'
  | 'payload_malformed'
  | 'payload_invalid'
  | 'store_unavailable'
  | 'archive_unavailable'
  | 'entry_unknown'
  | 'entry_altered'
  | 'queue_unavailable'
  | 'job_too_large'
  | 'job_malformed'
  | 'job_unsupported'
  | 'job_forged'
  | 'job_key_unknown'
  | 'job_expired'
  | 'method_unsupported'
  | 'event_not_verified';

/**
 * The cause of a failure: `sender` for anything that a request can cause, `receiver` for configuration and services.
 */
export type Fault = 'sender' | 'receiver';

/** One line of {@link errorTable}. */
export interface ErrorRow {
  readonly fault: Fault;
  /** The HTTP status of the response. */
  readonly status: number;
  /** A sentence that says what happened. Contains no value of a delivery or secret. */
  readonly sentence: string;
  /** The first thing to check. */
  readonly hint: string;
}

/**
 * The only table of codes; `docs/errors.md` is generated from it.
 *
 * Every fault of a header, timestamp, signature, token or key has the same status, 401. A fault that another attempt may fix has
 * 5xx, because many senders do not retry after 4xx: a body that did not arrive, a schema that is narrower than the sender's payload.
 */
export const errorTable: Readonly<Record<WebhookErrorCode, ErrorRow>> = {
  body_not_raw: {
    fault: 'receiver',
    status: 500,
    sentence: 'The received bytes of the body are gone or were never passed.',
    hint: 'Something parsed the body first. Mount the webhook route before any body parser, and pass bytes (Uint8Array or Buffer), not a string or an object.',
  },
  body_too_large: {
    fault: 'sender',
    status: 413,
    sentence: 'The body is larger than maxBodyBytes.',
    hint: 'Raise maxBodyBytes, and the limit of the framework if that is lower, if this sender really posts bodies of that size.',
  },
  body_timeout: {
    fault: 'sender',
    status: 503,
    sentence: 'The body did not arrive in time.',
    hint: 'The sender stalled or was disconnected. The response is 503, so the sender will retry.',
  },
  body_incomplete: {
    fault: 'receiver',
    status: 503,
    sentence: 'The body is shorter than its Content-Length.',
    hint: 'A proxy or a body reader truncated it, or a parser serialised it again. Mount the webhook route before any body parser. The response is 503, so the sender will retry.',
  },
  encoding_unsupported: {
    fault: 'sender',
    status: 415,
    sentence: 'The body has a Content-Encoding other than identity.',
    hint: 'Signatures are checked over the bytes as sent. Configure the sender, or a proxy in between, not to compress webhooks.',
  },
  header_missing: {
    fault: 'sender',
    status: 401,
    sentence: 'A header with the signature or a signed value is missing or empty.',
    hint: 'Check that the sender has a signing secret configured and that no proxy strips the header.',
  },
  header_repeated: {
    fault: 'sender',
    status: 401,
    sentence: 'A header that may occur once was sent more than once.',
    hint: 'A genuine sender sends it once; check for a proxy that adds a copy.',
  },
  header_malformed: {
    fault: 'sender',
    status: 401,
    sentence: 'A header does not have the form that the scheme requires.',
    hint: "Compare the header with the example in the sender's documentation. Is this the right preset?",
  },
  timestamp_malformed: {
    fault: 'sender',
    status: 401,
    sentence: 'The signed timestamp does not have the form that the scheme requires.',
    hint: "Check the unit (seconds, milliseconds, ISO 8601) in the sender's documentation.",
  },
  timestamp_too_old: {
    fault: 'sender',
    status: 401,
    sentence: 'The signed timestamp is older than the replay window allows.',
    hint: 'It is a replay or a delayed delivery, or the clock of this machine is ahead.',
  },
  timestamp_too_new: {
    fault: 'sender',
    status: 401,
    sentence: 'The signed timestamp is further in the future than the replay window allows.',
    hint: 'The clock of this machine is behind, or the timestamp has another unit than the scheme says.',
  },
  signature_mismatch: {
    fault: 'sender',
    status: 401,
    sentence: 'No signature of the delivery matches any active secret.',
    hint: 'The secret is wrong, the body was changed in transit (a parser, a proxy), or it is a forgery.',
  },
  token_invalid: {
    fault: 'sender',
    status: 401,
    sentence: 'The token is malformed, uses an algorithm that is not allowed, or breaks a claim rule.',
    hint: "Compare issuer, audience, algorithm and bound hashes with the sender's documentation.",
  },
  token_expired: {
    fault: 'sender',
    status: 401,
    sentence: 'The token has expired or is older than its maximum age.',
    hint: 'It is a replay or a delayed delivery, or the clock of this machine is ahead.',
  },
  key_unknown: {
    fault: 'sender',
    status: 401,
    sentence: 'The delivery names an unknown key or tenant.',
    hint: 'Check that the key set or the secrets function covers this sender.',
  },
  key_unavailable: {
    fault: 'receiver',
    status: 503,
    sentence: 'The key or secret could not be fetched right now.',
    hint: 'The key set URL or the secrets function failed or was called too recently. The response is 503, so the sender will retry.',
  },
  secret_invalid: {
    fault: 'receiver',
    status: 500,
    sentence: 'A configured secret or key cannot be used.',
    hint: 'Copy the secret again from the sender, without quotes or whitespace, and check the environment variable.',
  },
  options_invalid: {
    fault: 'receiver',
    status: 500,
    sentence: 'An option is missing or invalid.',
    hint: 'The message names the option and the expected values.',
  },
  payload_malformed: {
    fault: 'sender',
    status: 400,
    sentence: 'The verified body cannot be parsed.',
    hint: 'The signature matches, but the content is not strict UTF-8, JSON or a form. Check event.body.',
  },
  payload_invalid: {
    fault: 'sender',
    status: 500,
    sentence: 'The verified payload does not match the schema for its type.',
    hint: 'The sender changed its payload, or the schema is too narrow. The response is 500, so the sender will retry.',
  },
  store_unavailable: {
    fault: 'receiver',
    status: 503,
    sentence: 'The dedupe store did not answer, or has no room.',
    hint: 'Check the store. Nothing was handled. The response is 503, so the sender will retry.',
  },
  archive_unavailable: {
    fault: 'receiver',
    status: 503,
    sentence: 'The archive did not answer, or has no room.',
    hint: 'Check the archive. Nothing was handled. The response is 503, so the sender will retry.',
  },
  entry_unknown: {
    fault: 'receiver',
    status: 500,
    sentence: 'The archive has no such event.',
    hint: 'Check the id and the receiver.',
  },
  entry_altered: {
    fault: 'receiver',
    status: 500,
    sentence: 'The archived event does not match its seal.',
    hint: 'It was changed, or its key is not in seal.keys any more.',
  },
  queue_unavailable: {
    fault: 'receiver',
    status: 503,
    sentence: 'The queue did not confirm the job, or is full.',
    hint: 'Check the queue. Nothing was acknowledged. The response is 503, so the sender will retry.',
  },
  job_too_large: {
    fault: 'receiver',
    status: 500,
    sentence: 'The job is larger than the queue takes.',
    hint: 'Lower maxBodyBytes, or keep large bodies in an archive.',
  },
  job_malformed: {
    fault: 'receiver',
    status: 500,
    sentence: 'A message in the queue is not a job.',
    hint: 'Give the jobs a queue of their own.',
  },
  job_unsupported: {
    fault: 'receiver',
    status: 500,
    sentence: 'The job is of another version or another receiver.',
    hint: 'Deploy workers before receivers, and give each receiver a queue of its own.',
  },
  job_forged: {
    fault: 'receiver',
    status: 500,
    sentence: 'The seal of the job does not match its content.',
    hint: 'Check who can write to this queue.',
  },
  job_key_unknown: {
    fault: 'receiver',
    status: 500,
    sentence: 'The job is sealed with an unknown key.',
    hint: 'Keep a retired key or secret in the list, with notAfter, until the queue is empty.',
  },
  job_expired: {
    fault: 'receiver',
    status: 500,
    sentence: 'The job is older than the records that show whether it has run.',
    hint: 'Raise dedupe.retentionSeconds, or set maxAgeSeconds in work().',
  },
  method_unsupported: {
    fault: 'sender',
    status: 405,
    sentence: 'The request method is not one that this sender uses for deliveries.',
    hint: 'Webhooks are posted. Something else called this URL.',
  },
  event_not_verified: {
    fault: 'receiver',
    status: 500,
    sentence: 'This receiver has not verified this request.',
    hint: 'Mount webhookMiddleware(receiver), with this same receiver, before the handler, on the path that the sender posts to, including every prefix and version that the framework adds.',
  },
};

/** Details of one failure beyond its code. None of them may contain a secret, signature, token or body. */
export interface WebhookErrorOptions {
  /** The place: a header's or an option's name. Never a value. */
  readonly at?: string;
  /** The fix in this particular case; replaces the table's general hint. */
  readonly hint?: string;
  /**
   * Seconds after which another try makes sense. Only with `key_unavailable`, `store_unavailable`, `archive_unavailable` and `queue_unavailable`.
   */
  readonly retryAfterSeconds?: number;
  /**
   * The underlying error, thrown by a store or a function of the app. Never a parser's error, which quotes its input.
   */
  readonly cause?: unknown;
}

const brand = Symbol.for('countersign.WebhookError');

/**
 * The only error that `verify` rejects with, and the `error` of a rejected outcome.
 *
 * Its message, hint and properties contain no secret, signature, token or body, so it may be logged.
 *
 * @example
 * throw new WebhookError('body_not_raw', { hint: 'Mount the webhook route before express.json().' });
 */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  /** Stable name of the failure. */
  readonly code: WebhookErrorCode;
  /** `sender` when the request caused it, `receiver` when configuration or a service did. */
  readonly fault: Fault;
  /** The header or option concerned, if there is one. */
  declare readonly at?: string;
  /** The first thing to check. */
  readonly hint: string;
  /** Seconds after which another try makes sense. */
  declare readonly retryAfterSeconds?: number;

  constructor(code: WebhookErrorCode, options: WebhookErrorOptions = {}) {
    const row = errorTable[code];
    const hint = options.hint ?? row.hint;
    super(
      `${code}: ${row.sentence}${options.at === undefined ? '' : ` At ${options.at}.`} ${hint}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.fault = row.fault;
    this.hint = hint;
    if (options.at !== undefined) this.at = options.at;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Code, place and hint; for structured logs. */
  toJSON(): { name: string; code: WebhookErrorCode; fault: Fault; at?: string; message: string } {
    const { name, code, fault, message } = this;
    return this.at === undefined ? { name, code, fault, message } : { name, code, fault, at: this.at, message };
  }
}

/**
 * True if a value is a {@link WebhookError}, even one from another copy of this package (ESM and CJS).
 *
 * @example
 * try {
 *   await receiver.verify({ body, headers });
 * } catch (error) {
 *   if (!isWebhookError(error)) throw error;
 *   console.warn(error.code, error.hint);
 * }
 */
export function isWebhookError(value: unknown): value is WebhookError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
