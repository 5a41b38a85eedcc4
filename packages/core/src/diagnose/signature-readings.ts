/** Reads a signature independently of the description: tag, prefix, encoding and hash as it looks. */

import { type HashName, hashSizes } from '../crypto/hmac.ts';
import { decodeBetween } from '../encoding.ts';
import type { SignatureSource } from '../schemes/signed-text/description.ts';
import type { CauseCode } from './causes.ts';
import type { HeaderPairs } from './situation.ts';

/** A source that reads the actual signature, and its differences from the preset's. */
export interface Reading {
  readonly source: SignatureSource;
  readonly hash: HashName | undefined;
  readonly codes: readonly [CauseCode, ...CauseCode[]];
  readonly at: string;
  readonly what: string | undefined;
}

/**
 * The possible contents of a signature header by its look: item, prefix, encoding and length.
 *
 * @param usedHash the hash of the scheme; undefined for public keys, whose signatures reveal nothing by their length
 */
export function readingsOf(
  source: SignatureSource,
  headers: HeaderPairs,
  usedHash: HashName | undefined,
): readonly Reading[] {
  if (!('header' in source)) return [];
  const at = source.header.toLowerCase();
  const text = headers.find(([name]) => name === at)?.[1];
  if (text === undefined || text.length > 8192) return [];
  const { separator = ',', assign = '=' } = source;
  const readings: Reading[] = [];
  const items = source.key === undefined ? [[undefined, text] as const] : itemsOf(text, separator, assign);
  for (const [key, value] of items) {
    for (const form of formsOf(value)) {
      const codes: CauseCode[] = [];
      const wanted = source.prefix ?? '';
      const isKeyKnown = [source.key].flat().includes(key);
      let what: string | undefined;
      if (!isKeyKnown) {
        codes.push('other_version');
        what = versionWhat(key, String([source.key].flat()[0]));
      }
      const hash = usedHash === undefined ? undefined : hashOfLength(form.length);
      if (usedHash !== undefined && hash === undefined) continue;
      if (hash !== undefined && hash !== usedHash) {
        codes.push('other_hash');
        what = `The signature has the length of ${hash}, and the scheme uses ${usedHash}.`;
      } else if (form.prefix !== wanted && !(source.prefixOptional === true && form.prefix === '')) {
        const areVersions = isVersion(form.prefix) && isVersion(wanted);
        codes.push(areVersions ? 'other_version' : 'signature_prefix');
        if (areVersions) what = versionWhat(form.prefix.slice(0, -1), wanted.slice(0, -1));
      }
      if (form.encoding !== source.encoding) codes.push('signature_encoding');
      const [first] = codes;
      if (first === undefined || codes.length > 2) continue;
      readings.push({
        source: {
          ...source,
          ...(key === undefined ? {} : { key }),
          prefix: form.prefix,
          encoding: form.encoding,
        },
        hash,
        codes: codes as unknown as Reading['codes'],
        at,
        what: codes.length === 1 ? what : undefined,
      });
    }
  }
  return readings.slice(0, 24);
}

function itemsOf(text: string, separator: string, assign: string): readonly (readonly [string | undefined, string])[] {
  return text.split(separator, 32).flatMap((item) => {
    const trimmed = item.trim();
    const at = trimmed.indexOf(assign);
    return at > 0 && /^[A-Za-z0-9_-]{1,16}$/.test(trimmed.slice(0, at))
      ? [[trimmed.slice(0, at), trimmed.slice(at + assign.length)] as const]
      : [];
  });
}

interface SignatureText {
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64' | 'base64url';
  readonly length: number;
}

function formsOf(value: string): readonly SignatureText[] {
  const prefix = /^[A-Za-z][A-Za-z0-9-]{0,15}[=:, ]\s?(?=[^=])/.exec(value)?.[0] ?? '';
  const found: SignatureText[] = [];
  for (const before of new Set([prefix, ''])) {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const bytes = decodeBetween(value, before.length, value.length, encoding);
      if (bytes !== undefined && bytes.length > 0) found.push({ prefix: before, encoding, length: bytes.length });
    }
  }
  return found;
}

function hashOfLength(length: number): HashName | undefined {
  const names = Object.keys(hashSizes) as HashName[];
  return names.find((name) => hashSizes[name].output === length);
}

const isVersion = (prefix: string) => /^v\d{1,2}[=:,]$/.test(prefix);

/** Tags come from the delivery: only unmistakable ones are reported. */
function versionWhat(found: string | undefined, wanted: string): string | undefined {
  if (found === undefined || !/^[a-z]{1,4}\d{1,2}$/.test(found)) return undefined;
  return `The signature is under ${found}, but the scheme reads ${wanted}.`;
}
