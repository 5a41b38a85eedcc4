/** Deliveries with a token: a stored one, or a signed one. */

import { createHash, randomUUID } from 'node:crypto';
import type { SharedTokenDescription } from '@countersign/core/describe';
import type { JwtDescription } from '@countersign/core/jwt';
import { putValue } from './body-values.ts';
import type { Draft } from './draft.ts';
import { signJws } from './jws.ts';
import { nodeHash, toPrivateKey, toSecretBytes } from './signing-keys.ts';
import { privateKeyOf, refuseSigning, type SigningOptions, secretsOf } from './signing-options.ts';

type TokenPlace = SharedTokenDescription['token'] | JwtDescription['token'];

/** Puts the stored token where the sender sends it. */
export function signStoredToken(draft: Draft, { token }: SharedTokenDescription, options: SigningOptions): void {
  const secrets = secretsOf(draft.provider, options);
  if (secrets.length > 1) throw refuseSigning('secret', `${draft.provider.name} sends one token.`);
  putToken(draft, token, Buffer.from(secrets[0] as string).toString());
}

/** Makes the claims that the description requires, signs them and puts the token where the sender sends it. */
export function signToken(draft: Draft, description: JwtDescription, options: SigningOptions): void {
  const { provider } = draft;
  const { token, algorithms, storedToken } = description;
  if (storedToken === true && options.secret !== undefined) {
    // The receiver compares with a stored token, so that token is sent.
    putToken(draft, token, Buffer.from(secretsOf(provider, options)[0] as string).toString());
    return;
  }
  const [alg] = algorithms;
  const header = {
    alg,
    typ: 'JWT',
    ...(options.keyId !== undefined && { kid: options.keyId }),
    ...options.joseHeader,
  };
  const key = String(header.alg).startsWith('HS')
    ? { secret: toSecretBytes(secretsOf(provider, options)[0] as string, {}) }
    : { privateKey: toPrivateKey(privateKeyOf(provider, options)) };
  const claims = claimsOf(draft, description, options);
  putToken(draft, token, signJws(header, JSON.stringify(claims), key).join('.'));
}

function claimsOf(draft: Draft, description: JwtDescription, options: SigningOptions): Record<string, unknown> {
  const { claims: rules = {}, binds = {}, payload = 'body', id } = description;
  const now = Math.floor(draft.at.getTime() / 1000);
  const claims: Record<string, unknown> = { iat: now, nbf: now, exp: now + 300, jti: randomUUID() };
  for (const name of rules.required ?? []) claims[name] ??= 'example';
  if (rules.issuer !== undefined) claims.iss = [rules.issuer].flat()[0];
  if (rules.subject !== undefined) claims.sub = rules.subject;
  if (rules.audience !== undefined) claims.aud = audienceOf(rules.audience, draft);
  for (const [path, value] of Object.entries(rules.equals ?? {})) putValue(claims, path, [value].flat()[0]);
  for (const [path, value] of Object.entries(rules.custom?.sends ?? {})) putValue(claims, path, value);
  if (id !== undefined) putValue(claims, id.claim, draft.id);
  if (payload === 'claims') Object.assign(claims, JSON.parse(Buffer.from(draft.body).toString()));
  else if (payload !== 'body') claims[payload.claim] = Buffer.from(draft.body).toString();
  const { bodyHash, urlHash, queryStringHash } = binds;
  if (bodyHash !== undefined && !(bodyHash.presence === 'with_body' && draft.body.length === 0))
    claims[bodyHash.claim] = createHash(nodeHash(bodyHash.hash)).update(draft.body).digest(bodyHash.encoding);
  if (urlHash !== undefined)
    claims[urlHash.claim] = createHash(nodeHash(urlHash.hash)).update(draft.url).digest(urlHash.encoding);
  if (queryStringHash !== undefined) {
    const text = canonicalRequest(draft, queryStringHash.basePath ?? '');
    claims[queryStringHash.claim] = createHash('sha256').update(text).digest('hex');
  }
  return { ...claims, ...options.claims };
}

type Audience = NonNullable<NonNullable<JwtDescription['claims']>['audience']>;

/** The first one that the receiver accepts, or the URL of the endpoint. */
function audienceOf(audience: Audience, draft: Draft): unknown {
  if (typeof audience === 'object' && 'publicUrl' in audience) return draft.url;
  return [audience].flat()[0];
}

/** Atlassian's form of a request: method, path, and the query sorted and escaped once more. */
function canonicalRequest({ method, url }: Draft, basePath: string): string {
  const { pathname, searchParams } = new URL(url);
  const percentEncode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const path = (pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname).replace(/\/+$/, '');
  const names = [...new Set(searchParams.keys())]
    .filter((name) => name !== 'jwt')
    .map((name) => [percentEncode(name), name]);
  const query = names
    .sort(([left = ''], [right = '']) => (left < right ? -1 : 1))
    .map(
      ([escaped, name]) =>
        `${escaped}=${searchParams
          .getAll(name as string)
          .map(percentEncode)
          .sort()
          .join(',')}`,
    );
  return `${method.toUpperCase()}&${path.replaceAll('&', '%26') || '/'}&${query.join('&')}`;
}

function putToken(draft: Draft, place: TokenPlace, text: string): void {
  if (place === 'body') {
    draft.replaceBody(text);
  } else if ('query' in place) {
    const url = new URL(draft.url);
    url.searchParams.set(place.query, text);
    draft.url = url.href;
  } else if ('json' in place) {
    draft.put(place, text);
  } else {
    const scheme = place.scheme;
    const value = scheme === 'Basic' ? Buffer.from(text).toString('base64') : text;
    const header = typeof place.header === 'string' ? place.header : (place.header[0] as string);
    draft.put({ header }, scheme === undefined ? value : `${scheme} ${value}`);
  }
}
