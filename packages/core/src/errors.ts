/** Every way in which a delivery or a configuration can fail: one class, one table. */

/** What went wrong, as a stable name for logs, metrics and `switch`. New codes may be added in a minor release. */
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
  | 'method_unsupported'
  | 'event_not_verified';

/** Whose fault a failure is: `sender` for anything a request can cause, `receiver` for configuration and services. */
export type Fault = 'sender' | 'receiver';

/** One line of {@link errorTable}. */
export interface ErrorRow {
  readonly fault: Fault;
  /** What happened, as one sentence. Holds no value of any delivery or secret. */
  readonly sentence: string;
  /** What to look at first. */
  readonly hint: string;
}

/** The one table of codes; `docs/errors.md` is generated from it, statuses stand in `@countersign/http`. */
export const errorTable: Readonly<Record<WebhookErrorCode, ErrorRow>> = {
  body_not_raw: {
    fault: 'receiver',
    sentence: 'The received bytes of the body are gone or were never given.',
    hint: 'Something parsed the body first. Mount the webhook route before any body parser, and hand over bytes (Uint8Array or Buffer), not a string or an object.',
  },
  body_too_large: {
    fault: 'sender',
    sentence: 'The body is larger than maxBodyBytes.',
    hint: 'Raise maxBodyBytes if this sender really posts bodies of that size.',
  },
  body_timeout: {
    fault: 'sender',
    sentence: 'The body did not arrive in time.',
    hint: 'The sender stalled or was cut off. The response is 503, so the sender will retry.',
  },
  body_incomplete: {
    fault: 'receiver',
    sentence: 'The body is shorter than its Content-Length.',
    hint: 'A proxy or a body reader cut it short, or a parser wrote it again. Check their limits, and mount the webhook route before any body parser. The response is 503, so the sender will retry.',
  },
  encoding_unsupported: {
    fault: 'sender',
    sentence: 'The body has a Content-Encoding other than identity.',
    hint: 'Signatures are checked over the bytes as sent. Ask the sender, or a proxy in between, not to compress webhooks.',
  },
  header_missing: {
    fault: 'sender',
    sentence: 'A header that carries the signature or a signed value is absent or empty.',
    hint: 'Check that the sender has a signing secret configured and that no proxy strips the header.',
  },
  header_repeated: {
    fault: 'sender',
    sentence: 'A header that may stand once was given more than once.',
    hint: 'A genuine sender sends it once; look for a proxy that adds its own copy.',
  },
  header_malformed: {
    fault: 'sender',
    sentence: 'A header does not have the form that the scheme prescribes.',
    hint: 'Compare the header with the example in the documentation of the sender; is this the right preset?',
  },
  timestamp_malformed: {
    fault: 'sender',
    sentence: 'The signed timestamp is not in the form that the scheme prescribes.',
    hint: 'Check the unit (seconds, milliseconds, ISO 8601) against the documentation of the sender.',
  },
  timestamp_too_old: {
    fault: 'sender',
    sentence: 'The signed timestamp is older than the replay window allows.',
    hint: 'A replayed or long delayed delivery, or the clock of this machine is ahead.',
  },
  timestamp_too_new: {
    fault: 'sender',
    sentence: 'The signed timestamp lies further in the future than the replay window allows.',
    hint: 'The clock of this machine is behind, or the timestamp has another unit than the scheme says.',
  },
  signature_mismatch: {
    fault: 'sender',
    sentence: 'No signature of the delivery matches any active secret.',
    hint: 'A wrong secret, a body changed on its way (a parser, a proxy), or a forgery.',
  },
  token_invalid: {
    fault: 'sender',
    sentence: 'The token is malformed, uses an algorithm that is not allowed, or breaks a claim rule.',
    hint: 'Compare issuer, audience, algorithm and bound hashes with the documentation of the sender.',
  },
  token_expired: {
    fault: 'sender',
    sentence: 'The token is past its expiry or older than its greatest age.',
    hint: 'A replayed or long delayed delivery, or the clock of this machine is ahead.',
  },
  key_unknown: {
    fault: 'sender',
    sentence: 'The delivery names a key or tenant that is not known.',
    hint: 'Check that the key set or the secret resolver covers this sender.',
  },
  key_unavailable: {
    fault: 'receiver',
    sentence: 'The key or secret could not be fetched right now.',
    hint: 'The key set URL or the secret resolver failed or was asked too recently. The sender is told to come back.',
  },
  secret_invalid: {
    fault: 'receiver',
    sentence: 'A configured secret or key cannot be used.',
    hint: 'Copy the secret again from the sender, without quotes or white space, and check the environment variable.',
  },
  options_invalid: {
    fault: 'receiver',
    sentence: 'An option is missing or has a value that makes no sense.',
    hint: 'The message names the option and the values it takes.',
  },
  payload_malformed: {
    fault: 'sender',
    sentence: 'The verified body cannot be parsed.',
    hint: 'The signature is right, the content is not strict UTF-8, JSON or a form. Look at event.body.',
  },
  payload_invalid: {
    fault: 'sender',
    sentence: 'The verified payload does not fit the schema given for its type.',
    hint: 'The sender changed its payload, or the schema is too narrow. The response is 500, so a sender that retries delivers it again when the schema fits.',
  },
  store_unavailable: {
    fault: 'receiver',
    sentence: 'The dedupe store did not answer, or has no room.',
    hint: 'Check the store. Nothing was handled; the sender is told to come back.',
  },
  method_unsupported: {
    fault: 'sender',
    sentence: 'The request method is not one that this sender uses for deliveries.',
    hint: 'Webhooks are posted. Something else called this address.',
  },
  event_not_verified: {
    fault: 'receiver',
    sentence: 'This receiver has verified nothing on this request.',
    hint: 'Mount webhookMiddleware(receiver), with this same receiver, in front of the handler, and on the path that the sender posts to, with every prefix and version that the framework adds.',
  },
};

/** What can be said of one failure beyond its code. None of it may hold a secret, signature, token or body. */
export interface WebhookErrorOptions {
  /** Where: a header's or an option's name. Never a value. */
  readonly at?: string;
  /** What to do in this very case; takes the place of the table's general hint. */
  readonly hint?: string;
  /** Seconds after which another try makes sense. Only with `key_unavailable` and `store_unavailable`. */
  readonly retryAfterSeconds?: number;
  /** The failure underneath: what a store or a resolver threw. Never a parser's error, which quotes its input. */
  readonly cause?: unknown;
}

const brand = Symbol.for('countersign.WebhookError');

/**
 * The only error that leaves `verify`, and the `error` of a rejected outcome.
 *
 * Its message, hint and properties hold no secret, signature, token or body, so it may be logged as it is.
 */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  /** Stable name of the failure. */
  readonly code: WebhookErrorCode;
  /** `sender` when the request caused it, `receiver` when configuration or a service did. */
  readonly fault: Fault;
  /** The header or option concerned, where there is one. */
  declare readonly at?: string;
  /** What to look at first. */
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

/** Whether a value is a {@link WebhookError}, also one made by another copy of this package (ESM beside CJS). */
export function isWebhookError(value: unknown): value is WebhookError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
