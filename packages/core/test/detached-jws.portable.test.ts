import { execFileSync } from 'node:child_process';
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign as nodeSign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver, type Delivery, defineProvider, isWebhookError, type ReceiverPolicy } from '@countersign/core';
import { type DetachedJwsDescription, detachedJws, jwt } from '@countersign/core/jwt';
import fc from 'fast-check';
import { CompactSign, FlattenedSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { B, buildError, bytes, hasOpenssl, K1, now } from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pairs = {
  RS256: rsa,
  RS512: rsa,
  PS256: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const;
type Algorithm = keyof typeof pairs;
const signedBy = ['RS256', 'RS512', 'ES512', 'EdDSA'] as const;
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const encode = (value: object | string | Uint8Array) =>
  Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)).toString(
    'base64url',
  );
const rs256: DetachedJwsDescription = { header: 'X-JWS', algorithms: ['RS256'] };
const unencoded: DetachedJwsDescription = { ...rs256, unencoded: true };
const b64 = { b64: false, crit: ['b64'] };

function signBytes(algorithm: Algorithm, data: Uint8Array, key: KeyObject): Buffer {
  switch (algorithm) {
    case 'EdDSA':
      return nodeSign(null, data, key);
    case 'ES256':
    case 'ES512':
      return nodeSign(algorithm === 'ES256' ? 'sha256' : 'sha512', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'PS256':
      return nodeSign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    default:
      return nodeSign(algorithm === 'RS256' ? 'sha256' : 'sha512', data, key);
  }
}

interface Written {
  readonly algorithm?: Algorithm;
  readonly header?: object | string;
  readonly key?: KeyObject;
  /** The signed text; default: the body. */
  readonly payload?: Uint8Array;
  readonly isUnencoded?: boolean;
  /** The text between the points. */
  readonly middle?: string;
}

/** A detached JWS made with node:crypto alone. */
function write(written: Written = {}): string {
  const { algorithm = 'RS256', isUnencoded = false, payload = B, middle = '' } = written;
  const header = written.header ?? {};
  const first = encode(typeof header === 'string' ? header : { alg: algorithm, ...(isUnencoded && b64), ...header });
  const data = Buffer.concat([Buffer.from(`${first}.`), isUnencoded ? payload : Buffer.from(encode(payload))]);
  const signature = signBytes(algorithm, data, written.key ?? pairs[algorithm].privateKey);
  return `${first}.${middle}.${signature.toString('base64url')}`;
}

/** A detached JWS made by jose. */
async function joseSign(algorithm: Algorithm, isUnencoded: boolean): Promise<string> {
  const key = pairs[algorithm].privateKey;
  if (!isUnencoded) {
    const text = await new CompactSign(B).setProtectedHeader({ alg: algorithm }).sign(key);
    const [first, , third] = text.split('.');
    return `${first}..${third}`;
  }
  const jws = await new FlattenedSign(B).setProtectedHeader({ alg: algorithm, ...b64 }).sign(key);
  return `${jws.protected}..${jws.signature}`;
}

function receiverOf(
  description: DetachedJwsDescription = rs256,
  keys: unknown = pem(pairs[description.algorithms[0] as Algorithm].publicKey),
  policy: Partial<ReceiverPolicy> = {},
) {
  const provider = defineProvider<object, 'keys'>({ name: 'detached', scheme: detachedJws(description) });
  return createReceiver({
    provider,
    keys: keys as never,
    clock: () => new Date(now * 1000),
    onWarning: () => undefined,
    ...policy,
  });
}

const verify = (
  text: string,
  description?: DetachedJwsDescription,
  keys?: unknown,
  rest: Partial<Delivery> & { more?: Record<string, string> } = {},
  policy: object = {},
) => {
  const { more, ...others } = rest;
  const delivery = { headers: { 'x-jws': text, ...more }, body: B, method: 'POST', url: '/hook', ...others };
  return receiverOf(description, keys, policy).verify(delivery);
};
const refused = (promise: Promise<unknown>, code: string) =>
  expect(promise).rejects.toMatchObject({ code, fault: 'sender' });

describe('detached signatures that others made', () => {
  it.each(signedBy.flatMap((algorithm) => [false, true].map((isUnencoded) => [algorithm, isUnencoded] as const)))(
    'accepts %s by jose and by node:crypto, payload unencoded: %s, and refuses a changed body, key, or signature',
    async (algorithm, isUnencoded) => {
      const description: DetachedJwsDescription = { ...rs256, algorithms: [algorithm], unencoded: isUnencoded };
      for (const text of [await joseSign(algorithm, isUnencoded), write({ algorithm, isUnencoded })]) {
        const event = await verify(text, description);
        expect(event.signed).toEqual({ body: true, id: false, timestamp: false });
        await refused(verify(text, description, undefined, { body: bytes('{}') }), 'signature_mismatch');
        await refused(verify(text, description, undefined, { body: new Uint8Array() }), 'signature_mismatch');
        await refused(
          verify(text, description, undefined, { body: Buffer.concat([B, bytes(' ')]) }),
          'signature_mismatch',
        );
        const at = text.lastIndexOf('.') + 5;
        const turned = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        await refused(verify(turned, description), 'signature_mismatch');
        // The other form of payload, with the same key.
        await refused(verify(text, { ...description, unencoded: !isUnencoded }), 'token_invalid');
      }
      const pair = pairs[algorithm];
      const other =
        pair === rsa
          ? otherRsa
          : (generateKeyPairSync(algorithm === 'EdDSA' ? 'ed25519' : ('ec' as never), {
              namedCurve: 'P-521',
            } as never) as unknown as typeof rsa);
      await refused(verify(write({ algorithm, isUnencoded }), description, pem(other.publicKey)), 'signature_mismatch');
    },
  );

  it('accepts an empty body, and one that is not text', async () => {
    for (const payload of [new Uint8Array(), Uint8Array.of(0, 255, 46, 10)]) {
      await verify(write({ payload }), rs256, undefined, { body: payload });
      await verify(write({ payload, isUnencoded: true }), unencoded, undefined, { body: payload });
      await refused(verify(write({ payload })), 'signature_mismatch');
    }
  });

  it('does not confuse a body with its own base64url', async () => {
    const body = bytes(encode(B));
    // Both cases sign the same text: with b64 false this body would be the payload of the other.
    const text = write();
    await verify(text);
    await refused(verify(text, rs256, undefined, { body }), 'signature_mismatch');
    const raw = write({ isUnencoded: true });
    await refused(verify(raw, unencoded, undefined, { body }), 'signature_mismatch');
    await refused(verify(text, unencoded, undefined, { body }), 'token_invalid');
  });
});

describe('the form of a detached signature', () => {
  it('refuses one with a payload, even the right one', async () => {
    await verify(write());
    for (const isUnencoded of [false, true]) {
      const description = isUnencoded ? unencoded : rs256;
      for (const middle of [encode(B), encode('{}'), 'AA']) {
        await refused(verify(write({ middle, isUnencoded }), description), 'token_invalid');
      }
    }
  });

  it('refuses text that is not two parts in canonical base64url with two points between', async () => {
    const text = write();
    const [first = '', , third = ''] = text.split('.');
    const malformed = [
      '.',
      '..',
      '...',
      `${first}.${third}`,
      `${first}..`,
      `..${third}`,
      `${first}...${third}`,
      `.${first}.${third}`,
      `${text}.`,
      ` ${text}`,
      `${text} `,
      `${text}=`,
      `${first}=..${third}`,
      `${first}..${third}AA.`,
      text.replace('..', '.=.'),
      text.replace('..', '. .'),
      `${first}..${third.slice(0, -1)}`,
      `${encode('[]')}..${third}`,
      `${encode('null')}..${third}`,
      `${encode('"RS256"')}..${third}`,
      `${encode('{"alg":"RS256"')}..${third}`,
      `${encode(Uint8Array.of(123, 34, 255, 34, 58, 49, 125))}..${third}`,
      `Bearer ${text}`,
      `${text},${text}`,
    ];
    for (const one of malformed) await refused(verify(one), 'token_invalid');
    expect(malformed).toHaveLength(24);
    await verify(text);
    await refused(verify('x'.repeat(8193)), 'header_malformed');
    await refused(verify(''), 'header_missing');
    const twice = receiverOf().verify({ headers: { 'x-jws': [text, text] }, body: B });
    await refused(twice, 'header_repeated');
  });

  it('requires crit and b64 if and only if the payload is signed unencoded', async () => {
    const headers: object[] = [
      { b64: true, crit: ['b64'] },
      { b64: false },
      { crit: ['b64'] },
      { b64: false, crit: [] },
      { b64: false, crit: 'b64' },
      { b64: false, crit: ['b64', 'b64'] },
      { b64: false, crit: ['b64', 'exp'] },
      { b64: false, crit: [['b64']] },
      { b64: false, crit: { 0: 'b64', length: 1 } },
      { b64: 0, crit: ['b64'] },
      { b64: 'false', crit: ['b64'] },
      { b64: null, crit: ['b64'] },
      {},
    ];
    const withoutOurs = (header: object) => ({
      header: JSON.stringify({ alg: 'RS256', ...header }),
      isUnencoded: true,
    });
    for (const header of headers) await refused(verify(write(withoutOurs(header)), unencoded), 'token_invalid');
    await verify(write(withoutOurs(b64)), unencoded);
    for (const header of [...headers.slice(0, -1), b64, { crit: ['exp'], exp: 1 }, { crit: null }, { b64: true }]) {
      await refused(verify(write({ header })), 'token_invalid');
    }
    await verify(write({ header: { exp: 1, typ: 'JOSE' } }));
  });

  it('accepts an unencoded payload without crit only if the description allows it, with every algorithm', async () => {
    const headerOf = (more: object) => ({ alg: 'RS256', b64: false, kid: '1', typ: 'JWT', ...more });
    const lenient: DetachedJwsDescription = { ...unencoded, crit: 'optional' };
    const text = write({ isUnencoded: true, header: JSON.stringify(headerOf({})) });
    expect((await verify(text, lenient)).signed).toEqual({ body: true, id: false, timestamp: false });
    await refused(verify(text, unencoded), 'token_invalid');
    await refused(verify(text, { ...unencoded, crit: 'required' }), 'token_invalid');
    await refused(verify(text), 'token_invalid');
    // With crit, as newer senders write it.
    await verify(write({ isUnencoded: true }), lenient);
    for (const body of [bytes('{}'), new Uint8Array(), Buffer.concat([B, bytes(' ')]), bytes(encode(B))])
      await refused(verify(text, lenient, undefined, { body }), 'signature_mismatch');
    await refused(verify(text, lenient, pem(otherRsa.publicKey)), 'signature_mismatch');
    const keys = [pem(otherRsa.publicKey), { id: '1', key: pem(rsa.publicKey) }];
    expect((await verify(text, lenient, keys)).secretId).toBe('1');
    for (const more of [
      { b64: true },
      { b64: undefined },
      { b64: null },
      { crit: null },
      { crit: [] },
      { crit: ['b64', 'exp'] },
    ])
      await refused(
        verify(write({ isUnencoded: true, header: JSON.stringify(headerOf(more)) }), lenient),
        'token_invalid',
      );
    // Signed over the encoded payload, although b64 says otherwise.
    await refused(verify(write({ header: JSON.stringify(headerOf({})) }), lenient), 'signature_mismatch');
    const cut = text.slice(0, -8);
    await refused(verify(`${cut.slice(0, cut.length - (cut.length % 4))}`, lenient), 'signature_mismatch');
    for (const algorithm of ['RS512', 'ES256', 'ES512', 'EdDSA'] as const) {
      const header = JSON.stringify(headerOf({ alg: algorithm }));
      const description: DetachedJwsDescription = { ...lenient, algorithms: [algorithm] };
      const signed = write({ algorithm, isUnencoded: true, header });
      await verify(signed, description);
      await refused(verify(signed, description, undefined, { body: bytes('{}') }), 'signature_mismatch');
    }
    for (const crit of ['optional', 'required', 'absent', true]) {
      const build = (more: object) => () => detachedJws({ ...rs256, ...more, crit: crit as never });
      expect(buildError(build({})).code).toBe('options_invalid');
      if (crit === 'optional' || crit === 'required') build({ unencoded: true })();
      else expect(buildError(build({ unencoded: true })).code).toBe('options_invalid');
    }
  });

  it('refuses every algorithm except those of the description', async () => {
    await verify(write());
    for (const algorithm of ['RS512', 'PS256', 'ES256', 'ES512', 'EdDSA'] as const) {
      await refused(verify(write({ algorithm })), 'token_invalid');
    }
    for (const alg of ['none', 'None', '', 'rs256', 'HS256', null, 7, ['RS256'], undefined, 'constructor']) {
      await refused(verify(write({ header: { alg } })), 'token_invalid');
    }
    const first = encode({ alg: 'HS256' });
    const mac = createHmac('sha256', pem(rsa.publicKey))
      .update(`${first}.${encode(B)}`)
      .digest('base64url');
    await refused(verify(`${first}..${mac}`), 'token_invalid');
    const several: DetachedJwsDescription = { ...rs256, algorithms: ['RS256', 'RS512'] };
    await verify(write(), several);
    await verify(write({ algorithm: 'RS512' }), several);
    // The name of one algorithm on a signature by the other.
    await refused(verify(write({ header: { alg: 'RS512' } }), several), 'signature_mismatch');
  });

  it('refuses shared secrets and mixed families when the scheme is described, and unusable keys', () => {
    for (const algorithms of [['HS256'], ['RS256', 'HS256'], ['RS256', 'ES256'], ['none'], [], undefined, 'RS256']) {
      const build = () => detachedJws({ ...rs256, algorithms: algorithms as never });
      expect(buildError(build).code).toBe('options_invalid');
    }
    const secret = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const bad: unknown[] = [undefined, null, '', K1, secret, [], { keys: [] }, { kty: 'oct', k: 'AAAA' }, 7];
    for (const keys of bad) {
      const provider = defineProvider<object, 'keys'>({ name: 'detached', scheme: detachedJws(rs256) });
      const build = () => createReceiver({ provider, keys: keys as never });
      expect(buildError(build).code, String(keys)).toMatch(/^(?:secret|options)_invalid$/);
    }
    receiverOf();
  });
});

describe('keys of detached signatures', () => {
  const jwk = (pair: { publicKey: KeyObject }, kid: string) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid });
  const set = { keys: [jwk(rsa, 'one'), jwk(otherRsa, 'two'), jwk(pairs.ES512, 'three')] };

  it('finds the key by kid in a set, and tries all that fit if none is named', async () => {
    expect((await verify(write({ header: { kid: 'one' } }), rs256, set)).secretId).toBe('one');
    const second = write({ header: { kid: 'two' }, key: otherRsa.privateKey });
    expect((await verify(second, rs256, set)).secretId).toBe('two');
    await verify(write(), rs256, set);
    await verify(write({ key: otherRsa.privateKey }), rs256, set);
    await refused(verify(write({ header: { kid: 'two' } }), rs256, set), 'signature_mismatch');
    await refused(verify(write({ header: { kid: 'four' } }), rs256, set), 'key_unknown');
    await refused(verify(write({ header: { kid: 'three' } }), rs256, set), 'key_unknown');
    for (const kid of ['', 7, null, ['one'], {}]) {
      await refused(verify(write({ header: { kid } }), rs256, set), 'token_invalid');
    }
  });

  it('asks a function for the key, and distinguishes its results', async () => {
    const keys = vi.fn((keyId: string | undefined) => (keyId === 'one' ? pem(rsa.publicKey) : []));
    await verify(write({ header: { kid: 'one' } }), rs256, keys);
    expect(keys).toHaveBeenCalledTimes(1);
    await refused(verify(write({ header: { kid: 'two' } }), rs256, keys), 'key_unknown');
    await refused(verify(write(), rs256, keys), 'key_unknown');
    const outage = () => Promise.reject(new Error('down'));
    await expect(verify(write(), rs256, outage)).rejects.toMatchObject({ code: 'key_unavailable', fault: 'receiver' });
    await expect(verify(write(), rs256, () => undefined)).rejects.toMatchObject({ code: 'secret_invalid' });
  });

  it('never follows a URL and never uses a key from the header', async () => {
    let connections = 0;
    const server = createServer((_, response) => response.end(JSON.stringify(set)));
    server.on('connection', () => connections++);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    try {
      const forged = { key: otherRsa.privateKey };
      const own = jwk(otherRsa, 'own');
      for (const header of [{ jku: address }, { x5u: address }, { jwk: own }, { jku: address, jwk: own, kid: 'own' }]) {
        await refused(verify(write({ ...forged, header })), 'signature_mismatch');
        await verify(write({ header }));
        expect((await verify(write({ header: { ...header, kid: 'one' } }), rs256, set)).secretId).toBe('one');
      }
      expect(connections).toBe(0);
      // A negative control: the listener does count.
      await (await fetch(address)).text();
      expect(connections).toBe(1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('the time of a detached signature', () => {
  const jose: DetachedJwsDescription = { ...rs256, timestamp: { jose: 'iat', unit: 'seconds' } };
  const field: DetachedJwsDescription = {
    ...rs256,
    timestamp: { header: 'X-Time', unit: 'seconds' },
    payloads: {
      name: 'time and body',
      compute: ({ headers, body }) => [[`${(headers as Record<string, string>)['x-time']}.`, body]],
    },
  };
  const times: [value: unknown, code: string | undefined][] = [
    [now, undefined],
    [String(now), undefined],
    [now - 300, undefined],
    [now + 300, undefined],
    [now - 301, 'timestamp_too_old'],
    [now + 301, 'timestamp_too_new'],
    [now * 1000, 'timestamp_too_new'],
    ['', 'header_missing'],
    ['soon', 'timestamp_malformed'],
    [`0${now}`, 'timestamp_malformed'],
    [-1, 'timestamp_malformed'],
    ['9'.repeat(30), 'timestamp_malformed'],
  ];

  it.each(times)('checks %j in the header of the JWS and in a field of the request: %s', async (value, code) => {
    const inJose = write({ header: { iat: value } });
    const text = String(value);
    const inField = write({ payload: Buffer.concat([bytes(`${text}.`), B]) });
    const more = { 'x-time': text };
    for (const promise of [verify(inJose, jose), verify(inField, field, undefined, { more })]) {
      if (code === undefined) {
        const event = await promise;
        expect(event.signedAt?.getTime()).toBe(Number(value) * 1000);
        expect(event.signed.timestamp).toBe(true);
      } else await refused(promise, code);
    }
    const refusal = await headRefusal(receiverOf(jose), { headers: { 'x-jws': inJose }, method: 'POST' });
    expect(refusal?.code).toBe(code);
  });

  it('refuses a missing time, one that is not text, and one that replaced the signed one', async () => {
    await refused(verify(write(), jose), 'header_missing');
    for (const iat of [null, true, [now], { now }, now + 0.5]) {
      await expect(verify(write({ header: { iat } }), jose)).rejects.toMatchObject({ fault: 'sender' });
    }
    await refused(verify(write(), field), 'header_missing');
    const text = write({ payload: Buffer.concat([bytes(`${now - 400}.`), B]) });
    await refused(verify(text, field, undefined, { more: { 'x-time': String(now) } }), 'signature_mismatch');
    await verify(
      text,
      field,
      undefined,
      { more: { 'x-time': String(now - 400) } },
      { dangerouslyIgnoreTimestamp: true },
    );
  });

  it('compares the header of the JWS with the requirements of the description', async () => {
    const strict: DetachedJwsDescription = { ...rs256, requires: { version: '2', live: true, level: 3 } };
    const right = { version: '2', live: true, level: 3 };
    await verify(write({ header: { ...right, more: 'x' } }), strict);
    const wrong = [
      { version: 2 },
      { version: undefined },
      { live: 'true' },
      { live: false },
      { level: '3' },
      { level: 4 },
    ];
    for (const header of wrong)
      await refused(verify(write({ header: { ...right, ...header } }), strict), 'token_invalid');
    await refused(verify(write(), strict), 'token_invalid');
    await refused(verify(write({ header: { __proto__: right } }), strict), 'token_invalid');
  });
});

describe('several texts that may have been signed', () => {
  const texts = (...values: string[]): DetachedJwsDescription => ({
    ...rs256,
    payloads: { name: 'texts', compute: ({ body }) => values.map((value) => [value, body]) },
  });
  const over = (value: string) => write({ payload: Buffer.concat([bytes(value), B]) });

  it('accepts the first or the second of two, and no other text', async () => {
    await verify(over('a'), texts('a', 'b'));
    await verify(over('b'), texts('a', 'b'));
    await refused(verify(over('c'), texts('a', 'b')), 'signature_mismatch');
    await refused(verify(over(''), texts('a', 'b')), 'signature_mismatch');
    await refused(verify(over('a'), texts('a', 'b'), undefined, { body: bytes('{}') }), 'signature_mismatch');
    const raw = { ...texts('a', 'b'), unencoded: true };
    await verify(write({ payload: Buffer.concat([bytes('b'), B]), isUnencoded: true }), raw);
    await refused(verify(write({ isUnencoded: true }), raw), 'signature_mismatch');
  });

  it('tries at most four texts, and treats none at all as a mismatch', async () => {
    await verify(over('d'), texts('a', 'b', 'c', 'd'));
    await refused(verify(over('e'), texts('a', 'b', 'c', 'd', 'e')), 'signature_mismatch');
    await refused(verify(over('a'), texts()), 'signature_mismatch');
  });

  it('passes the header of the JWS and the public URL to the description', async () => {
    const description: DetachedJwsDescription = {
      ...rs256,
      payloads: { name: 'url', compute: (_, header, url) => [[`${header.note} ${url()}`]] },
    };
    const text = write({ header: { note: 'n' }, payload: bytes('n https://example.com/hook') });
    const policy = { publicUrl: 'https://example.com' };
    await verify(text, description, undefined, {}, policy);
    await refused(verify(text, description, undefined, { url: '/other' }, policy), 'signature_mismatch');
    await expect(verify(text, description)).rejects.toMatchObject({ code: 'options_invalid', at: 'publicUrl' });
  });
});

describe("any stranger's input as a detached signature", () => {
  it('never fails with anything except an error of the sender', async () => {
    const receivers = [
      receiverOf(),
      receiverOf(unencoded),
      receiverOf({ ...rs256, timestamp: { jose: 'iat', unit: 'iso8601' } }),
    ];
    const member = fc.oneof(fc.constantFrom('RS256', 'b64', false, ['b64'], now), fc.jsonValue());
    const header = fc.record(
      {
        alg: fc.oneof(fc.constant('RS256'), member),
        kid: member,
        b64: member,
        crit: member,
        iat: member,
        x5c: member,
        jwk: member,
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .tuple(header, fc.uint8Array({ maxLength: 300 }))
        .map(([one, signature]) => `${encode(one)}..${encode(signature)}`),
      header.map((one) => write({ header: one, key: otherRsa.privateKey })),
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        for (const receiver of receivers) {
          try {
            await receiver.verify({ headers: { 'x-jws': value }, body: B });
            expect.unreachable('It was accepted.');
          } catch (error) {
            expect(isWebhookError(error)).toBe(true);
            expect(error).toMatchObject({ fault: 'sender' });
          }
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

describe.skipIf(!hasOpenssl)('chains of certificates that a token brings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chains-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const leafOid = '1.2.3.4.5.1';
  const issuerOid = '1.2.3.4.5.2';
  const mark = (oid: string) => `${oid}=DER:0500`;
  const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
  const madeKeys = new Map<string, KeyObject>();

  /** A certificate made by openssl; self-signed without an issuer. */
  function make(
    name: string,
    options: { issuer?: string; extensions?: string[]; curve?: string; subject?: string; days?: number } = {},
  ) {
    const { issuer, extensions = [], curve = 'P-256', subject = name, days = 30 } = options;
    const pair = generateKeyPairSync('ec', { namedCurve: curve });
    madeKeys.set(name, pair.privateKey);
    writeFileSync(join(folder, `${name}.key`), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, `${name}.ext`), `${extensions.join('\n')}\n`);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${subject}`, '-out', `${name}.csr`);
    const by =
      issuer === undefined
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      String(days),
      '-sha384',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }
  const pemOf = (name: string) => readFileSync(join(folder, `${name}.pem`), 'utf8');
  const der = (name: string) => pemOf(name).replace(/-----[A-Z ]+-----|\s/g, '');

  beforeAll(() => {
    make('root', { extensions: authority, curve: 'P-384' });
    make('issuer', { issuer: 'root', extensions: [...authority, mark(issuerOid)], curve: 'P-384' });
    make('leaf', { issuer: 'issuer', extensions: [mark(leafOid)] });
    make('unmarked-leaf', { issuer: 'issuer' });
    make('unmarked-issuer', { issuer: 'root', extensions: authority });
    make('leaf-of-unmarked', { issuer: 'unmarked-issuer', extensions: [mark(leafOid)] });
    make('leaf-of-root', { issuer: 'root', extensions: [mark(leafOid)] });
    make('child-of-leaf', { issuer: 'leaf', extensions: [mark(leafOid)] });
    make('p384-leaf', { issuer: 'issuer', extensions: [mark(leafOid)], curve: 'P-384' });
    make('other-root', { extensions: authority, subject: 'root' });
    make('other-issuer', { issuer: 'other-root', extensions: [...authority, mark(issuerOid)], subject: 'issuer' });
    make('other-leaf', { issuer: 'other-issuer', extensions: [mark(leafOid)], subject: 'leaf' });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const day = 86_400_000;
  const check = (
    names: readonly unknown[] | undefined,
    signer = 'leaf',
    options: {
      roots?: unknown;
      time?: number;
      chain?: { leafOid?: string; issuerOid?: string };
      body?: (text: string) => string;
    } = {},
  ) => {
    const {
      roots = pemOf('root'),
      time = Date.now() + 1000,
      chain = { leafOid, issuerOid },
      body = (text) => text,
    } = options;
    const provider = defineProvider<object, 'keys'>({
      name: 'chain',
      scheme: jwt({
        token: { json: 'signed' },
        algorithms: ['ES256'],
        certificateChain: chain,
        claims: { expiry: 'optional' },
      }),
    });
    const x5c = names?.map((name) =>
      typeof name === 'string' && existsSync(join(folder, `${name}.pem`)) ? der(name) : name,
    );
    const text = `${encode({ alg: 'ES256', ...(x5c && { x5c }) })}.${encode('{"id":"1"}')}`;
    const key = madeKeys.get(signer) as KeyObject;
    const signature = nodeSign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    const receiver = createReceiver({
      provider,
      keys: roots as never,
      clock: () => new Date(time),
      onWarning: () => undefined,
    });
    return receiver.verify({ headers: {}, body: bytes(JSON.stringify({ signed: body(`${text}.${signature}`) })) });
  };

  it('accepts a chain that leads to a trusted root, with the root in it or not', async () => {
    expect((await check(['leaf', 'issuer', 'root'])).secretId).toBe('leaf');
    await check(['leaf', 'issuer']);
    await check(['leaf', 'issuer', 'root'], 'leaf', { roots: [pemOf('other-root'), pemOf('root')] });
    await check(['unmarked-leaf', 'issuer'], 'unmarked-leaf', { chain: {} });
    await check(['leaf-of-root'], 'leaf-of-root', { chain: { leafOid } });
  });

  it('refuses a chain to another root, even one with the same names that includes its root', async () => {
    await refused(check(['other-leaf', 'other-issuer', 'other-root'], 'other-leaf'), 'key_unknown');
    await refused(check(['other-leaf', 'other-issuer', 'root'], 'other-leaf'), 'key_unknown');
    await refused(check(['other-leaf', 'issuer', 'root'], 'other-leaf'), 'key_unknown');
    await check(['other-leaf', 'other-issuer'], 'other-leaf', { roots: pemOf('other-root') });
  });

  it('refuses certificates without the extensions, and an extension on one that did not issue the leaf', async () => {
    await refused(check(['unmarked-leaf', 'issuer', 'root'], 'unmarked-leaf'), 'key_unknown');
    await refused(check(['leaf-of-unmarked', 'unmarked-issuer', 'root'], 'leaf-of-unmarked'), 'key_unknown');
    await refused(check(['leaf-of-unmarked', 'issuer', 'unmarked-issuer', 'root'], 'leaf-of-unmarked'), 'key_unknown');
    await refused(check(['leaf-of-root', 'issuer', 'root'], 'leaf-of-root'), 'key_unknown');
    await refused(check(['leaf'], 'leaf', { roots: pemOf('issuer') }), 'key_unknown');
    // Negative controls: without the requirement for the issuer's extension they are trusted.
    await check(['leaf-of-unmarked', 'unmarked-issuer', 'root'], 'leaf-of-unmarked', { chain: { leafOid } });
    await check(['leaf-of-root', 'issuer', 'root'], 'leaf-of-root', { chain: { leafOid } });
  });

  it('refuses an extension on a false certificate with the name and key of the true issuer', async () => {
    // Anyone can make it: a request needs no private key except the leaf's, and its own signature is nonsense.
    for (const [issuer, leaf] of [
      ['root', 'leaf-of-root'],
      ['unmarked-issuer', 'leaf-of-unmarked'],
    ] as const) {
      writeFileSync(join(folder, 'false.pub'), openssl('x509', '-in', `${issuer}.pem`, '-noout', '-pubkey'));
      writeFileSync(join(folder, 'false.ext'), `${[...authority, mark(issuerOid)].join('\n')}\n`);
      openssl('req', '-new', '-key', 'other-root.key', '-subj', `/CN=${issuer}`, '-out', 'false.csr');
      const by = ['-CA', 'other-root.pem', '-CAkey', 'other-root.key', '-CAcreateserial'];
      openssl(
        'x509',
        '-req',
        '-in',
        'false.csr',
        ...by,
        '-force_pubkey',
        'false.pub',
        '-extfile',
        'false.ext',
        '-sha384',
        '-out',
        'false.pem',
      );
      await refused(check([leaf, 'false'], leaf), 'key_unknown');
      await refused(check([leaf, 'false', issuer, 'root'], leaf), 'key_unknown');
    }
  });

  it('refuses a leaf that issued another, a wrong order, and a chain with a gap', async () => {
    await refused(check(['child-of-leaf', 'leaf', 'issuer'], 'child-of-leaf', { chain: { leafOid } }), 'key_unknown');
    await refused(check(['issuer', 'leaf', 'root'], 'leaf'), 'key_unknown');
    await refused(check(['root', 'issuer', 'leaf'], 'leaf'), 'key_unknown');
    await refused(check(['leaf', 'root'], 'leaf', { chain: { leafOid } }), 'key_unknown');
  });

  it('refuses certificates that are not valid at the time', async () => {
    await refused(check(['leaf', 'issuer'], 'leaf', { time: Date.now() + 31 * day }), 'key_unknown');
    await refused(check(['leaf', 'issuer'], 'leaf', { time: Date.now() - day }), 'key_unknown');
    await check(['leaf', 'issuer'], 'leaf', { time: Date.now() + 29 * day });
  });

  it('refuses a signature by another key than that of the first certificate, and a key for another algorithm', async () => {
    await refused(check(['leaf', 'issuer'], 'unmarked-leaf'), 'signature_mismatch');
    await refused(check(['leaf', 'issuer'], 'other-root'), 'signature_mismatch');
    await refused(check(['p384-leaf', 'issuer'], 'leaf'), 'key_unknown');
    await refused(
      check(['leaf', 'issuer'], 'leaf', { body: (text) => text.replace(/\.[^.]+\./, `.${encode('{"id":"2"}')}.`) }),
      'signature_mismatch',
    );
  });

  it('refuses invalid chains: nothing, too much, other types, and truncated or damaged certificates', async () => {
    const whole = der('leaf');
    const raw = Buffer.from(whole, 'base64');
    const lists: (readonly unknown[] | undefined)[] = [
      undefined,
      [],
      Array.from({ length: 7 }, () => 'leaf'),
      [null],
      [7, 'issuer'],
      [{}, 'issuer'],
      ['', 'issuer'],
      ['AAAA', 'issuer'],
      ['leaf', null],
      ['leaf', ''],
      [` ${whole}`, 'issuer'],
      [`${whole}\n`, 'issuer'],
      [raw.subarray(0, 100).toString('base64'), 'issuer'],
      [Buffer.concat([raw, Buffer.from([0])]).toString('base64'), 'issuer'],
      [pemOf('leaf'), 'issuer'],
    ];
    for (const names of lists) await refused(check(names), 'key_unknown');
    const roots = (count: number) => ['leaf', 'issuer', ...Array.from({ length: count }, () => 'root')];
    await check(roots(4));
    await refused(check(roots(5)), 'key_unknown');
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.nat({ max: raw.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
        const bent = Uint8Array.from(raw);
        bent[at] = byte;
        return bent;
      }),
    );
    await fc.assert(
      fc.asyncProperty(random, async (one) => {
        fc.pre(!Buffer.from(one).equals(raw));
        await refused(check([Buffer.from(one).toString('base64'), 'issuer', 'root']), 'key_unknown');
      }),
      { numRuns: 150 },
    );
  });

  it('refuses roots that are not certificates when the receiver is built', () => {
    for (const roots of ['', 'nonsense', [], [7], [pemOf('root'), {}], pem(rsa.publicKey), () => pemOf('root')]) {
      let code: unknown;
      try {
        void check(['leaf', 'issuer'], 'leaf', { roots });
      } catch (error) {
        code = (error as { code?: string }).code;
      }
      expect(['secret_invalid', 'options_invalid']).toContain(code);
    }
  });
});
