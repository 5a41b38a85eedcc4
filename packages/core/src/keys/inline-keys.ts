/** Public keys in the options: parsed, checked and prepared when a receiver is built. */

import { publicKeyCrypto } from '#public-key';
import { type KeyReading, readJwk, readKeyBytes, readKeyText } from '../crypto/public-key-info.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { parseCertificates } from '../crypto/x509.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { WebhookError } from '../errors.ts';
import { requireNames } from '../options/option-values.ts';
import { resolveKeys } from './ask-resolver.ts';
import type { KeyInput, KeyResolver } from './key.ts';
import type { MatcherSource, NamedMatcher } from './matcher.ts';
import { maxSecrets } from './secret-source.ts';

/** A checked key before it is imported. */
export interface CheckedKey {
  readonly id: string;
  readonly spki: Uint8Array;
}

/** Parses all keys of an option. @throws secret_invalid, options_invalid */
export function checkKeys(input: KeyInput | undefined, algorithm: SignatureAlgorithm, prefix?: string): CheckedKey[] {
  if (input === undefined || input === null) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: 'This scheme needs the public key of the sender.' });
  }
  const given: readonly unknown[] = Array.isArray(input) ? input : [input];
  const list = given.flatMap((key) => (isRecord(key) && Array.isArray(key.keys) ? (key.keys as unknown[]) : [key]));
  if (list.length === 0 || list.length > maxSecrets) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: `Expected 1 to ${maxSecrets} keys.` });
  }
  const checked = list.map((key, index) => {
    const at = list.length === 1 ? 'keys' : `keys[${index}]`;
    const named = isRecord(key) && 'key' in key ? key : { key };
    const id = typeof named.id === 'string' && named.id !== '' ? named.id : kidOf(named.key);
    return { id: id ?? String(index), spki: requireSpki(named.key, algorithm, prefix, at) };
  });
  if (new Set(checked.map(({ id }) => id)).size !== checked.length) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: 'Two keys have the same id.' });
  }
  return checked;
}

/** Keys that the app looks up for each delivery. */
export function createAskedKeys(
  resolve: KeyResolver,
  algorithm: SignatureAlgorithm,
  prefix?: string,
): (keyId: string | undefined, delivery: Delivery) => Promise<readonly NamedMatcher[]> {
  return async (keyId, delivery) => {
    const keys = checkKeys(await resolveKeys(resolve, keyId, delivery), algorithm, prefix);
    return Promise.all(
      keys.map(async ({ id, spki }) => ({ id: keyId ?? id, key: await importKey(algorithm, spki, 'keys()') })),
    );
  };
}

/** Keys for deliveries that name none: the same for all of them, or looked up. @throws secret_invalid, options_invalid */
export function createInlineKeys(
  input: KeyInput | undefined,
  algorithm: SignatureAlgorithm,
  prefix: string | undefined,
): MatcherSource {
  if (typeof input === 'function') {
    const ask = createAskedKeys(input, algorithm, prefix);
    return (_, delivery) => ask(undefined, delivery);
  }
  const checked = checkKeys(input, algorithm, prefix);
  // A JWK may have more names; an object around a key has two.
  for (const key of [input].flat())
    if (isRecord(key) && 'key' in key) requireNames(key, { id: null, key: null }, 'keys');
  const imported = checked.map(({ id, spki }) => ({ id, key: importKey(algorithm, spki, 'keys') }));
  let ready: readonly NamedMatcher[] | undefined;
  if (imported.every(({ key }) => !(key instanceof Promise))) ready = imported as readonly NamedMatcher[];
  else {
    // The promises are not kept: on Workers, promises of a request that is cut off never settle.
    settleAll(imported).then(
      (keys) => {
        ready ??= keys;
      },
      // A refused key is reported on first use; until then it must not count as an unhandled rejection.
      () => undefined,
    );
  }
  return () => {
    if (ready !== undefined) return ready;
    return settleAll(checked.map(({ id, spki }) => ({ id, key: importKey(algorithm, spki, 'keys') }))).then((keys) => {
      ready = keys;
      return keys;
    });
  };
}

function settleAll(
  keys: readonly { readonly id: string; readonly key: PublicKey | Promise<PublicKey> }[],
): Promise<readonly NamedMatcher[]> {
  return Promise.all(keys.map(async ({ id, key }) => ({ id, key: await key })));
}

/** Imports a checked key into the runtime. @throws secret_invalid, synchronously or later, if the point is not on its curve */
export function importKey(algorithm: SignatureAlgorithm, spki: Uint8Array, at: string): PublicKey | Promise<PublicKey> {
  const refuse = () =>
    new WebhookError('secret_invalid', { at, hint: `It is not a public key that can be used with ${algorithm.name}.` });
  try {
    const key = publicKeyCrypto.importKey(algorithm, spki);
    if (!(key instanceof Promise)) return key;
    return key.catch(() => {
      throw refuse();
    });
  } catch {
    throw refuse();
  }
}

function requireSpki(key: unknown, algorithm: SignatureAlgorithm, prefix: string | undefined, at: string): Uint8Array {
  const { spki, problem } = readKey(key, algorithm, prefix);
  if (problem !== undefined) throw new WebhookError('secret_invalid', { at, hint: problem });
  return spki;
}

/** Parses one key in any of its forms: PEM (a key or a certificate), hex, base64, bytes, or a JWK. */
export function readKey(key: unknown, algorithm: SignatureAlgorithm, prefix?: string): KeyReading {
  if (typeof key === 'string') {
    const isCertificate = key.includes('-----BEGIN CERTIFICATE-----') && !key.includes('PRIVATE KEY-----');
    if (!isCertificate) return readKeyText(key, algorithm, prefix);
    const [certificate] = parseCertificates(key) ?? [];
    if (certificate === undefined) return { problem: 'Expected an X.509 certificate in PEM that can be read.' };
    return readKeyBytes(certificate.spki, algorithm);
  }
  if (key instanceof Uint8Array) return readKeyBytes(key, algorithm);
  if (!isRecord(key)) return { problem: 'Expected text (PEM, hex, base64), a JWK, or { id, key }.' };
  if ('url' in key) return { problem: 'This scheme does not fetch key sets. Give the key itself.' };
  return readJwk(key, algorithm);
}

/** The name of a JWK. */
export function kidOf(key: unknown): string | undefined {
  return isRecord(key) && typeof key.kid === 'string' && key.kid !== '' ? key.kid : undefined;
}

/** True if a value is an object that may be a JWK or a JWK Set, not bytes. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
