/** Holds shared secrets: checks them when a receiver is built, keeps several for rotation, never shows one. */

import type { HashName } from './crypto/hmac.ts';
import { type Delivery, UnverifiedDelivery } from './delivery.ts';
import { decodeBase64, decodeHex, encodeUtf8 } from './encoding.ts';
import { isWebhookError, WebhookError } from './errors.ts';

/** A shared secret or stored token; with an id and a time of validity when it takes part in a rotation. */
export type Secret =
  | string
  | Uint8Array
  | {
      /** Names the secret in `event.secretId` and in logs. Default: its place in the list, `'0'` for the first. */
      readonly id?: string;
      readonly value: string | Uint8Array;
      /** Not used before this instant. */
      readonly notBefore?: Date;
      /** Not used after this instant. */
      readonly notAfter?: Date;
    };

/**
 * One secret, several (newest first, at most 8), or a function that finds them for a delivery.
 *
 * A function that answers with an empty array says "I know no such tenant": the delivery is refused like a wrong
 * signature. One that throws or does not answer within five seconds is an outage: 503. One that answers with
 * undefined or an empty string is a defect: 500. A secret is never guessed, and none is ever assumed.
 */
export type SecretInput =
  | Secret
  | readonly Secret[]
  | ((delivery: UnverifiedDelivery) => Secret | readonly Secret[] | Promise<Secret | readonly Secret[]>);

/** How the text of a secret becomes key bytes. */
export type SecretEncoding = 'utf8' | 'utf8_nfkd' | 'hex' | 'base64';

/** What a scheme demands of its secrets. */
export interface SecretFormat {
  /** Default `utf8`: the text's bytes as they are, whatever the text looks like. */
  readonly encoding?: SecretEncoding;
  /** A prefix such as `whsec_` that is taken off before decoding, where it is there. */
  readonly prefix?: string;
  /** Fewest bytes after decoding. Default 16. */
  readonly minBytes?: number;
  /** The MAC key is this hash of the decoded secret (Braintree: SHA-1). */
  readonly derive?: HashName;
}

/** A checked secret in the form its scheme works with. */
export interface HeldSecret<Key> {
  readonly id: string;
  readonly key: Key;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Most secrets of one receiver, or of one answer of a resolver. */
export const maxSecrets = 8;
const defaultMinBytes = 16;
const resolverTimeoutSeconds = 5;
const preparedLimit = 256;

/** What values people leave in place of a secret. Compared in lower case and without white space. */
const placeholders =
  /^(?:undefined|null|nan|true|false|none|changeme|change[-_ ]?me.*|secret|password|test|todo|fixme|example|dummy|placeholder|xxx+|\[object.*|\$\{.*\}|<.*>|%.*%|process\.env.*|(?:your|my|the|some|replace|insert|enter)[-_ ].*(?:secret|key|token).*|whsec_(?:\.{3}|x+|test|secret|your.*|abc123)?|(?:webhook|signing|shared)[-_ ]?(?:secret|key|token)|(.)\1+)$/;

/** Whether a text is one that people leave in place of a secret. */
export function isPlaceholder(value: string): boolean {
  return placeholders.test(value.toLowerCase());
}

/** Finds the secrets that are valid for one delivery. */
export interface SecretSource<Key> {
  /** Never empty. @throws key_unknown, key_unavailable, secret_invalid */
  active(now: number, delivery: Delivery): readonly HeldSecret<Key>[] | Promise<readonly HeldSecret<Key>[]>;
  /** The key bytes of the secrets that are known when the receiver is built; none for a resolver. */
  readonly fixed: readonly Uint8Array[];
}

/**
 * Checks and prepares secrets for a scheme.
 *
 * @param makeKey turns key bytes into what the scheme verifies with; called once per secret
 * @throws secret_invalid for a missing, short, malformed or placeholder secret
 */
export function createSecretSource<Key>(
  input: SecretInput,
  format: SecretFormat,
  allowWeak: boolean,
  makeKey: (bytes: Uint8Array) => Key,
): SecretSource<Key> {
  if (typeof input === 'function') {
    return { active: createResolver(input, format, allowWeak, makeKey), fixed: [] };
  }
  const fixed: Uint8Array[] = [];
  const held = holdAll(input, 'secrets', (value, at) => {
    const bytes = decodeSecret(value, format, allowWeak, at);
    fixed.push(bytes);
    return makeKey(bytes);
  });
  const isDated = held.some(({ notBefore, notAfter }) => notBefore !== -Infinity || notAfter !== Infinity);
  return { active: isDated ? (now) => requireActive(held, now) : () => held, fixed };
}

/** Makes a resolver for endpoints that serve several tenants. Unknown names, `__proto__` among them, are refused like forgeries. */
export function secretsByTenant(
  secrets: Readonly<Record<string, Secret | readonly Secret[]>> | ReadonlyMap<string, Secret | readonly Secret[]>,
  tenantOf: (delivery: UnverifiedDelivery) => string | undefined,
): (delivery: UnverifiedDelivery) => Secret | readonly Secret[] {
  const known = new Map(secrets instanceof Map ? secrets : Object.entries(secrets));
  return (delivery) => {
    const tenant = tenantOf(delivery);
    return (tenant === undefined ? undefined : known.get(tenant)) ?? [];
  };
}

/** Turns one configured secret into key bytes. @throws secret_invalid with a reason, never with a part of the value */
export function decodeSecret(value: unknown, format: SecretFormat, allowWeak: boolean, at: string): Uint8Array {
  if (value instanceof Uint8Array || ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(
      value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer,
    );
    return requireLength(bytes, format, allowWeak, at);
  }
  if (typeof value !== 'string') {
    const hint =
      value === undefined || value === null
        ? 'It is not set. Is the environment variable missing, or named otherwise?'
        : 'A secret is a string or a Uint8Array.';
    throw new WebhookError('secret_invalid', { at, hint });
  }
  if (value.trim() === '') throw new WebhookError('secret_invalid', { at, hint: 'It is empty.' });
  if (/-----BEGIN [A-Z ]+-----/.test(value)) {
    throw new WebhookError('secret_invalid', {
      at,
      hint: 'It is a PEM key. A key that others may know must not serve as a shared secret; give it as keys to a scheme that uses public keys.',
    });
  }
  if (!allowWeak && /\s/.test(value)) {
    throw new WebhookError('secret_invalid', {
      at,
      hint: 'It contains white space, which mostly comes from copying. Take it away; where it really belongs to the secret, set dangerouslyAllowWeakSecrets: true.',
    });
  }
  if (!allowWeak && isPlaceholder(value)) {
    throw new WebhookError('secret_invalid', { at, hint: 'It is a placeholder, not a secret.' });
  }
  return requireLength(decodeText(value, format, at), format, allowWeak, at);
}

function decodeText(value: string, format: SecretFormat, at: string): Uint8Array {
  const { encoding = 'utf8', prefix } = format;
  const text = prefix !== undefined && value.startsWith(prefix) ? value.slice(prefix.length) : value;
  if (encoding === 'utf8') return encodeUtf8(text);
  if (encoding === 'utf8_nfkd') return encodeUtf8(text.normalize('NFKD'));
  const bytes = encoding === 'hex' ? decodeHex(text) : decodeBase64(text);
  if (bytes !== undefined) return bytes;
  const expected = `${prefix === undefined ? '' : `${prefix} followed by `}${encoding} text`;
  const keyKind = /^wh[ps]k_/.exec(value)?.[0];
  throw new WebhookError('secret_invalid', {
    at,
    hint:
      keyKind === undefined
        ? `This scheme takes ${expected}, and it is not that. A letter may be missing.`
        : `It starts with ${keyKind}, which marks a key of the asymmetric form; this scheme takes ${expected}.`,
  });
}

function requireLength(bytes: Uint8Array, format: SecretFormat, allowWeak: boolean, at: string): Uint8Array {
  const { minBytes = defaultMinBytes } = format;
  if (bytes.length === 0) throw new WebhookError('secret_invalid', { at, hint: 'It is empty after decoding.' });
  if (bytes.length < minBytes && !allowWeak) {
    throw new WebhookError('secret_invalid', {
      at,
      hint: `It has fewer than ${minBytes} bytes, so it can be guessed. Create a longer one at the sender; only for tests, set dangerouslyAllowWeakSecrets: true.`,
    });
  }
  return bytes;
}

function holdAll<Key>(
  input: unknown,
  at: string,
  prepare: (value: unknown, at: string) => Key,
): readonly HeldSecret<Key>[] {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw new WebhookError('secret_invalid', { at, hint: 'The list is empty.' });
  if (list.length > maxSecrets) {
    throw new WebhookError('secret_invalid', { at, hint: `There are more than ${maxSecrets}; retire the oldest.` });
  }
  const held = list.map((entry, index): HeldSecret<Key> => {
    const place = list.length === 1 ? at : `${at}[${index}]`;
    const described = describeSecret(entry, place);
    return {
      id: described.id ?? String(index),
      key: prepare(described.value, place),
      notBefore: instantOf(described.notBefore, `${place}.notBefore`, -Infinity),
      notAfter: instantOf(described.notAfter, `${place}.notAfter`, Infinity),
    };
  });
  if (new Set(held.map(({ id }) => id)).size !== held.length) {
    throw new WebhookError('secret_invalid', { at, hint: 'Two secrets have the same id.' });
  }
  return held;
}

function describeSecret(
  entry: unknown,
  at: string,
): { id?: string; value: unknown; notBefore?: unknown; notAfter?: unknown } {
  if (typeof entry !== 'object' || entry === null || ArrayBuffer.isView(entry)) return { value: entry };
  const described = entry as { id?: unknown; value: unknown };
  if (described.id !== undefined && (typeof described.id !== 'string' || described.id === '')) {
    throw new WebhookError('secret_invalid', { at: `${at}.id`, hint: 'An id is a non-empty string.' });
  }
  if (!('value' in described)) throw new WebhookError('secret_invalid', { at, hint: 'It has no value.' });
  return described as { id?: string; value: unknown };
}

function instantOf(value: unknown, at: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  const instant = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(instant)) throw new WebhookError('secret_invalid', { at, hint: 'It is no valid Date.' });
  return instant;
}

function requireActive<Key>(held: readonly HeldSecret<Key>[], now: number): readonly HeldSecret<Key>[] {
  const active = held.filter(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter);
  if (active.length === 0) {
    throw new WebhookError('secret_invalid', { at: 'secrets', hint: 'None of them is valid at this time.' });
  }
  return active;
}

function createResolver<Key>(
  resolve: Extract<SecretInput, (...given: never[]) => unknown>,
  format: SecretFormat,
  allowWeak: boolean,
  makeKey: (bytes: Uint8Array) => Key,
): SecretSource<Key>['active'] {
  // Keys prepared lately, oldest first. What a resolver does not know is not kept, so strangers cannot fill it.
  const prepared = new Map<string, Key>();
  const prepare = (value: unknown, at: string): Key => {
    const known = typeof value === 'string' ? prepared.get(value) : undefined;
    if (known !== undefined) return known;
    const key = makeKey(decodeSecret(value, format, allowWeak, at));
    if (typeof value === 'string') {
      prepared.set(value, key);
      if (prepared.size > preparedLimit) prepared.delete(prepared.keys().next().value as string);
    }
    return key;
  };
  return async (now, delivery) => {
    const answer = await askResolver(resolve, delivery);
    if (Array.isArray(answer) && answer.length === 0) throw new WebhookError('key_unknown');
    return requireActive(holdAll(answer, 'secrets()', prepare), now);
  };
}

async function askResolver(resolve: (delivery: UnverifiedDelivery) => unknown, delivery: Delivery): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unavailable = (hint: string, cause?: unknown) =>
    new WebhookError('key_unavailable', { at: 'secrets()', hint, retryAfterSeconds: resolverTimeoutSeconds, cause });
  try {
    const late = new Promise<never>((_, reject) => {
      const hint = `The resolver did not answer within ${resolverTimeoutSeconds} s.`;
      timer = setTimeout(() => reject(unavailable(hint)), resolverTimeoutSeconds * 1000);
    });
    return await Promise.race([resolve(new UnverifiedDelivery(delivery)), late]);
  } catch (cause) {
    if (isWebhookError(cause)) throw cause;
    throw unavailable('The resolver threw.', cause);
  } finally {
    clearTimeout(timer);
  }
}
