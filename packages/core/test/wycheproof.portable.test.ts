import { existsSync, readFileSync } from 'node:fs';
import { isWebhookError } from '@countersign/core';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { crypto } from '#crypto';
import type { HashName } from '../src/crypto/hmac.ts';
import { parseCompact, type VerificationKey, verifyCompact } from '../src/jwt/compact.ts';
import { createKeyFinder } from '../src/jwt/keys.ts';
import type { JwtAlgorithm } from '../src/schemes/jwt-description.ts';

const folder = new URL('../../../../shared/wycheproof/', import.meta.url);
const isHere = existsSync(folder);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

interface MacGroup {
  tagSize: number;
  tests: { tcId: number; key: string; msg: string; tag: string; result: string }[];
}

interface TokenGroup {
  private: JWK;
  public?: JWK;
  tests: { tcId: number; jws: string; result: string }[];
}

describe(`Wycheproof on ${crypto.name}`, () => {
  const hashes: [HashName, string, number][] = [
    ['SHA-1', 'hmac_sha1_test.json', 170],
    ['SHA-256', 'hmac_sha256_test.json', 174],
    ['SHA-384', 'hmac_sha384_test.json', 174],
    ['SHA-512', 'hmac_sha512_test.json', 174],
  ];
  for (const [hash, file, count] of hashes) {
    it.skipIf(!isHere)(
      `gives every verdict of the ${count} HMAC vectors for ${hash}, and refuses truncated tags`,
      async () => {
        let seen = 0;
        for (const group of read(file).testGroups as MacGroup[]) {
          const isFull = group.tagSize === { 'SHA-1': 160, 'SHA-256': 256, 'SHA-384': 384, 'SHA-512': 512 }[hash];
          for (const test of group.tests) {
            const matches = await crypto
              .createMacKey(hash, bytes(test.key))
              .matches([bytes(test.msg)], [bytes(test.tag)]);
            expect(matches, `tcId ${test.tcId}`).toBe(test.result === 'valid' && isFull);
            seen++;
          }
        }
        expect(seen).toBe(count);
      },
    );
  }

  it.skipIf(!isHere)(
    'gives every verdict of the 401 JSON Web Signature vectors except eight whose label or bytes contradict their verdict',
    async () => {
      // Marked invalid although byte for byte a valid token.
      const identical = [367, 370];
      // Marked valid: the key's label names another algorithm than the token (PS256 for PS384, ES521, which does not exist).
      const otherLabel = [346, 347, 350, 351];
      // Marked valid, with a stray question mark in the token.
      const strayLetter = [372, 373];
      const accepted: number[] = [];
      const refusedValid: number[] = [];
      let seen = 0;
      for (const group of read('json_web_signature_test.json').testGroups as TokenGroup[]) {
        const jwk = group.public ?? group.private;
        for (const test of group.tests) {
          seen++;
          const isAccepted = await verify(test.jws, jwk);
          if (isAccepted && test.result === 'invalid') accepted.push(test.tcId);
          if (!isAccepted && test.result === 'valid') refusedValid.push(test.tcId);
        }
      }
      expect(seen).toBe(401);
      expect(accepted.filter((id) => !identical.includes(id))).toEqual([]);
      expect(refusedValid).toEqual([...otherLabel, ...strayLetter]);
    },
  );
});

/** The path of a token through this package: strict form, fixed algorithms, the choice of the key, then jose. */
async function verify(text: string, jwk: JWK): Promise<boolean> {
  const label = jwk.alg as JwtAlgorithm | undefined;
  const algorithms: readonly JwtAlgorithm[] =
    label === undefined ? ['PS256', 'RS256', 'ES256', 'ES384', 'ES512'] : [label];
  try {
    const token = parseCompact(text, algorithms, 'test');
    const keys =
      jwk.kty === 'oct'
        ? [{ key: new Uint8Array(Buffer.from(jwk.k as string, 'base64url')) as VerificationKey }]
        : await createKeyFinder(jwk as Record<string, unknown>, algorithms)(token, 0, {
            headers: {},
            body: new Uint8Array(),
          });
    await verifyCompact(token, keys, 'test');
    return true;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return false;
  }
}
