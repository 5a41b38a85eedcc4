/** Keys from the certificates inside a token (RFC 7515 section 4.1.6), trusted only if they lead to pinned roots. */

import { checkSpki } from '../crypto/public-key-info.ts';
import { type Certificate, findChainProblem, parseCertificate, parseCertificates } from '../crypto/x509.ts';
import { decodeBase64 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { importKey } from '../keys/inline-keys.ts';
import type { KeyInput } from '../keys/key.ts';
import type { PublicKeyAlgorithm } from '../schemes/jwt-description.ts';
import { signatureAlgorithmOf } from './algorithms.ts';
import { importForJose, type KeyFinder } from './token-key.ts';

/** Maximum number of certificates in a token. */
const maxChain = 6;

/** @throws secret_invalid if the roots are not certificates */
export function createChainFinder(
  input: KeyInput,
  { leafOid, issuerOid }: { readonly leafOid?: string; readonly issuerOid?: string },
): KeyFinder {
  const roots = requireRoots(input);
  return async ({ header, algorithm }, now) => {
    const at = 'x5c';
    const refuse = (hint: string) => new WebhookError('key_unknown', { at, hint });
    const texts = header.x5c;
    if (!Array.isArray(texts) || texts.length === 0 || texts.length > maxChain)
      throw refuse(`Expected 1 to ${maxChain} certificates in the token.`);
    const chain: Certificate[] = [];
    for (const text of texts) {
      const der = typeof text === 'string' ? decodeBase64(text) : undefined;
      const certificate = der === undefined ? undefined : parseCertificate(der);
      if (certificate === undefined) throw refuse('One of its certificates cannot be read.');
      chain.push(certificate);
    }
    const [leaf, issuer] = chain as [Certificate, Certificate | undefined];
    const hasOid = (one: Certificate | undefined, oid: string | undefined) =>
      oid === undefined || one?.extensionOids.has(oid) === true;
    if (!hasOid(leaf, leafOid) || !hasOid(issuer, issuerOid))
      throw refuse('A certificate is not one for this purpose.');
    const check = (some: readonly Certificate[], trusted: readonly Certificate[]) =>
      findChainProblem(some, trusted, now, (rule, spki) => importKey(rule, spki, at));
    let problem = await check(chain, roots);
    if (issuerOid !== undefined && issuer !== undefined) {
      // The extension only counts on the trusted certificate that issued the leaf, not on others in the list.
      problem ??= (await check([leaf], [issuer])) ?? (await check(chain.slice(1), roots));
    }
    if (problem !== undefined) throw refuse(problem);
    const name = algorithm as PublicKeyAlgorithm;
    const { spki, problem: unusable } = checkSpki(leaf.spki, signatureAlgorithmOf(name));
    if (spki === undefined) throw refuse(unusable);
    try {
      return [{ id: leaf.names[0] ?? 'x5c', key: await importForJose(spki, name, at), spki }];
    } catch {
      throw refuse(`The first certificate has no key that can be used with ${name}.`);
    }
  };
}

function requireRoots(input: KeyInput): readonly Certificate[] {
  const given: readonly unknown[] = Array.isArray(input) ? input : [input];
  const roots = given.map((text) => (typeof text === 'string' ? parseCertificates(text) : undefined));
  if (roots.length === 0 || roots.includes(undefined)) {
    throw new WebhookError('secret_invalid', {
      at: 'keys',
      hint: 'Expected the trusted root certificates as PEM text (-----BEGIN CERTIFICATE-----).',
    });
  }
  return roots.flatMap((list) => list ?? []);
}
