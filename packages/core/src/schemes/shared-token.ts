/** Bearer tokens: the sender repeats a stored value. It is not bound to the delivery. */

import { crypto } from '#crypto';
import { parseJson } from '../delivery/body.ts';
import { type Delivery, type DeliveryHead, deliveryOf } from '../delivery/delivery.ts';
import { queryValues } from '../delivery/form-fields.ts';
import { findHeader } from '../delivery/header-fields.ts';
import { valuesAt } from '../delivery/value-path.ts';
import { decodeBase64, decodeUtf8, encodeUtf8, headerReadings } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { namesOfSecretFormat } from '../keys/decode-secret.ts';
import { createSecretSource, type HeldSecret } from '../keys/secret-source.ts';
import { type Names, optionError, requireNames } from '../options/option-values.ts';
import { requireValue } from '../options/value-rules.ts';
import type { BoundScheme, Proof, Scheme, SchemeOptions } from './scheme.ts';
import type { SharedTokenDescription, TokenSource } from './shared-token-description.ts';
import type { SignedParts } from './signed-parts.ts';

const signedNothing: SignedParts = /* @__PURE__ */ Object.freeze({ body: false, id: false, timestamp: false });

/**
 * Describes a sender that proves itself with a stored token and signs nothing.
 *
 * The token is compared in constant time. It proves that the sender knew it, not that the body is the sender's: anyone
 * who has seen one delivery can send others. Events show that as `signed.body === false`.
 *
 * @example
 * const acme = defineProvider({ name: 'acme', scheme: sharedToken({ token: { header: 'x-acme-token' } }) });
 *
 * @throws options_invalid for an unknown name, and without one place of the token
 */
export function sharedToken(description: SharedTokenDescription): Scheme<'secrets', 'shared_token'> {
  requireNames(description, names, 'scheme', requireValue);
  const { token } = description;
  const places = ['header', 'query', 'json'].filter((place) => Object.hasOwn(token ?? {}, place));
  if (places.length !== 1) throw optionError('scheme.token', 'Expected one of { header }, { query } and { json }.');
  return {
    kind: 'shared_token',
    material: 'secrets',
    signed: signedNothing,
    description,
    bind: (options) => bindSharedToken(description, options),
  };
}

const names = {
  token: { header: null, scheme: null, query: null, json: null },
  secret: namesOfSecretFormat(),
} as const satisfies Record<keyof SharedTokenDescription, Names | null>;

function bindSharedToken(description: SharedTokenDescription, options: SchemeOptions): BoundScheme {
  if (options.secrets === undefined) {
    throw new WebhookError('secret_invalid', {
      at: 'secrets',
      hint: 'This scheme needs the token stored for the sender.',
    });
  }
  const secrets = createSecretSource(
    options.secrets,
    description.secret ?? {},
    options.allowWeakSecrets,
    (bytes) => bytes,
  );
  const { token } = description;
  const at =
    'query' in token
      ? `query ${token.query}`
      : 'json' in token
        ? `body ${token.json}`
        : String(token.header).toLowerCase();
  return {
    fixedSecrets: secrets.fixed,
    open(head, now) {
      const inHead = 'json' in token ? undefined : readTokens(token, head, at);
      return {
        verify: (body) => compare(inHead ?? readBodyTokens(token as JsonToken, body, at), deliveryOf(head, body), now),
      };
    },
  };

  async function compare(texts: readonly string[], delivery: Delivery, now: number): Promise<Proof> {
    const tokens = texts.map((text) => ('header' in token ? headerReadings(text) : [encodeUtf8(text)]));
    let matched: HeldSecret<Uint8Array> | undefined;
    for (const held of await secrets.active(now, delivery)) {
      let isEqual = true;
      for (const readings of tokens) {
        // Each reading is compared, even after one that is equal.
        if (!readings.map((given) => crypto.equalBytes(given, held.key)).includes(true)) isEqual = false;
      }
      if (isEqual) matched ??= held;
    }
    if (matched === undefined) throw new WebhookError('signature_mismatch', { at });
    return {
      secretId: matched.id,
      tenant: matched.tenant,
      marks: matched.marks,
      signedAt: undefined,
      id: undefined,
      signed: signedNothing,
    };
  }
}

type JsonToken = Extract<TokenSource, { readonly json: string }>;

function readTokens(source: Exclude<TokenSource, JsonToken>, head: DeliveryHead, at: string): string[] {
  if ('header' in source) {
    const names = typeof source.header === 'string' ? [source.header] : source.header;
    const tokens = names
      .map((name) => findHeader(head.headers, name.toLowerCase()))
      .filter((value) => value !== undefined)
      .map((value) => readScheme(source.scheme, value, at));
    if (tokens.length === 0) throw new WebhookError('header_missing', { at });
    return tokens;
  }
  return [queryToken(source.query, head, at)];
}

function readBodyTokens({ json }: JsonToken, body: Uint8Array, at: string): string[] {
  const values = valuesAt(parseJson(body), json);
  if (values.length === 0 || values.includes(undefined)) throw new WebhookError('header_missing', { at });
  return values.map((value) => {
    if (typeof value !== 'string' || value === '') throw new WebhookError('header_malformed', { at });
    return value;
  });
}

/** The only value of a query parameter. @throws header_missing, header_repeated */
export function queryToken(name: string, head: Pick<Delivery, 'url'>, at: string): string {
  const values = queryValues(head.url ?? '', name);
  const [value = ''] = values;
  if (values.length > 1) throw new WebhookError('header_repeated', { at });
  if (value === '') throw new WebhookError('header_missing', { at });
  return value;
}

/** Removes the authentication scheme of RFC 9110 section 11.1 from a header's value; its name is case-insensitive. */
export function readScheme(scheme: 'Basic' | 'Bearer' | 'JWT' | undefined, value: string, at: string): string {
  if (scheme === undefined) return value;
  const prefix = `${scheme.toLowerCase()} `;
  if (value.slice(0, prefix.length).toLowerCase() !== prefix) {
    throw new WebhookError('header_malformed', { at, hint: `It does not start with ${scheme}.` });
  }
  const token = value.slice(prefix.length);
  if (scheme !== 'Basic') return token;
  const bytes = decodeBase64(token);
  const text = bytes === undefined ? undefined : decodeUtf8(bytes);
  if (text === undefined) throw new WebhookError('header_malformed', { at });
  return text;
}
