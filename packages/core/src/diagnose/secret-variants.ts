/** Changes to a secret or key on its way from the sender's page into the configuration. */

import { describeScheme } from '../describe/scheme-facts.ts';
import {
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  decodeUtf8,
  encodeBase64,
  encodeBase64Url,
  encodeHex,
  encodeUtf8,
} from '../encoding.ts';
import type { CauseCode } from './causes.ts';
import type { Situation, Variant } from './situation.ts';

/** One configured secret or key, with its place. */
export interface Entry {
  readonly at: string;
  readonly value: string | Uint8Array;
  readonly isDated: boolean;
  readonly isNamed: boolean;
}

type Codes = readonly [CauseCode, ...CauseCode[]];

/** The configured secrets or keys that are text or bytes; those behind a function or a URL are skipped. */
export function entriesOf(input: unknown, at: 'secrets' | 'keys'): readonly Entry[] {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  return list.flatMap((entry, index) => {
    const place = list.length === 1 ? at : `${at}[${index}]`;
    const described = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    const value = typeof entry === 'string' || ArrayBuffer.isView(entry) ? entry : (described.value ?? described.key);
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) return [];
    const isDated = described.notBefore !== undefined || described.notAfter !== undefined;
    return [{ at: place, value, isDated, isNamed: described.id !== undefined }];
  });
}

/** Every secret or key that may be the right one, the most likely first. */
export function* secretVariants(
  { secrets, keys, provider }: Situation,
  others: Readonly<Record<string, string | Uint8Array>>,
): Generator<Variant> {
  const usesKeys = provider.scheme.material === 'keys';
  const entries = usesKeys ? entriesOf(keys, 'keys') : entriesOf(secrets, 'secrets');
  const make = (codes: Codes, at: string, value: string | Uint8Array): Variant => ({
    kind: 'secrets',
    codes,
    at,
    change: usesKeys ? { keys: value as string } : { secrets: value },
  });
  for (const { at, value, isDated, isNamed } of entries) {
    if (isDated) yield make(['secret_inactive'], at, value);
    else if (isNamed) yield make(['secret_id'], at, value);
    if (typeof value !== 'string') continue;
    for (const [code, text] of cleaned(value)) yield make([code], at, text);
  }
  for (const [name, value] of Object.entries(others)) {
    if (usesKeys && typeof value !== 'string') continue;
    const code = isOfOneMode(name) ? 'other_mode' : 'other_secret';
    const at = `otherSecrets.${name}`;
    yield make([code], at, value);
    if (typeof value === 'string') for (const [fault, text] of cleaned(value)) yield make([code, fault], at, text);
  }
  if (usesKeys) return;
  const prefixes = [...new Set(['whsec_', ...prefixesIn(provider.secretHelp ?? '')])];
  const { prefix } = describeScheme(provider.scheme).secret;
  for (const { at, value } of entries) {
    if (typeof value !== 'string') {
      for (const other of textsOf(value, prefix)) yield make(['secret_encoding'], at, other);
      continue;
    }
    for (const [codes, text] of [
      [[], value] as const,
      ...cleaned(value).map(([code, clean]) => [[code], clean] as const),
    ]) {
      for (const [code, other] of recoded(text, prefixes)) yield make([...codes, code] as unknown as Codes, at, other);
    }
  }
}

/** The secret without characters added by copying or by `.env` files. */
function cleaned(value: string): readonly (readonly [CauseCode, string])[] {
  const found: (readonly [CauseCode, string])[] = [];
  const add = (code: CauseCode, text: string) => {
    if (text !== '' && text !== value && !found.some(([, known]) => known === text)) found.push([code, text]);
  };
  // PEM keys keep their line breaks.
  if (value.includes('-----BEGIN')) {
    add('key_line_breaks', value.replaceAll('\\r', '').replaceAll('\\n', '\n'));
    add(
      'secret_quoted',
      value
        .trim()
        .replace(/^(['"])(.*)\1$/s, '$2')
        .replaceAll('\\n', '\n'),
    );
    return found;
  }
  const trimmed = value.replace(/(?:\\r|\\n)+$/, '').trim();
  add('secret_whitespace', trimmed);
  add('secret_whitespace', trimmed.replace(/[\s\u200b\ufeff]+/g, ''));
  add(
    'secret_quoted',
    trimmed
      .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*/, '')
      .replace(/^(["'`])(.*)\1$/s, '$2')
      .trim(),
  );
  return found;
}

/** The secret in other encodings, with and without its prefix, in other letter case. */
function* recoded(value: string, prefixes: readonly string[]): Generator<readonly [CauseCode, string | Uint8Array]> {
  const bares = withoutPrefix(value);
  for (const bare of bares) yield ['secret_prefix', bare];
  for (const prefix of prefixes) if (!value.startsWith(prefix)) yield ['secret_prefix', prefix + value];
  for (const text of [value, ...bares]) {
    const padded = text + '='.repeat((4 - (text.length % 4)) % 4);
    const decoded = [decodeBase64(padded), decodeBase64Url(text.replace(/=+$/, '')), decodeHex(text)];
    for (const bytes of decoded) if (bytes !== undefined && bytes.length > 0) yield ['secret_encoding', bytes];
  }
  const bytes = encodeUtf8(value);
  yield ['secret_encoding', bytes];
  for (const bare of bares) yield ['secret_encoding', encodeUtf8(bare)];
  for (const text of [encodeBase64(bytes), encodeHex(bytes), encodeBase64Url(bytes)]) {
    yield ['secret_encoding', encodeUtf8(text)];
  }
  for (const text of [value.toLowerCase(), value.toUpperCase()]) if (text !== value) yield ['secret_case', text];
  try {
    for (const text of [encodeURIComponent(value), decodeURIComponent(value)]) {
      if (text !== value && text !== '') yield ['secret_url_encoded', text];
    }
  } catch {
    // Not percent-encoded.
  }
}

/** Bytes as the texts from which they may have been decoded. */
function* textsOf(bytes: Uint8Array, prefix: string | undefined): Generator<string | Uint8Array> {
  const text = decodeUtf8(bytes);
  if (text !== undefined && text !== '') yield text;
  const encoded = [encodeBase64(bytes), encodeHex(bytes), encodeBase64Url(bytes), encodeHex(bytes).toUpperCase()];
  for (const one of encoded) for (const before of new Set(['', prefix ?? '', 'whsec_'])) yield encodeUtf8(before + one);
}

/** `whsec_...` and similar without each beginning that ends in an underscore. */
function withoutPrefix(value: string): readonly string[] {
  const found = /^(?:v\d,)?(?:[A-Za-z]{1,12}_){1,3}/.exec(value)?.[0] ?? '';
  const ends = [...found].flatMap((sign, at) => (sign === '_' ? [at + 1] : []));
  const bearer = /^(?:Bearer|Basic|JWT|Token)\s+(.+)$/i.exec(value)?.[1];
  return [...ends.map((end) => value.slice(end)), ...(bearer === undefined ? [] : [bearer])].filter(
    (bare) => bare !== '',
  );
}

/** The beginning of secrets, according to the preset's help. */
function prefixesIn(help: string): readonly string[] {
  return help.match(/\b[a-z]{2,}(?:_[a-z]+)*_(?![A-Za-z0-9])/g) ?? [];
}

/** True if a name such as `STRIPE_SECRET_TEST` or `liveSecret` indicates a secret for one mode. */
function isOfOneMode(name: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => /^(?:test(?:ing)?|sandbox|live|prod(?:uction)?|staging|dev(?:elopment)?)$/.test(word));
}
