/** Reads one configured secret: its key bytes, or the reason why it is invalid. */

import type { HashName } from '../crypto/hmac.ts';
import { decodeBase64, decodeHex, encodeUtf8 } from '../encoding.ts';
import { type Names, secretError } from '../options/option-values.ts';

/** The encoding from the text of a secret to key bytes. */
export type SecretEncoding = 'utf8' | 'utf8_nfkd' | 'hex' | 'base64';

/** The requirements of a scheme for its secrets. */
export interface SecretFormat {
  /** Default `utf8`: the bytes of the text, whatever its form. */
  readonly encoding?: SecretEncoding;
  /** A prefix such as `whsec_` that is stripped before decoding, if present. */
  readonly prefix?: string;
  /** Minimum number of bytes after decoding. Default 16. */
  readonly minBytes?: number;
  /** The MAC key is this hash of the decoded secret (Braintree: SHA-1). */
  readonly derive?: HashName;
  /** A second way in which the sender uses the same secret; a signature made in either way is accepted. */
  readonly or?: Pick<SecretFormat, 'encoding' | 'prefix'>;
}

/** The rules for a format. A function, because bundlers keep what is computed when a module is loaded. */
export function namesOfSecretFormat() {
  const encoding = ['utf8', 'utf8_nfkd', 'hex', 'base64'] satisfies SecretEncoding[];
  return {
    encoding,
    prefix: 'string',
    minBytes: 'number',
    derive: ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'],
    or: { encoding, prefix: 'string' },
  } as const satisfies Record<keyof SecretFormat, Names[string]>;
}

const defaultMinBytes = 16;

/** Placeholder values that people forget to replace. Compared in lower case and without whitespace. */
const placeholders =
  /^(?:undefined|null|nan|true|false|none|changeme|change[-_ ]?me.*|secret|password|test|todo|fixme|example|dummy|placeholder|xxx+|\[object.*|\$\{.*\}|<.*>|%.*%|process\.env.*|(?:your|my|the|some|replace|insert|enter)[-_ ].*(?:secret|key|token).*|whsec_(?:\.{3,}|x+|test|secret|your.*|abc123)?|(?:webhook|signing|shared)[-_ ]?(?:secret|key|token)|(.)\1+)$/;

/** True if a text is a known placeholder. */
export function isPlaceholder(value: string): boolean {
  return placeholders.test(value.toLowerCase()) && !hasRandomPart(value);
}

/** True if letters and digits are mixed for so long that it was not typed by hand: `my_secret_9f86d081884c7d65`. */
function hasRandomPart(value: string): boolean {
  return (value.match(/[A-Za-z0-9]{12,}/g) ?? []).some(
    (run) => (run.match(/\d/g) ?? []).length >= 3 && new Set(run).size >= 8,
  );
}

/**
 * The key bytes of a secret in each way in which the sender uses it. @throws secret_invalid if none of them can be
 * decoded
 */
export function decodeReadings(value: unknown, format: SecretFormat, allowWeak: boolean, at: string): Uint8Array[] {
  const { or, ...first } = format;
  const readings: Uint8Array[] = [];
  let refusal: unknown;
  for (const reading of or === undefined ? [first] : [first, { ...first, ...or }]) {
    try {
      readings.push(decodeSecret(value, reading, allowWeak, at));
    } catch (error) {
      refusal ??= error;
    }
  }
  if (readings.length === 0) throw refusal;
  return readings;
}

/** Turns one configured secret into key bytes. @throws secret_invalid with a reason, never with a part of the value */
export function decodeSecret(value: unknown, format: SecretFormat, allowWeak: boolean, at: string): Uint8Array {
  if (value instanceof Uint8Array || ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(
      value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer,
    );
    return requireLength(bytes, format, allowWeak, at);
  }
  const fault = typeof value === 'string' ? faultOf(value, allowWeak) : expectedText(value);
  if (fault !== undefined) throw secretError(at, fault);
  return requireLength(decodeText(value as string, format, at), format, allowWeak, at);
}

const expectedText = (value: unknown) =>
  value === undefined || value === null
    ? 'It is not set. Is the environment variable missing, or does it have another name?'
    : 'Expected a string or a Uint8Array.';

/** The reason why a text cannot be a secret. */
function faultOf(value: string, allowWeak: boolean): string | undefined {
  const text = value.trim();
  if (text === '') return 'It is empty.';
  if (/-----BEGIN [A-Z ]+-----/.test(value))
    return 'This is a PEM key, not a shared secret. Pass it as keys to a scheme that uses public keys.';
  if (!allowWeak && value !== text)
    return 'Contains whitespace at the start or end, usually from copy and paste. Remove it.';
  if (!allowWeak && /^(["']).+\1$/s.test(value)) return 'It is in quotes, usually those of a .env file. Remove them.';
  // The MAC of a key is the same with zero bytes after the key (RFC 2104 section 3), and a lone surrogate has no bytes.
  if (/[\0\p{Surrogate}]/u.test(value))
    return 'Contains a NUL or a lone surrogate, so it was damaged in transit. Copy it again.';
  return !allowWeak && isPlaceholder(value) ? 'It is a placeholder, not a secret.' : undefined;
}

function decodeText(value: string, format: SecretFormat, at: string): Uint8Array {
  const { encoding = 'utf8', prefix } = format;
  if (prefix === 'whsec_' && /\|(?:v1,)?whsec_/.test(value)) {
    throw secretError(at, "It contains several secrets joined by |. Pass them as a list: secrets: value.split('|').");
  }
  const text = withoutPrefix(value, prefix);
  if (encoding === 'utf8') return encodeUtf8(text);
  if (encoding === 'utf8_nfkd') return encodeUtf8(text.normalize('NFKD'));
  const bytes = encoding === 'hex' ? decodeHex(text) : decodeBase64(text);
  if (bytes !== undefined) return bytes;
  const expected = `${prefix === undefined ? '' : `${prefix} followed by `}${encoding} text`;
  const keyKind = /^wh[ps]k_/.exec(value)?.[0];
  throw secretError(
    at,
    keyKind === undefined
      ? `Expected ${expected}. A character may be missing.`
      : `It starts with ${keyKind}, the prefix of an asymmetric key. Expected ${expected}.`,
  );
}

/** Supabase shows Standard Webhooks secrets after the version of its signatures: `v1,whsec_...`. */
function withoutPrefix(value: string, prefix: string | undefined): string {
  if (prefix === undefined) return value;
  const given = prefix === 'whsec_' && value.startsWith(`v1,${prefix}`) ? value.slice('v1,'.length) : value;
  return given.startsWith(prefix) ? given.slice(prefix.length) : given;
}

function requireLength(bytes: Uint8Array, format: SecretFormat, allowWeak: boolean, at: string): Uint8Array {
  const { minBytes = defaultMinBytes } = format;
  if (bytes.length === 0) throw secretError(at, 'It is empty after decoding.');
  if (bytes.length < minBytes && !allowWeak) {
    throw secretError(
      at,
      `It has fewer than ${minBytes} bytes, so it can be guessed. Create a longer one at the sender; only for tests, set dangerouslyAllowWeakSecrets: true.`,
    );
  }
  return bytes;
}
