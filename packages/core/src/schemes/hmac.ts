/** Shared-secret signatures: HMAC over a template of the delivery, carried in headers or in the body. */

import { crypto } from '#crypto';
import { type Chunk, type HashName, hashSizes, type MacKey } from '../crypto/hmac.ts';
import { decodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { SecretFormat } from '../keys/decode-secret.ts';
import { createSecretSource, type HeldSecret } from '../keys/secret-source.ts';
import type { BoundScheme, Scheme, SchemeOptions, SignedParts } from './scheme.ts';
import { checkDescription, type SignatureDescription } from './signed-text/description.ts';
import { bindSignature } from './signed-text/verify.ts';

/** A shared-secret signature, described as data. */
export interface HmacDescription extends SignatureDescription {
  readonly hash: HashName;
  /**
   * `hmac` (default, RFC 2104), or `secret_prefix`: the plain hash of the secret followed by the signed text, which a few
   * old schemes use. It can be lengthened by whoever has seen one signature, where nothing fixed stands at the end.
   */
  readonly construction?: 'hmac' | 'secret_prefix';
  /** How secrets become keys. Default: the text's UTF-8 bytes, at least 16 of them. */
  readonly secret?: SecretFormat;
}

/**
 * Describes a sender that signs with HMAC (RFC 2104).
 *
 * Hash, tag and encoding are fixed by the description; nothing is taken from the delivery. The MAC is computed once
 * for each active secret over the received bytes and compared in constant time with every signature of the delivery.
 *
 * @throws options_invalid when the description contradicts itself
 */
export function hmac(description: HmacDescription): Scheme<'secrets'> & { readonly description: HmacDescription } {
  if (!(description.hash in hashSizes)) {
    const hint = `It takes ${Object.keys(hashSizes).join(', ')}.`;
    throw new WebhookError('options_invalid', { at: 'scheme.hash', hint });
  }
  const signed = checkDescription(description, ['hash', 'construction', 'secret']);
  return {
    kind: 'hmac',
    material: 'secrets',
    signed,
    description,
    bind: (options) => bindHmac(description, signed, options),
  };
}

/**
 * The shape `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `{t}.{body}`.
 *
 * @see https://docs.stripe.com/webhooks/signature (the sender that made this shape common; read 2026-11-20)
 */
export function timestampedHmac(options: { readonly header: string; readonly secret?: SecretFormat }) {
  const { header } = options;
  return hmac({
    hash: 'SHA-256',
    signature: { header, key: 'v1', encoding: 'hex' },
    timestamp: { header, key: 't', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
    ...(options.secret === undefined ? {} : { secret: options.secret }),
  });
}

/** HMAC-SHA-256 over the raw body and nothing else; hex without a prefix unless said otherwise. */
export function rawBodyHmac(options: {
  readonly header: string;
  readonly encoding?: 'hex' | 'base64';
  readonly prefix?: string;
  readonly hash?: HashName;
  readonly secret?: SecretFormat;
}) {
  const { header, encoding = 'hex', prefix, hash = 'SHA-256', secret } = options;
  return hmac({
    hash,
    signature: { header, encoding, ...(prefix === undefined ? {} : { prefix }) },
    signs: ['body'],
    ...(secret === undefined ? {} : { secret }),
  });
}

/**
 * Standard Webhooks 1.0.0, symmetric: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, base64 in a list of `v1,` items.
 *
 * Secrets are base64 behind `whsec_` (the prefix may be missing), 24 bytes at least.
 *
 * @param options.prefix of the three headers: `webhook` (default) for webhook-id, webhook-timestamp and
 * webhook-signature, or the sender's own such as `svix`
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-21)
 */
export function standardWebhooksHmac(options: { readonly prefix?: string; readonly secret?: SecretFormat } = {}) {
  const { prefix = 'webhook', secret = { encoding: 'base64', prefix: 'whsec_', minBytes: 24 } } = options;
  return hmac({
    hash: 'SHA-256',
    signature: { header: `${prefix}-signature`, key: 'v1', separator: ' ', assign: ',', encoding: 'base64' },
    timestamp: { header: `${prefix}-timestamp`, unit: 'seconds' },
    id: { header: `${prefix}-id` },
    signs: ['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    secret,
  });
}

function bindHmac(description: HmacDescription, signed: SignedParts, options: SchemeOptions): BoundScheme {
  const { hash, construction = 'hmac', secret: format = {} } = description;
  if (options.secrets === undefined) {
    throw new WebhookError('secret_invalid', {
      at: 'secrets',
      hint: 'This scheme needs the secret shared with the sender.',
    });
  }
  const makeKey = construction === 'hmac' ? crypto.createMacKey : createTextKey;
  const secrets = createSecretSource(
    options.secrets,
    format,
    options.allowWeakSecrets,
    (bytes) => makeKey(hash, bytes, format.derive),
    eitherKey,
  );
  const form = { name: hash, isLength: (bytes: number) => bytes === hashSizes[hash].output };
  return {
    ...bindSignature(description, signed, options, form, secrets.active),
    fixedSecrets: secrets.fixed,
    async mac(text, delivery, now, askedWith) {
      const active = await secrets.active(now, delivery);
      const { key } = active.find(({ id }) => id === askedWith) ?? (active[0] as HeldSecret<MacKey>);
      return key.mac([text]);
    },
  };
}

/**
 * The plain hash of secret and text. Whoever has one can lengthen it by a padding that begins with 0x80, which no text in UTF-8
 * has there (RFC 1321 section 3.1, FIPS 180-4 section 5.1): what is no text matches nothing.
 */
function createTextKey(hash: HashName, secret: Uint8Array): MacKey {
  const key = crypto.createPrefixKey(hash, secret);
  const isText = (chunk: Chunk) => typeof chunk === 'string' || decodeUtf8(chunk) !== undefined;
  return {
    ...key,
    matches: (chunks, candidates) => chunks.every(isText) && key.matches(chunks, candidates),
    mac: (chunks) => key.mac(chunks),
  };
}

/** A secret that the sender uses in two ways. Both are tried, also after a match. */
function eitherKey(keys: readonly MacKey[]): MacKey {
  return {
    matches(chunks, candidates) {
      const results = keys.map((key) => key.matches(chunks, candidates));
      return results.every((result) => typeof result === 'boolean')
        ? results.includes(true)
        : Promise.all(results).then((settled) => settled.includes(true));
    },
    mac: (chunks) => (keys[0] as MacKey).mac(chunks),
  };
}
