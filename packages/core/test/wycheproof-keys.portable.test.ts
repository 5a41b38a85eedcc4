import { existsSync, readFileSync } from 'node:fs';
import { createReceiver, defineProvider, isWebhookError } from '@countersign/core';
import { type JwtAlgorithm, jwt } from '@countersign/core/jwt';
import { describe, expect, it } from 'vitest';
import { crypto } from '#crypto';

const folder = new URL('../../../../shared/wycheproof/', import.meta.url);
const isHere = existsSync(folder);

type Jwk = Readonly<Record<string, unknown>>;
interface Group {
  readonly private: Jwk & { readonly keys?: readonly Jwk[] };
  readonly public?: Jwk & { readonly keys?: readonly Jwk[] };
  readonly tests: readonly {
    readonly tcId: number;
    readonly jws?: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

/**
 * An endpoint as an app would configure it with these keys: the algorithm is the label of the first, shared secrets go to `secrets`, public
 * keys to `keys`. If such a configuration is refused, the vector counts as refused.
 */
async function isAccepted(group: Group, token: string): Promise<boolean> {
  const set = group.public ?? group.private;
  const keys = set.keys ?? [set];
  try {
    const provider = defineProvider<object, 'keys' | 'secrets'>({
      name: 'wycheproof',
      scheme: jwt({
        token: { header: 'x-token' },
        algorithms: [keys[0]?.alg as JwtAlgorithm],
        claims: { expiry: 'optional' },
      }) as never,
    });
    const material =
      provider.scheme.material === 'secrets' && keys.every(({ kty }) => kty === 'oct')
        ? {
            secrets: keys.map(({ kid, k }) => ({
              id: kid,
              value: new Uint8Array(Buffer.from(k as string, 'base64url')),
            })),
          }
        : { keys: keys.map(({ d, p, q, dp, dq, qi, ...open }) => open) };
    const receiver = createReceiver({ provider, ...material, onWarning: () => {} } as never);
    await receiver.verify({ headers: { 'x-token': token }, body: new Uint8Array() });
    return true;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    // The payload of these tokens is not a JSON object, which is only checked after the signature.
    return error.code === 'token_invalid' && error.hint === 'Its payload is not a JSON object.';
  }
}

describe(`Wycheproof keys on ${crypto.name}`, () => {
  it.skipIf(!isHere).each([
    ['json_web_key_test.json', 26, [7]],
    ['json_web_crypto_test.json', 49, [46]],
  ] as const)(
    'gives every verdict of the vectors in %s except for a key of a broken generator',
    async (file, count, known) => {
      const groups = JSON.parse(readFileSync(new URL(file, folder), 'utf8')).testGroups as Group[];
      const wrong: number[] = [];
      let seen = 0;
      for (const group of groups) {
        // A verifier does not handle encrypted tokens.
        for (const { tcId, jws, result } of group.tests) {
          if (jws === undefined) continue;
          seen++;
          if ((await isAccepted(group, jws)) !== (result === 'valid')) wrong.push(tcId);
        }
      }
      // The keys of ROCA (CVE-2017-15361) look like others; this code does not factor a modulus.
      expect(wrong).toEqual(known);
      expect(seen).toBe(count);
    },
  );
});
