/** The shapes of HMAC signatures that many senders share. */

import type { HashName } from '../crypto/hmac.ts';
import type { SecretFormat } from '../keys/decode-secret.ts';
import { hmacScheme } from './hmac.ts';

/**
 * The scheme `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `{t}.{body}`.
 *
 * @example
 * const acme = defineProvider({ name: 'acme', scheme: timestampedHmac({ header: 'x-acme-signature' }) });
 *
 * @see https://docs.stripe.com/webhooks/signature (the sender that made this shape common; read 2026-11-20)
 */
export function timestampedHmac(options: { readonly header: string; readonly secret?: SecretFormat }) {
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
 * HMAC-SHA-256 over only the raw body; hex without a prefix by default.
 *
 * @example
 * const scheme = rawBodyHmac({ header: 'x-acme-signature', prefix: 'sha256=' });
 * const acme = defineProvider({ name: 'acme', scheme });
 */
export function rawBodyHmac(options: {
  readonly header: string;
  readonly encoding?: 'hex' | 'base64';
  readonly prefix?: string;
  readonly hash?: HashName;
  readonly secret?: SecretFormat;
}) {
  const { header, encoding = 'hex', prefix, hash = 'SHA-256', secret } = options;
  return hmacScheme({
    hash,
    signature: { header, encoding, ...(prefix === undefined ? {} : { prefix }) },
    signs: ['body'],
    ...(secret === undefined ? {} : { secret }),
  });
}

/**
 * Standard Webhooks 1.0.0, symmetric: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, base64 in a list of `v1,` items.
 *
 * Secrets are base64 after `whsec_` (the prefix may be missing), at least 24 bytes.
 *
 * @example
 * const acme = defineProvider({ name: 'acme', scheme: standardWebhooksHmac({ prefix: 'acme' }) });
 *
 * @param options.prefix the prefix of the three headers: `webhook` (default) for webhook-id, webhook-timestamp and
 *   webhook-signature, or the sender's own such as `svix`
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-21)
 */
export function standardWebhooksHmac(options: { readonly prefix?: string; readonly secret?: SecretFormat } = {}) {
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
