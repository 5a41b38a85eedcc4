/** The shapes of HMAC signatures that many senders share, unchecked, as presets use them. */

import type { HashName } from '../crypto/hmac.ts';
import type { SecretFormat } from '../keys/decode-secret.ts';
import { hmacScheme } from './hmac.ts';

/** The options of {@link timestampedHmac}. */
export interface TimestampedHmacOptions {
  /** The header with `t=<seconds>,v1=<hex>`. */
  readonly header: string;
  /** The form of the secret. Default: the bytes of its text. */
  readonly secret?: SecretFormat;
}

/** The options of {@link rawBodyHmac}. */
export interface RawBodyHmacOptions {
  /** The header with the signature. */
  readonly header: string;
  /** Default `hex`. */
  readonly encoding?: 'hex' | 'base64';
  /** A fixed text before the signature, such as `sha256=`. Default: none. */
  readonly prefix?: string;
  /** Default `SHA-256`. */
  readonly hash?: HashName;
  /** The form of the secret. Default: the bytes of its text. */
  readonly secret?: SecretFormat;
}

/** The options of {@link standardWebhooksHmac}. */
export interface StandardWebhooksHmacOptions {
  /** Prefix of the three headers: `webhook` (default) for webhook-id, webhook-timestamp and webhook-signature, or the sender's own, such as `svix`. */
  readonly prefix?: string;
  /** The form of the secret. Default: base64 after `whsec_`, at least 24 bytes. */
  readonly secret?: SecretFormat;
}

/**
 * `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `{t}.{body}`; unchecked. Apps use the function of the same name in `@countersign/core`.
 *
 * @example
 * const scheme = timestampedHmac({ header: 'x-acme-signature' });
 */
export function timestampedHmac(options: TimestampedHmacOptions) {
  const { header } = options;
  return hmacScheme({
    hash: 'SHA-256',
    signature: { header, key: 'v1', encoding: 'hex' },
    timestamp: { header, key: 't', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
    ...(options.secret === undefined ? {} : { secret: options.secret }),
  });
}

/**
 * HMAC-SHA-256 over only the raw body; unchecked. Apps use the function of the same name in `@countersign/core`.
 *
 * @example
 * const scheme = rawBodyHmac({ header: 'x-acme-signature', prefix: 'sha256=' });
 */
export function rawBodyHmac(options: RawBodyHmacOptions) {
  const { header, encoding = 'hex', prefix, hash = 'SHA-256', secret } = options;
  return hmacScheme({
    hash,
    signature: { header, encoding, ...(prefix === undefined ? {} : { prefix }) },
    signs: ['body'],
    ...(secret === undefined ? {} : { secret }),
  });
}

/**
 * Standard Webhooks 1.0.0, symmetric; unchecked. Apps use the function of the same name in `@countersign/core`.
 *
 * @example
 * const scheme = standardWebhooksHmac({ prefix: 'acme' });
 */
export function standardWebhooksHmac(options: StandardWebhooksHmacOptions = {}) {
  const { prefix = 'webhook', secret = { encoding: 'base64', prefix: 'whsec_', minBytes: 24 } } = options;
  return hmacScheme({
    hash: 'SHA-256',
    signature: { header: `${prefix}-signature`, key: 'v1', separator: ' ', assign: ',', encoding: 'base64' },
    timestamp: { header: `${prefix}-timestamp`, unit: 'seconds' },
    id: { header: `${prefix}-id` },
    signs: ['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    secret,
  });
}
