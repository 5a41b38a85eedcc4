/** HTTP message signatures (RFC 9421) with a Content-Digest (RFC 9530), by node:crypto. */

import { constants, createHash, createHmac, randomUUID, sign } from 'node:crypto';
import type { HttpSignatureDescription } from '@countersign/core/describe';
import type { Draft } from './draft.ts';
import { toPrivateKey, toSecretBytes } from './signing-keys.ts';
import { privateKeyOf, refuseSigning, type SigningOptions, secretsOf } from './signing-options.ts';

/** Signs a draft in place. */
export function signMessage(draft: Draft, description: HttpSignatureDescription, options: SigningOptions): void {
  const { components, algorithm, label = 'sig1', tag, requires = [] } = description;
  if (components.includes('content-digest')) {
    const digest = createHash('sha256').update(draft.body).digest('base64');
    draft.headers['content-digest'] ??= `sha-256=:${digest}:`;
  }
  if (components.includes('content-length')) draft.headers['content-length'] ??= String(draft.body.length);
  const keyId = options.keyId ?? (requires.includes('keyid') ? 'key-1' : undefined);
  const parameters = [
    `(${components.map((name) => JSON.stringify(name)).join(' ')})`,
    `created=${Math.floor(draft.at.getTime() / 1000)}`,
    ...(keyId === undefined ? [] : [`keyid=${JSON.stringify(keyId)}`]),
    ...(requires.includes('nonce') ? [`nonce="${randomUUID()}"`] : []),
    ...(tag === undefined ? [] : [`tag=${JSON.stringify(tag)}`]),
  ].join(';');
  const lines = components.map((name) => `${JSON.stringify(name)}: ${componentValue(draft, name)}`);
  const base = Buffer.from([...lines, `"@signature-params": ${parameters}`].join('\n'), 'latin1');
  draft.headers['signature-input'] = `${label}=${parameters}`;
  draft.headers.signature = `${label}=:${signBase(draft, options, algorithm, base).toString('base64')}:`;
}

function componentValue({ headers, method, url }: Draft, name: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  const derived: Readonly<Record<string, string>> = {
    '@method': method,
    '@target-uri': url,
    '@authority': host,
    '@scheme': protocol.slice(0, -1),
    '@request-target': pathname + search,
    '@path': pathname,
    '@query': search === '' ? '?' : search,
  };
  const value = derived[name] ?? headers[name];
  if (value === undefined) throw refuseSigning('headers', `The signature covers ${name}; pass a value for it.`);
  return value.trim();
}

function signBase(draft: Draft, options: SigningOptions, algorithm: string, base: Buffer): Buffer {
  if (algorithm === 'hmac-sha256') {
    const [secret] = secretsOf(draft.provider, options);
    return createHmac('sha256', toSecretBytes(secret as string, {}))
      .update(base)
      .digest();
  }
  const key = toPrivateKey(privateKeyOf(draft.provider, options));
  switch (algorithm) {
    case 'ed25519':
      return sign(null, base, key);
    case 'ecdsa-p256-sha256':
      return sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' });
    case 'ecdsa-p384-sha384':
      return sign('sha384', base, { key, dsaEncoding: 'ieee-p1363' });
    case 'rsa-v1_5-sha256':
      return sign('sha256', base, key);
    default:
      return sign('sha512', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 });
  }
}
