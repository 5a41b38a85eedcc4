import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign as nodeSign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, defineProvider, type KeyInput, type Provider, type ReceiverPolicy } from '@countersign/core';
import { detachedJws, type JwtDescription, jwt } from '@countersign/core/jwt';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBindings } from '../src/jwt/bindings.ts';
import { B, buildError, bytes, codeOf, expectRefused, K1, now } from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';
import { edPem, makeCertificate, modulusOf, rsaPem as rsaPemOf, spkiOf } from './made-certificates.ts';

const vectorsFile = new URL('../../../../shared/providers/vectors.json', import.meta.url);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaPem = pemOf(rsa.publicKey);
const claims = { iss: 'issuer', aud: 'https://example.com/hook', exp: now + 300, iat: now };
const bearer = { header: 'authorization', scheme: 'Bearer' } as const;
const rs256 = { token: bearer, algorithms: ['RS256'] } as const satisfies JwtDescription;

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** Signs with node:crypto alone; every piece can be given as raw text. */
function token(
  payload: object | string,
  options: { header?: object | string; key?: KeyObject; secret?: string } = {},
): string {
  const { header = { alg: options.secret === undefined ? 'RS256' : 'HS256' }, key = rsa.privateKey, secret } = options;
  const encode = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const text = `${encode(header)}.${encode(payload)}`;
  const signature =
    secret === undefined
      ? nodeSign('sha256', Buffer.from(text), key)
      : createHmac('sha256', secret).update(text).digest();
  return `${text}.${signature.toString('base64url')}`;
}

function receiverOf(
  description: JwtDescription,
  material: object = { keys: rsaPem },
  policy: Partial<ReceiverPolicy> = {},
) {
  const provider = defineProvider<object, 'keys'>({ name: 'jwt', scheme: jwt(description) as never }) as Provider<
    object,
    'keys'
  >;
  return createReceiver({
    provider,
    clock: () => new Date(now * 1000),
    onWarning: () => undefined,
    ...material,
    ...policy,
  } as never);
}

const verify = (text: string, description: JwtDescription = rs256, material?: object) =>
  receiverOf(description, material).verify({ headers: { authorization: `Bearer ${text}` }, body: B });

describe('tokens', () => {
  it('accepts tokens made by jose and by node:crypto, and reports what they bind', async () => {
    const byJose = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'x' }).sign(rsa.privateKey);
    for (const text of [byJose, token(claims)]) {
      const event = await verify(text);
      expect(event.signed).toEqual({ body: false, id: false, timestamp: true });
      expect(event.signedAt).toEqual(new Date(now * 1000));
    }
  });

  it('JW-01 refuses alg none in every spelling, no alg, and an empty signature', async () => {
    for (const header of [{ alg: 'none' }, { alg: 'None' }, { alg: 'nOnE' }, {}])
      await expectRefused(verify(token(claims, { header })), 'token_invalid');
    await expectRefused(verify(token(claims).replace(/[^.]+$/, '')), 'token_invalid');
  });

  it('JW-02 refuses a token signed with the public key as shared secret', async () => {
    await expectRefused(verify(token(claims, { secret: rsaPem, header: { alg: 'HS256' } })), 'token_invalid');
    await expectRefused(verify(token(claims, { secret: rsaPem, header: { alg: 'RS256' } })), 'token_invalid');
  });

  it('JW-03 JW-04 refuses missing and mixed algorithms when built', () => {
    for (const algorithms of [undefined, [], ['none'], ['HS256', 'RS256'], ['RS256', 'ES256'], 'RS256']) {
      expect(buildError(() => jwt({ token: bearer, algorithms: algorithms as never })).code).toBe('options_invalid');
    }
  });

  it('JW-05 JW-06 refuses a PEM or a short secret for HS256 when built', () => {
    const hs256 = { token: bearer, algorithms: ['HS256'] } as const;
    for (const secret of [rsaPem, `\n ${rsaPem}`, K1.slice(1)]) {
      expect(buildError(() => receiverOf(hs256, { secrets: secret })).code).toBe('secret_invalid');
    }
    receiverOf(hs256, { secrets: K1 });
    expect(buildError(() => receiverOf({ token: bearer, algorithms: ['HS512'] }, { secrets: K1 })).code).toBe(
      'secret_invalid',
    );
  });

  it('verifies HS256 with several secrets and reports which one matched', async () => {
    const hs256 = { token: bearer, algorithms: ['HS256'] } as const;
    const event = await verify(token(claims, { secret: K1 }), hs256, { secrets: [`${'f'.repeat(31)}e`, K1] });
    expect(event.secretId).toBe('1');
    await expectRefused(verify(token(claims, { secret: `${K1}x` }), hs256, { secrets: K1 }), 'token_invalid');
  });

  it('JW-07 refuses crit and unencoded payloads', async () => {
    for (const header of [
      { alg: 'RS256', crit: ['x'], x: 1 },
      { alg: 'RS256', crit: ['b64'], b64: false },
      { alg: 'RS256', b64: true },
    ]) {
      await expectRefused(verify(token(claims, { header })), 'token_invalid');
    }
  });

  it('JW-08 never uses a key from the token', async () => {
    const jwk = await exportJWK(otherRsa.publicKey);
    await expectRefused(
      verify(token(claims, { header: { alg: 'RS256', jwk }, key: otherRsa.privateKey })),
      'token_invalid',
    );
  });

  it('JW-12 JW-13 enforces exp and nbf', async () => {
    await expectRefused(verify(token({ iss: 'issuer' })), 'token_invalid');
    await verify(token({ iss: 'issuer' }), { ...rs256, claims: { expiry: 'optional' } });
    await expectRefused(verify(token({ exp: now - 1 })), 'token_invalid');
    await expectRefused(verify(token({ exp: now })), 'token_invalid');
    await verify(token({ exp: now - 4 }), { ...rs256, claims: { clockToleranceSeconds: 5 } });
    await expectRefused(
      verify(token({ exp: now - 5 }), { ...rs256, claims: { clockToleranceSeconds: 5 } }),
      'token_invalid',
    );
    await expectRefused(verify(token({ ...claims, nbf: now + 1 })), 'token_invalid');
    await verify(token({ ...claims, nbf: now }));
  });

  it('enforces the maximum age of a token', async () => {
    const description = { ...rs256, claims: { expiry: 'optional', maxAgeSeconds: 300 } } as const;
    await verify(token({ iat: now - 300 }), description);
    expect(await codeOf(verify(token({ iat: now - 301 }), description))).toBe('token_expired');
    for (const payload of [{}, { iat: now + 1 }, { iat: 'x' }])
      expect(await codeOf(verify(token(payload), description))).toBe('token_invalid');
  });

  it('JW-14 refuses times that are not numbers', async () => {
    for (const exp of ['1e400', `"${now + 600}"`, '-1', 'null', '"NaN"', '{}', '0']) {
      await expectRefused(verify(token(`{"exp":${exp}}`)), 'token_invalid');
    }
  });

  it('JW-15 JW-16 compares audience and issuer exactly', async () => {
    const audience = { ...rs256, claims: { audience: 'api.example.com' } };
    for (const aud of [undefined, 'api.example.com.evil', ['other'], [], 5]) {
      await expectRefused(verify(token({ ...claims, aud }), audience), 'token_invalid');
    }
    await verify(token({ ...claims, aud: ['other', 'api.example.com'] }), audience);
    const issuer = { ...rs256, claims: { issuer: 'https://issuer.example' } };
    await verify(token({ ...claims, iss: 'https://issuer.example' }), issuer);
    await expectRefused(verify(token({ ...claims, iss: 'https://issuer.example/' }), issuer), 'token_invalid');
    await expectRefused(
      verify(token({ ...claims, sub: 'b' }), { ...rs256, claims: { subject: 'a' } }),
      'token_invalid',
    );
    await expectRefused(
      verify(token({ ...claims, type: 'user' }), { ...rs256, claims: { equals: { type: 'addon' } } }),
      'token_invalid',
    );
    await expectRefused(verify(token(claims), { ...rs256, claims: { required: ['jti'] } }), 'token_invalid');
  });

  it('JW-17 binds the body if the scheme says so', async () => {
    const description = {
      ...rs256,
      binds: { bodyHash: { claim: 'sha256', hash: 'SHA-256', encoding: 'hex' } },
    } as const;
    const sha256 = createHash('sha256').update(B).digest('hex');
    const event = await verify(token({ ...claims, sha256 }), description);
    expect(event.signed.body).toBe(true);
    for (const other of [undefined, '', sha256.replace(/^./, 'x'), createHash('sha256').update('').digest('hex'), 5]) {
      await expectRefused(verify(token({ ...claims, sha256: other }), description), 'token_invalid');
    }
  });

  it('requires a body hash if and only if there is a body, if the scheme says so', async () => {
    const bodyHash = { claim: 'payload_hash', hash: 'SHA-256', encoding: 'hex', presence: 'with_body' } as const;
    const receiver = receiverOf({ ...rs256, binds: { bodyHash } });
    const send = (payload: object, body: Uint8Array) =>
      receiver.verify({ headers: { authorization: `Bearer ${token(payload)}` }, body });
    const hash = createHash('sha256').update(B).digest('hex');
    await send({ ...claims, payload_hash: hash }, B);
    await send(claims, new Uint8Array());
    await expectRefused(send(claims, B), 'token_invalid');
    await expectRefused(
      send({ ...claims, payload_hash: createHash('sha256').digest('hex') }, new Uint8Array()),
      'token_invalid',
    );
  });

  it('binds the public URL, not the one that the server sees', async () => {
    const description = {
      ...rs256,
      binds: { urlHash: { claim: 'url_hash', hash: 'SHA-256', encoding: 'hex' } },
    } as const;
    const receiver = receiverOf(description, undefined, { publicUrl: 'https://example.com' });
    const url_hash = createHash('sha256').update('https://example.com/hook?a=1').digest('hex');
    const send = (url: string) =>
      receiver.verify({ headers: { authorization: `Bearer ${token({ ...claims, url_hash })}` }, body: B, url });
    await send('/hook?a=1');
    await send('http://10.0.0.1:8080/hook?a=1');
    await expectRefused(send('/hook?a=2'), 'token_invalid');
    const unknown = receiverOf(description);
    const delivery = {
      headers: { authorization: `Bearer ${token({ ...claims, url_hash })}` },
      body: B,
      url: '/hook?a=1',
    };
    expect(await codeOf(unknown.verify(delivery))).toBe('options_invalid');
  });

  it("binds method, path and query with Atlassian's hash, in any order of the query", async () => {
    const description = {
      ...rs256,
      binds: { queryStringHash: { claim: 'qsh', basePath: '/base' } },
    } as const;
    const qsh = createHash('sha256').update('POST&/hook&a=1,2&b=x%20y%26&c=%C3%A9').digest('hex');
    const send = (url: string, method = 'POST') =>
      receiverOf(description).verify({
        headers: { authorization: `Bearer ${token({ ...claims, qsh })}` },
        body: B,
        url,
        method,
      });
    await send('/base/hook/?c=%C3%A9&b=x+y%26&a=2&a=1&jwt=ignored');
    await expectRefused(send('/base/hook?c=%C3%A9&b=x+y%26&a=2'), 'token_invalid');
    await expectRefused(send('/base/other?c=%C3%A9&b=x+y%26&a=2&a=1'), 'token_invalid');
  });

  it.skipIf(!existsSync(vectorsFile))('computes the published query string hash of a real call', async () => {
    // The secret of this call was never published, so the hash is checked without the signature.
    const all: { provider: string; url: string; method: string }[] = JSON.parse(readFileSync(vectorsFile, 'utf8'));
    const { url, method } = all.find(({ provider }) => provider === 'atlassian-connect') ?? { url: '', method: '' };
    const published = JSON.parse(Buffer.from(/jwt=[^.]+\.([^.]+)/.exec(url)?.[1] ?? '', 'base64url').toString());
    const binds = { queryStringHash: { claim: 'qsh' } };
    const check = (target: string) =>
      checkBindings(published, binds, { headers: {}, body: new Uint8Array(), url: target, method }, () => '', 'token');
    await check(url);
    await expectRefused(check(url.replace('lic=none', 'lic=some')), 'token_invalid');
  });

  it('JW-18 refuses a token in any other spelling', async () => {
    const good = token(claims);
    const lastLetter = good.at(-1) as string;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBits = alphabet[alphabet.indexOf(lastLetter) ^ 1] as string;
    for (const text of [
      `${good}=`,
      `${good}\n`,
      `${good} `,
      good.slice(0, -1) + sameBits,
      ` ${good}`,
      good.replace('.', '=.'),
    ]) {
      await expectRefused(verify(text), 'token_invalid');
    }
  });

  it('JW-19 JW-25 refuses JWE, JSON serialization and tokens beyond 16 KiB', async () => {
    for (const text of [
      'a.b.c.d.e',
      JSON.stringify({ payload: 'e30', signatures: [] }),
      '..',
      'a.b',
      token({ ...claims, x: 'y'.repeat(100_000) }),
    ]) {
      await expectRefused(verify(text), 'token_invalid');
    }
  });

  it('JW-24 requires a stored token to be signed and equal', async () => {
    const stored = token({ iss: 'clockify', type: 'addon' });
    const description = {
      token: { header: 'x-token' },
      algorithms: ['RS256'],
      claims: { issuer: 'clockify', expiry: 'optional' },
      storedToken: true,
    } as const;
    let asked = 0;
    const secrets = () => {
      asked++;
      return [{ id: 'hook', value: stored }];
    };
    const receiver = receiverOf(description, { keys: rsaPem, secrets });
    const send = (text: string) => receiver.verify({ headers: { 'x-token': text }, body: B });
    const event = await send(stored);
    expect(event).toMatchObject({ secretId: 'hook', signed: { body: false } });
    expect(event.signedAt).toBeUndefined();
    const resigned = token({ iss: 'clockify', type: 'addon', iat: now });
    await expectRefused(send(resigned), 'token_invalid');
    const askedBefore = asked;
    await expectRefused(send(token({ iss: 'clockify', type: 'addon' }, { key: otherRsa.privateKey })), 'token_invalid');
    expect(asked).toBe(askedBefore);
  });

  it('finds the token in header, query, JSON and body, and the payload in the claims', async () => {
    const text = token({ ...claims, jti: 'j1', data: '{"a":1}' });
    const none = { authorization: '' };
    const query = await receiverOf({ ...rs256, token: { query: 'jwt' } }).verify({
      headers: none,
      body: B,
      url: `/hook?jwt=${text}`,
    });
    expect(query.payload).toMatchObject({ id: 'evt_1' });
    const json = await receiverOf({ ...rs256, token: { json: 'signed.payload' }, id: { claim: 'jti' } }).verify({
      headers: none,
      body: bytes(JSON.stringify({ signed: { payload: text } })),
    });
    expect(json).toMatchObject({ id: 'j1', payload: { jti: 'j1' }, signed: { id: true } });
    const body = await receiverOf({ ...rs256, token: 'body', payload: { claim: 'data' } }).verify({
      headers: none,
      body: bytes(text),
    });
    expect(body.payload).toEqual({ a: 1 });
    expect(body.signed.body).toBe(true);
    expect(
      await codeOf(receiverOf({ ...rs256, token: 'body' }).verify({ headers: none, body: new Uint8Array() })),
    ).toBe('header_missing');
    expect(
      await codeOf(
        receiverOf({ ...rs256, token: { query: 'jwt' } }).verify({
          headers: none,
          body: B,
          url: `/?jwt=${text}&jwt=${text}`,
        }),
      ),
    ).toBe('header_repeated');
  });

  it('tells two events apart by their claims if the body is not signed', async () => {
    const receiver = receiverOf({ ...rs256, payload: 'claims' });
    const key = async (payload: object) =>
      (await (await receiver.verify({ headers: { authorization: `Bearer ${token(payload)}` }, body: B })).identity())
        .key;
    expect(await key({ ...claims, n: 1 })).not.toBe(await key({ ...claims, n: 2 }));
  });

  it('AK-04 AK-09 refuses private, symmetric, short and broken keys when built, and reveals none', async () => {
    const privatePem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const privateJwk = await exportJWK(ec.privateKey);
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const keys: unknown[] = [
      privatePem,
      privateJwk,
      { kty: 'oct', k: 'AAAA' },
      await exportJWK(short),
      'not a key',
      { keys: [] },
      {},
      [],
      '-----BEGIN PUBLIC KEY-----',
      7,
      null,
    ];
    for (const key of keys) {
      const { code, message } = buildError(() => receiverOf(rs256, { keys: key }));
      expect(['secret_invalid', 'options_invalid']).toContain(code);
      expect(message).not.toContain(privatePem.split('\n')[1]);
    }
  });

  it('selects keys by kid and tries all that have none', async () => {
    const a = { ...(await exportJWK(rsa.publicKey)), kid: 'a' };
    const b = { ...(await exportJWK(otherRsa.publicKey)), kid: 'b' };
    const keys: KeyInput = { keys: [a, b] };
    expect((await verify(token(claims, { header: { alg: 'RS256', kid: 'a' } }), rs256, { keys })).secretId).toBe('a');
    await expectRefused(
      verify(token(claims, { header: { alg: 'RS256', kid: 'b' } }), rs256, { keys }),
      'token_invalid',
    );
    expect(await codeOf(verify(token(claims, { header: { alg: 'RS256', kid: 'c' } }), rs256, { keys }))).toBe(
      'key_unknown',
    );
    await verify(token(claims), rs256, { keys });
    await verify(token(claims), rs256, { keys: [pemOf(otherRsa.publicKey), rsaPem] });
  });

  it('checks a token before the body arrives', async () => {
    const receiver = receiverOf(rs256);
    expect(await headRefusal(receiver, { headers: { authorization: `Bearer ${token(claims)}` } })).toBeUndefined();
    expect((await headRefusal(receiver, { headers: { authorization: 'Bearer x' } }))?.code).toBe('token_invalid');
    expect((await headRefusal(receiver, { headers: { authorization: `Basic ${token(claims)}` } }))?.code).toBe(
      'header_malformed',
    );
    expect((await headRefusal(receiver, { headers: {} }))?.code).toBe('header_missing');
  });
});

describe('key sets at a URL', () => {
  let server: Server;
  let base: string;
  let requests = 0;
  let answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string; hang?: boolean };
  const insecure = { dangerouslyAllowInsecureUrl: true } as const;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests++;
      const { status = 200, headers = {}, body = '', hang = false } = answer(request.url ?? '');
      // On a busy machine, a connection that is kept could be closed just as it is used again.
      if (!hang) response.writeHead(status, { connection: 'close', ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const setOf = async (...kids: string[]) =>
    JSON.stringify({
      keys: await Promise.all(kids.map(async (kid) => ({ ...(await exportJWK(rsa.publicKey)), kid }))),
    });
  const build = (options: object = {}, clock = () => new Date(now * 1000)) => {
    requests = 0;
    return receiverOf(rs256, { keys: { url: `${base}/jwks`, ...insecure, ...options } }, { clock });
  };
  const send = (receiver: ReturnType<typeof build>, kid: string) =>
    receiver.verify({
      headers: { authorization: `Bearer ${token({ exp: now + 86_400 }, { header: { alg: 'RS256', kid } })}` },
      body: B,
    });

  it('fetches once for many deliveries and keeps the set', async () => {
    const body = await setOf('a');
    answer = () => ({ body });
    const receiver = build();
    const events = await Promise.all(Array.from({ length: 50 }, () => send(receiver, 'a')));
    expect(events[0]?.secretId).toBe('a');
    expect(requests).toBe(1);
  });

  it('JW-09 makes no connection to a URL from the token', async () => {
    const body = await setOf('a');
    answer = () => ({ body });
    requests = 0;
    const header = { alg: 'RS256', jku: `${base}/evil`, x5u: `${base}/evil`, kid: 'a' };
    await expectRefused(verify(token(claims, { header, key: otherRsa.privateKey })), 'token_invalid');
    expect(requests).toBe(0);
  });

  it('JW-10 JW-11 fetches at most once per cooldown, whatever kids arrive, and responds 401 after a fetch and 503 within the cooldown', async () => {
    let body = await setOf('a');
    answer = () => ({ body });
    let time = now;
    const receiver = build({}, () => new Date(time * 1000));
    await send(receiver, 'a');
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, index) => codeOf(send(receiver, `unknown-${index}`))),
    );
    expect(new Set(results)).toEqual(new Set(['key_unavailable']));
    expect(requests).toBe(1);
    body = await setOf('a', 'fresh');
    await expect(send(receiver, 'fresh')).rejects.toMatchObject({ code: 'key_unavailable', retryAfterSeconds: 30 });
    time += 30;
    expect((await send(receiver, 'fresh')).secretId).toBe('fresh');
    time += 30;
    expect(await codeOf(send(receiver, 'never'))).toBe('key_unknown');
    expect(requests).toBe(3);
  });

  it('JW-20 JW-22 refuses redirects, errors, garbage and sets beyond the limits, and keeps the last good set', async () => {
    const good = await setOf('a');
    answer = () => ({ body: good });
    let time = now;
    const brief = { maxAgeSeconds: 60, timeoutSeconds: 1 };
    const receiver = build(brief, () => new Date(time * 1000));
    await send(receiver, 'a');
    const jwk = JSON.parse(good).keys[0];
    const bad = [
      { status: 302, headers: { location: 'http://169.254.169.254/latest' } },
      { status: 500 },
      { body: '{' },
      { body: '[]' },
      { body: JSON.stringify({ keys: Array.from({ length: 20_000 }, () => ({ kty: 'RSA' })) }) },
      { body: JSON.stringify({ keys: Array.from({ length: 101 }, (_, index) => ({ ...jwk, kid: String(index) })) }) },
      { body: JSON.stringify({ keys: [jwk], pad: 'x'.repeat(5_000_000) }) },
      { hang: true },
    ];
    for (const one of bad) {
      answer = () => one;
      time += 61;
      expect((await send(receiver, 'a')).secretId).toBe('a');
      expect(await codeOf(send(build(brief), 'a'))).toBe('key_unavailable');
    }
  });

  it('JW-21 does not hang repeatedly on a URL that hangs', async () => {
    answer = () => ({ hang: true });
    const receiver = build({ timeoutSeconds: 0.5 });
    const burst = await Promise.all(Array.from({ length: 50 }, () => codeOf(send(receiver, 'a'))));
    expect(new Set(burst)).toEqual(new Set(['key_unavailable']));
    for (let round = 0; round < 20; round++) expect(await codeOf(send(receiver, 'a'))).toBe('key_unavailable');
    expect(requests).toBeLessThanOrEqual(2);
  });

  it('JW-23 refuses URLs that are not https or lead into a private network', () => {
    const urls = [
      'http://example.com/jwks',
      'file:///etc/passwd',
      'https://127.0.0.1/',
      'https://localhost/',
      'https://10.0.0.1/x',
      'https://192.168.1.1/',
      'https://169.254.169.254/',
      'https://172.16.0.1/',
      'https://[::1]/',
      'https://[fd00::1]/',
      'https://metadata.google.internal/',
      'https://user:word@example.com/',
      'https://0x7f.1/',
      'nonsense',
    ];
    for (const url of urls)
      expect(buildError(() => receiverOf(rs256, { keys: { url } })).code, url).toBe('options_invalid');
    receiverOf(rs256, { keys: { url: 'https://keys.example.com/jwks.json' } });
  });

  it('uses an injected fetch', async () => {
    const body = await setOf('a');
    const fetch = async () => new Response(body);
    const receiver = receiverOf(rs256, { keys: { url: 'https://keys.example.com/jwks.json', fetch } });
    expect((await send(receiver as ReturnType<typeof build>, 'a')).secretId).toBe('a');
  });
});

describe('keys of tokens', () => {
  const ed = generateKeyPairSync('ed25519');
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const exponentOne = rsaPem1();
  const jwkOf = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more });
  const eddsa = { token: bearer, algorithms: ['EdDSA'] } as const satisfies JwtDescription;
  const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));

  function rsaPem1(): string {
    return rsaPemOf(modulusOf(rsa.publicKey), Uint8Array.of(1));
  }

  /** A token that anyone can make if the exponent is 1: its signature is its own padded hash. */
  function forgeForExponentOne(payload: object): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'RS256' })}.${encode(payload)}`;
    const info = Buffer.concat([
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      createHash('sha256').update(text).digest(),
    ]);
    const padding = Buffer.alloc(256 - info.length - 3, 0xff);
    return `${text}.${Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), info]).toString('base64url')}`;
  }

  it('are refused when built if anyone can sign for them, in every form, for both schemes', () => {
    const unsound: [JwtDescription, unknown][] = [
      [rs256, exponentOne],
      [rs256, jwkOf(rsa.publicKey, { e: 'AQ' })],
      [rs256, rsaPemOf(modulusOf(rsa.publicKey), Uint8Array.of(2))],
      [rs256, pemOf(short.publicKey)],
      [rs256, jwkOf(short.publicKey)],
      [rs256, { keys: [jwkOf(rsa.publicKey), jwkOf(short.publicKey)] }],
      [rs256, makeCertificate({ spki: spkiOf(exponentOne) }).pem],
      [rs256, makeCertificate({ spki: spkiOf(pemOf(short.publicKey)) }).pem],
      [rs256, { id: 'named', key: exponentOne }],
      [eddsa, edPem(identity)],
      [eddsa, { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(identity).toString('base64url') }],
      [eddsa, edPem(new Uint8Array(32).fill(255))],
    ];
    for (const [description, keys] of unsound) {
      const error = buildError(() => receiverOf(description, { keys }));
      expect([error.code, JSON.stringify(keys)]).toEqual(['secret_invalid', JSON.stringify(keys)]);
      const detached = detachedJws({ header: 'x-jws', algorithms: description.algorithms as never });
      const provider = defineProvider<object, 'keys'>({ name: 'detached', scheme: detached });
      expect(buildError(() => createReceiver({ provider, keys: keys as never })).code).toBe('secret_invalid');
    }
  });

  it('with the exponent 1 would accept a forged token', async () => {
    const forged = forgeForExponentOne(claims);
    await expectRefused(verify(forged), 'token_invalid');
    await expect(verify(forged, rs256, { keys: () => exponentOne })).rejects.toMatchObject({ code: 'secret_invalid' });
  });

  it('of a fetched set that are unusable are skipped, and the others used', async () => {
    const forged = forgeForExponentOne(claims);
    const members = [
      jwkOf(rsa.publicKey, { e: 'AQ', kid: 'one' }),
      jwkOf(short.publicKey, { kid: 'short' }),
      jwkOf(rsa.privateKey, { kid: 'private' }),
      jwkOf(rsa.publicKey, { kid: 'encrypts', use: 'enc' }),
      jwkOf(rsa.publicKey, { kid: 'wraps', key_ops: ['wrapKey'] }),
      jwkOf(rsa.publicKey, { kid: 'other', alg: 'RS512' }),
      jwkOf(p384.publicKey, { kid: 'ec' }),
      { kty: 'oct', k: 'AAAA', kid: 'secret' },
      null,
      'text',
      { id: 'named', key: rsaPem },
    ];
    const set = (keys: unknown[]) => ({
      keys: { url: 'https://keys.example.com/jwks', fetch: async () => new Response(JSON.stringify({ keys })) },
    });
    const good = jwkOf(rsa.publicKey, { kid: 'good' });
    await verify(token(claims, { header: { alg: 'RS256', kid: 'good' } }), rs256, set([...members, good]));
    await verify(token(claims), rs256, set([...members, good]));
    for (const { kid } of members.filter((one) => one !== null && typeof one === 'object') as { kid?: string }[]) {
      const header = { alg: 'RS256', ...(kid !== undefined && { kid }) };
      expect(await codeOf(verify(token(claims, { header }), rs256, set(members)))).toBe('key_unknown');
    }
    expect(await codeOf(verify(forged, rs256, set(members)))).toBe('key_unknown');
  });

  it('may be an RSA key whose number has one leading zero byte, as some libraries write it', async () => {
    const { n, e } = rsa.publicKey.export({ format: 'jwk' }) as { n: string; e: string };
    const number = Buffer.from(n, 'base64url');
    const padded = (zeros: number) => Buffer.concat([Buffer.alloc(zeros), number]).toString('base64url');
    await verify(token(claims), rs256, { keys: { kty: 'RSA', n: padded(1), e } });
    expect(buildError(() => receiverOf(rs256, { keys: { kty: 'RSA', n: padded(2), e } })).code).toBe('secret_invalid');
  });

  it('may be a point whose coordinates have no leading zeros, as some senders write it', async () => {
    const pairOf = () => {
      for (;;) {
        const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const jwk = pair.publicKey.export({ format: 'jwk' }) as { x: string; y: string };
        if (Buffer.from(jwk.x, 'base64url')[0] === 0) return { privateKey: pair.privateKey, jwk };
      }
    };
    const { privateKey, jwk } = pairOf();
    const es256 = { token: bearer, algorithms: ['ES256'] } as const satisfies JwtDescription;
    const unsigned = token(claims, { header: { alg: 'ES256' } }).replace(/\.[^.]+$/, '');
    const signature = nodeSign('sha256', Buffer.from(unsigned), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const text = `${unsigned}.${signature.toString('base64url')}`;
    const x = Buffer.from(jwk.x, 'base64url');
    const shorter = x.subarray(x.findIndex((byte) => byte !== 0)).toString('base64url');
    await verify(text, es256, { keys: jwk });
    await verify(text, es256, { keys: { ...jwk, x: shorter } });
    const padded = Buffer.concat([Buffer.of(0), x]).toString('base64url');
    for (const wrong of [padded, '', 'AA', x.subarray(0, 31).toString('base64url')])
      expect(buildError(() => receiverOf(es256, { keys: { ...jwk, x: wrong } })).code).toBe('secret_invalid');
  });

  it('have names if the app sets them, and are tried for every token if not', async () => {
    const named = (kid: string) => token(claims, { header: { alg: 'RS256', kid } });
    const keys = { id: 'prod', key: rsaPem };
    expect((await verify(named('prod'), rs256, { keys })).secretId).toBe('prod');
    expect((await verify(token(claims), rs256, { keys })).secretId).toBe('prod');
    expect(await codeOf(verify(named('other'), rs256, { keys }))).toBe('key_unknown');
    expect((await verify(named('any'), rs256, { keys: rsaPem })).secretId).toBe('0');
    expect((await verify(named('any'), rs256, { keys: jwkOf(rsa.publicKey) })).secretId).toBe('0');
    const list = [jwkOf(otherRsa.publicKey), { id: 'b', key: jwkOf(rsa.publicKey, { kid: 'ignored' }) }];
    expect((await verify(named('b'), rs256, { keys: list })).secretId).toBe('b');
    expect((await verify(token(claims), rs256, { keys: () => jwkOf(rsa.publicKey) as never })).secretId).toBe('0');
  });

  it('that name another algorithm, or one that is not used here, are refused when built', () => {
    for (const keys of [
      jwkOf(rsa.publicKey, { alg: 'RS512' }),
      jwkOf(rsa.publicKey, { use: 'enc' }),
      { keys: [jwkOf(p384.publicKey), jwkOf(rsa.publicKey, { use: 'enc' })] },
      pemOf(p384.publicKey),
      pemOf(ed.publicKey),
    ]) {
      expect(buildError(() => receiverOf(rs256, { keys })).code, JSON.stringify(keys)).toBe('secret_invalid');
    }
    receiverOf(rs256, { keys: { keys: [jwkOf(p384.publicKey), jwkOf(rsa.publicKey)] } });
  });
});

describe('claims and bindings of a token', () => {
  const aud = { ...rs256, claims: { audience: { publicUrl: true } } } as const satisfies JwtDescription;
  const send = (payload: object, url: string, policy: Partial<ReceiverPolicy> = { publicUrl: 'https://example.com' }) =>
    receiverOf(aud, undefined, policy).verify({ headers: { authorization: `Bearer ${token(payload)}` }, body: B, url });
  const forUrl = (...url: unknown[]) => ({ exp: now + 300, aud: url.length === 1 ? url[0] : url });

  it('compare the audience with the URL of the endpoint if the receiver knows it', async () => {
    await send(forUrl('https://example.com/hook'), '/hook');
    await send(forUrl('https://example.com/hook'), '/hook?tenant=1');
    await send(forUrl('https://example.com/hook?tenant=1'), '/hook?tenant=1');
    await send(forUrl('HTTPS://EXAMPLE.com:443/a/../hook'), '/hook');
    await send(forUrl('other', 'https://example.com/hook'), '/hook');
    const others: unknown[] = [
      'https://example.com/other',
      'https://example.com/hook/',
      'https://example.com/Hook',
      'https://example.com.evil.example/hook',
      'http://example.com/hook',
      'https://example.com:8443/hook',
      'https://user@example.com/hook',
      'https://example.com/hook?tenant=2',
      '/hook',
      'hook',
      '',
      7,
      null,
    ];
    for (const one of others) {
      await expect(send(forUrl(one), '/hook?tenant=1')).rejects.toMatchObject({ code: 'token_invalid' });
    }
    for (const payload of [{ exp: now + 300 }, forUrl('https://example.com/other', 'x'), forUrl()]) {
      await expect(send(payload, '/hook')).rejects.toMatchObject({ code: 'token_invalid', at: 'authorization aud' });
    }
    // Without the option there is nothing to compare with.
    await send(forUrl('https://other.example/hook'), '/hook', {});
    await send({ exp: now + 300 }, '/hook', {});
  });

  it('do not reveal the URLs that were compared', async () => {
    const policy = { publicUrl: 'https://example.com/secret-path' };
    const error = await send(forUrl('https://example.com/hidden'), '/hook', policy).catch((one: Error) => one);
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/secret-path|hidden/);
    expect(`${error}`).toContain('publicUrl');
  });

  it('accept a list of values, and a rule of a single sender', async () => {
    const rules = (more: JwtDescription['claims']) => ({ ...rs256, claims: { expiry: 'optional', ...more } }) as const;
    const list = rules({ equals: { 'data.environment': ['a', 'b'], level: 1 } });
    for (const environment of ['a', 'b']) await verify(token({ data: { environment }, level: 1 }), list);
    for (const payload of [
      { level: 1 },
      { data: { environment: 'c' }, level: 1 },
      { data: { environment: ['a'] }, level: 1 },
    ])
      await expectRefused(verify(token(payload), list), 'token_invalid');
    const custom = rules({
      custom: { name: 'Expected an even number.', findProblem: ({ n }) => (Number(n) % 2 === 0 ? undefined : 'n') },
    });
    await verify(token({ n: 2 }), custom);
    await expect(verify(token({ n: 3 }), custom)).rejects.toMatchObject({
      code: 'token_invalid',
      at: 'authorization n',
      hint: 'Expected an even number.',
    });
  });

  it('give no id if the claim is missing or blank', async () => {
    const description = { ...rs256, id: { claim: 'jti' }, claims: { expiry: 'optional' } } as const;
    const scheme = jwt(description);
    const bound = scheme.bind({ keys: rsaPem, publicUrlOf: () => '', hasPublicUrl: false } as never);
    const idOf = async (payload: object | string) => {
      const delivery = { headers: { authorization: `Bearer ${token(payload)}` }, body: B };
      return (await bound.open(delivery, now * 1000).verify(B)).id;
    };
    expect(await idOf({ jti: 'a' })).toBe('a');
    expect(await idOf({ jti: 7 })).toBe('7');
    for (const payload of [
      {},
      { jti: '' },
      { jti: '  ' },
      { jti: '\t\n' },
      { jti: null },
      { jti: {} },
      '{"__proto__":{"jti":"x"}}',
    ])
      expect(await idOf(payload)).toBeUndefined();
  });

  it('are computed over a long query in linear time, and over at most 1,000 parameters', async () => {
    const description = { ...rs256, binds: { queryStringHash: { claim: 'qsh' } } } as const;
    const receiver = receiverOf(description);
    const query = (count: number) => Array.from({ length: count }, (_, at) => `n${at}=${at}`).join('&');
    const canonical = (count: number) =>
      Array.from({ length: count }, (_, at) => `n${at}=${at}`)
        .sort((left, right) => ((left.split('=')[0] as string) < (right.split('=')[0] as string) ? -1 : 1))
        .join('&');
    const check = (url: string, hashed: string) => {
      const qsh = createHash('sha256').update(`POST&/hook&${hashed}`).digest('hex');
      return receiver.verify({
        headers: { authorization: `Bearer ${token({ ...claims, qsh })}` },
        body: B,
        url,
        method: 'POST',
      });
    };
    await check(`/hook?${query(1000)}`, canonical(1000));
    expect(await codeOf(check(`/hook?${query(1001)}`, canonical(1001)))).toBe('header_malformed');
    const startedAt = performance.now();
    expect(await codeOf(check(`/hook?${query(100_000)}`, ''))).toBe('header_malformed');
    expect(await codeOf(check(`/hook${'/'.repeat(200_000)}x`, ''))).toBe('token_invalid');
    // Leaves room for a busy machine; the growth check compares sizes.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('a key together with several algorithms', () => {
  it("is the sender's fault if its curve needs another algorithm than the token's, and the receiver's fault with a single algorithm", async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'ES384' })}.${part({})}.${Buffer.alloc(96, 1).toString('base64url')}`;
    const codeFor = async (algorithms: readonly ['ES384'] | readonly ['ES256', 'ES384']) => {
      const scheme = jwt({ token: { header: 'x-token' }, algorithms });
      const provider = defineProvider<object, 'keys'>({ name: 'curves', scheme });
      const receiver = createReceiver({ provider, keys });
      return receiver
        .verify({ headers: { 'x-token': token }, body: new Uint8Array() })
        .catch(({ code, fault }: { code: string; fault: string }) => `${code} ${fault}`);
    };
    expect(await codeFor(['ES256', 'ES384'])).toBe('key_unknown sender');
    await expect(codeFor(['ES384'])).rejects.toMatchObject({ code: 'secret_invalid', fault: 'receiver', at: 'keys' });
  });

  it('is refused if it is RSA with the exponent 1, however it is written', () => {
    const provider = defineProvider<object, 'keys'>({
      name: 'rsa',
      scheme: jwt({ token: { header: 'x-token' }, algorithms: ['RS256'] }),
    });
    const n = Buffer.alloc(256, 0xab).toString('base64url');
    for (const e of ['AQ', 'AAE', 'AAAB', 'AA', '', undefined]) {
      expect(() => createReceiver({ provider, keys: { kty: 'RSA', n, e } as never }), String(e)).toThrow(
        expect.objectContaining({ code: 'secret_invalid' }),
      );
    }
    expect(() => createReceiver({ provider, keys: { kty: 'RSA', n, e: 'AQAB' } })).not.toThrow();
  });
});
