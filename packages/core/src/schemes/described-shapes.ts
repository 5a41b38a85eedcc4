/** The shapes of HMAC signatures that many senders share, with checked options. */

import { namesOfSecretFormat } from '../keys/decode-secret.ts';
import { optionError, requireNames } from '../options/option-values.ts';
import { requireValue } from '../options/value-rules.ts';
import { hmac } from './described-hmac.ts';
import type { RawBodyHmacOptions, StandardWebhooksHmacOptions, TimestampedHmacOptions } from './hmac-shapes.ts';
import * as shapes from './hmac-shapes.ts';
import type { Scheme } from './scheme.ts';

/**
 * The scheme `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `{t}.{body}`.
 *
 * @example
 * const acme = defineProvider({ name: 'acme', scheme: timestampedHmac({ header: 'x-acme-signature' }) });
 *
 * @throws options_invalid for an unknown name, and without a header
 * @see https://docs.stripe.com/webhooks/signature (the sender that made this shape common; read 2026-11-20)
 */
export function timestampedHmac(options: TimestampedHmacOptions): Scheme<'secrets', 'hmac'> {
  requireNames(requireObject(options), { header: null, secret: namesOfSecretFormat() }, 'scheme', requireValue);
  return checked(shapes.timestampedHmac(options));
}

/**
 * HMAC-SHA-256 over only the raw body; hex without a prefix by default.
 *
 * @example
 * const scheme = rawBodyHmac({ header: 'x-acme-signature', prefix: 'sha256=' });
 * const acme = defineProvider({ name: 'acme', scheme });
 *
 * @throws options_invalid for an unknown name, an unknown hash or encoding, and without a header
 */
export function rawBodyHmac(options: RawBodyHmacOptions): Scheme<'secrets', 'hmac'> {
  const names = { header: null, encoding: null, prefix: null, hash: null, secret: namesOfSecretFormat() };
  requireNames(requireObject(options), names, 'scheme', requireValue);
  return checked(shapes.rawBodyHmac(options));
}

/**
 * Standard Webhooks 1.0.0, symmetric: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, base64 in a list of `v1,` items.
 *
 * Secrets are base64 after `whsec_` (the prefix may be missing), at least 24 bytes.
 *
 * @example
 * const acme = defineProvider({ name: 'acme', scheme: standardWebhooksHmac({ prefix: 'acme' }) });
 *
 * @throws options_invalid for an unknown name
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-21)
 */
export function standardWebhooksHmac(options: StandardWebhooksHmacOptions = {}): Scheme<'secrets', 'hmac'> {
  requireNames(requireObject(options), { prefix: null, secret: namesOfSecretFormat() }, 'scheme', requireValue);
  return checked(shapes.standardWebhooksHmac(options));
}

/** The same scheme, built from its description as an app would: every value is checked. */
function checked({ description }: ReturnType<typeof shapes.rawBodyHmac>): Scheme<'secrets', 'hmac'> {
  return hmac(description);
}

function requireObject(options: unknown): object {
  if (typeof options === 'object' && options !== null) return options;
  throw optionError('scheme', "Expected an object of options, such as { header: 'x-acme-signature' }.");
}
