/** Shared-secret signatures: HMAC over a template of the delivery, carried in headers or in the body. */

import { crypto } from '#crypto';
import type { HashName, MacKey } from '../crypto/hmac.ts';
import type { Delivery } from '../delivery.ts';
import { encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { createSecretSource, type HeldSecret, type SecretFormat } from '../secrets.ts';
import { checkDescription, type HmacDescription, placeOf, sourcesOf } from './hmac-description.ts';
import { createReader, type HeadReading } from './hmac-reader.ts';
import type { BoundScheme, Proof, Scheme, SchemeOptions, SignedParts } from './scheme.ts';
import { createTemplate } from './template.ts';

/**
 * Describes a sender that signs with HMAC (RFC 2104).
 *
 * Hash, tag and encoding are fixed by the description; nothing is taken from the delivery. The MAC is computed once
 * for each active secret over the received bytes and compared in constant time with every signature of the delivery.
 *
 * @throws options_invalid when the description contradicts itself
 */
export function hmac(description: HmacDescription): Scheme<'secrets'> & { readonly description: HmacDescription } {
  const signed = checkDescription(description);
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
  const { hash, signs, secret: format = {} } = description;
  if (options.secrets === undefined) {
    throw new WebhookError('secret_invalid', {
      at: 'secrets',
      hint: 'This scheme needs the secret shared with the sender.',
    });
  }
  const secrets = createSecretSource(options.secrets, format, options.allowWeakSecrets, (bytes) =>
    crypto.createMacKey(hash, bytes, format.derive),
  );
  const fixedWidth =
    description.timestamp?.unit === 'seconds' ? 10 : description.timestamp?.unit === 'milliseconds' ? 13 : undefined;
  const template = createTemplate(signs, fixedWidth);
  // Where the body is not signed as it is, bytes that nobody signed could change it and make a replay look new: then
  // what is signed stands for the event. Time and nonce differ between attempts and are left out.
  const lasting = signs.filter((part) => part !== 'timestamp' && part !== 'nonce');
  const content = signs.includes('body') || lasting.length === 0 ? undefined : createTemplate(lasting, undefined);
  const read = createReader(description, signed, options);

  const prove = (matched: HeldSecret<MacKey> | undefined, delivery: Delivery, reading: HeadReading): Proof => {
    if (matched === undefined) throw new WebhookError('signature_mismatch', { at: placeOf(sourcesOf(description)[0]) });
    return {
      secretId: matched.id,
      signedAt: reading.signedAt,
      id: signed.id ? reading.values.id : undefined,
      signed,
      ...(content !== undefined && { content: encodeUtf8(content(delivery, reading.values).join('')) }),
    };
  };
  const compare = (
    held: readonly HeldSecret<MacKey>[],
    delivery: Delivery,
    reading: HeadReading,
  ): Proof | Promise<Proof> => {
    const chunks = template(delivery, reading.values);
    let matched: HeldSecret<MacKey> | undefined;
    const pending: Promise<boolean>[] = [];
    // Every secret is tried, also after a match: the time taken must not tell which one it was.
    for (const secret of held) {
      const result = secret.key.matches(chunks, reading.candidates);
      if (typeof result !== 'boolean') pending.push(result);
      else if (result) matched ??= secret;
    }
    if (pending.length === 0) return prove(matched, delivery, reading);
    return Promise.all(pending).then((results) => prove(held[results.indexOf(true)], delivery, reading));
  };

  return {
    fixedSecrets: secrets.fixed,
    screen(head, now) {
      read(head, undefined, now);
    },
    verify(delivery, now) {
      const reading = read(delivery, delivery.body, now);
      const held = secrets.active(now, delivery);
      return held instanceof Promise
        ? held.then((active) => compare(active, delivery, reading))
        : compare(held, delivery, reading);
    },
  };
}
