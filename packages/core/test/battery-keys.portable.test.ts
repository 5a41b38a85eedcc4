import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createReceiver, defineProvider, type Key } from '@countersign/core';
import type { SignatureAlgorithm } from '@countersign/core/describe';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it } from 'vitest';
import { B, bytes, hasOpenssl, now } from './fixtures.ts';

const edKey = 'ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c';
const edSignature = 'US2wFx4Y8RUG/JPmMHclH5N6bluOZwVkQCXKmBUGnzvkIPhoa369zcssSmaCKZmVfl+M+kjJuTasSrjkoEaxBQ==';
/** The order of edwards25519's base point (RFC 8032 section 5.1). */
const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;
const fieldPrime = 2n ** 255n - 19n;

const standardV1a = defineProvider<object, 'keys'>({
  name: 'v1a',
  scheme: publicKey({
    algorithm: { name: 'Ed25519' },
    signature: { header: 'webhook-signature', key: 'v1a', separator: ' ', assign: ',', encoding: 'base64' },
    timestamp: { header: 'webhook-timestamp', unit: 'seconds' },
    id: { header: 'webhook-id' },
    signs: ['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    keyPrefix: 'whpk_',
  }),
});
const rawBody = (algorithm: SignatureAlgorithm) =>
  defineProvider<object, 'keys'>({
    name: 'raw',
    scheme: publicKey({ algorithm, signature: { header: 'x-sig', encoding: 'base64' }, signs: ['body'] }),
  });
const clock = () => new Date(now * 1000);
const deliver = (signature: string) => ({
  headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': String(now), 'webhook-signature': `v1a,${signature}` },
  body: B,
});
const littleEndian = (number: bigint) =>
  Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n));
const fromLittleEndian = (given: Uint8Array) => given.reduceRight((number, byte) => number * 256n + BigInt(byte), 0n);
const config = { code: expect.stringMatching(/^(?:secret|options)_invalid$/), fault: 'receiver' };

describe('keys of public-key schemes', () => {
  it('AK-01 accepts a known answer, with the key in every published form', async () => {
    const raw = Buffer.from(edKey, 'hex');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`;
    const forms: Key[] = [
      edKey,
      edKey.toUpperCase(),
      raw.toString('base64'),
      `whpk_${raw.toString('base64')}`,
      spki.toString('base64'),
      pem,
      jwk,
      { id: 'named', key: jwk },
      { keys: [jwk] },
    ];
    for (const keys of forms) {
      const receiver = createReceiver({ provider: standardV1a, keys, clock });
      const event = await receiver.verify(deliver(edSignature));
      expect(event).toMatchObject({ id: 'msg_1', signed: { body: true, id: true, timestamp: true } });
    }
  });

  it('AK-02 refuses the same signature with the group order added to its second half', async () => {
    const signature = Buffer.from(edSignature, 'base64');
    const s = fromLittleEndian(signature.subarray(32));
    const malleable = Buffer.concat([signature.subarray(0, 32), littleEndian(s + groupOrder)]).toString('base64');
    const receiver = createReceiver({ provider: standardV1a, keys: edKey, clock });
    await expect(receiver.verify(deliver(malleable))).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it('AK-03 refuses every key of small order, in every spelling, and every key that is not reduced', () => {
    const found = new Set<bigint>();
    const d = (-121665n * inverse(121666n)) % fieldPrime;
    // Candidates for y: those of the eight points, computed independently in this test.
    for (const y of smallOrderYs(d)) {
      found.add(y);
      for (const spelling of [y, y + fieldPrime].filter((value) => value < 2n ** 255n)) {
        for (const sign of [0n, 1n]) {
          const key = Buffer.from(littleEndian(spelling + (sign << 255n)));
          for (const keys of [key.toString('hex'), key.toString('base64')]) {
            expect(() => createReceiver({ provider: standardV1a, keys }), key.toString('hex')).toThrow(
              expect.objectContaining(config),
            );
          }
        }
      }
    }
    expect(found.size).toBe(5);
    for (let above = 0n; above < 19n; above++) {
      const keys = Buffer.from(littleEndian(fieldPrime + above)).toString('hex');
      expect(() => createReceiver({ provider: standardV1a, keys })).toThrow(expect.objectContaining(config));
    }
    // A negative control: the greatest reduced y of large order is a normal key.
    expect(() => createReceiver({ provider: standardV1a, keys: edKey })).not.toThrow();
  });

  it('AK-04 AK-09 refuses keys of another kind or length, private ones, and shared secrets, without revealing them', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ed = generateKeyPairSync('ed25519');
    const pem = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
    const secret = (key: typeof rsa.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const ed25519: SignatureAlgorithm = { name: 'Ed25519' };
    const p256: SignatureAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format: 'der' };
    const pkcs1: SignatureAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const wrong: [SignatureAlgorithm, Key][] = [
      [ed25519, pem(rsa.publicKey)],
      [ed25519, pem(ec.publicKey)],
      [ed25519, edKey.slice(2)],
      [ed25519, `${edKey}00`],
      [ed25519, secret(ed.privateKey)],
      [ed25519, ed.privateKey.export({ format: 'jwk' }) as Key],
      [ed25519, 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='],
      [ed25519, `whsk_${Buffer.alloc(64, 7).toString('base64')}`],
      [ed25519, { kty: 'oct', k: 'MDEyMzQ1Njc4OWFiY2RlZg' }],
      [ed25519, { url: 'https://example.com/keys' }],
      [ed25519, ''],
      [p256, pem(ed.publicKey)],
      [{ ...p256, namedCurve: 'P-384' }, pem(ec.publicKey)],
      [p256, secret(ec.privateKey)],
      [p256, { ...(ec.publicKey.export({ format: 'jwk' }) as object), x: 'AA' } as Key],
      [pkcs1, pem(weak.publicKey)],
      [pkcs1, pem(ec.publicKey)],
      [pkcs1, secret(rsa.privateKey)],
      [pkcs1, { ...(rsa.publicKey.export({ format: 'jwk' }) as object), e: 'AQ' } as Key],
    ];
    for (const [algorithm, keys] of wrong) {
      const build = () => createReceiver({ provider: rawBody(algorithm), keys });
      expect(build, JSON.stringify(keys)).toThrow(expect.objectContaining(config));
      try {
        build();
      } catch (error) {
        const text = `${error} ${JSON.stringify(error)}`;
        const value = typeof keys === 'string' ? keys : JSON.stringify(keys);
        expect(value.length < 12 || !text.includes(value.slice(30, 60) || value)).toBe(true);
      }
    }
    expect(wrong).toHaveLength(19);
  });

  it('AK-05 refuses DER if both numbers are expected at full length, the reverse, zeros, and sloppy DER', async () => {
    const { publicKey: key, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = key.export({ type: 'spki', format: 'pem' }).toString();
    const der = sign('sha256', B, privateKey);
    const fixed = sign('sha256', B, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const verify = (format: 'der' | 'p1363', signature: Uint8Array) =>
      createReceiver({
        provider: rawBody({ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format }),
        keys,
      }).verify({
        headers: { 'x-sig': Buffer.from(signature).toString('base64') },
        body: B,
      });
    await verify('der', der);
    await verify('p1363', fixed);
    const zeros = Buffer.from('3006020100020100', 'hex');
    const longLength = Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)]);
    const trailing = Buffer.concat([der, Buffer.from([0])]);
    const bad: ['der' | 'p1363', Uint8Array][] = [
      ['p1363', der],
      ['der', fixed],
      ['der', zeros],
      ['p1363', Buffer.alloc(64)],
      ['der', longLength],
      ['der', trailing],
    ];
    for (const [format, signature] of bad) {
      await expect(verify(format, signature)).rejects.toMatchObject({ fault: 'sender' });
    }
  });

  it('AK-06 refuses a digit of the timestamp moved into the body', async () => {
    const { publicKey: key, privateKey } = generateKeyPairSync('ed25519');
    const provider = defineProvider<object, 'keys'>({
      name: 'bare',
      scheme: publicKey({
        algorithm: { name: 'Ed25519' },
        signature: { header: 'x-sig', encoding: 'hex' },
        timestamp: { header: 'x-time', unit: 'seconds' },
        signs: ['timestamp', 'body'],
      }),
    });
    const body = bytes(`1${new TextDecoder().decode(B)}`);
    const signature = sign(null, Buffer.concat([bytes(String(now)), body]), privateKey).toString('hex');
    const keys = key.export({ type: 'spki', format: 'pem' }).toString();
    const receiver = createReceiver({ provider, keys, clock: () => new Date(now * 1000) });
    await receiver.verify({ headers: { 'x-time': String(now), 'x-sig': signature }, body });
    const moved = { headers: { 'x-time': `${now}1`, 'x-sig': signature }, body: B };
    await expect(receiver.verify(moved)).rejects.toMatchObject({ fault: 'sender' });
  });

  it('accepts RSA keys marked for PSS, from a certificate, and of other curves, all signed by OpenSSL', async () => {
    for (const [namedCurve, hash] of [
      ['P-384', 'SHA-384'],
      ['P-521', 'SHA-512'],
    ] as const) {
      const { publicKey: key, privateKey } = generateKeyPairSync('ec', { namedCurve });
      const signature = sign(hash.replace('-', '').toLowerCase(), B, privateKey).toString('base64');
      const provider = rawBody({ name: 'ECDSA', namedCurve, hash, format: 'der' });
      const receiver = createReceiver({ provider, keys: key.export({ format: 'jwk' }) as Key });
      await receiver.verify({ headers: { 'x-sig': signature }, body: B });
    }
    const pss = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha512',
      mgf1HashAlgorithm: 'sha512',
      saltLength: 64,
    } as never) as unknown as ReturnType<typeof generateKeyPairSync>;
    const provider = rawBody({ name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 });
    const keys = pss.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signature = sign('sha512', B, { key: pss.privateKey, saltLength: 64 }).toString('base64');
    await createReceiver({ provider, keys }).verify({ headers: { 'x-sig': signature }, body: B });
    expect(createPublicKey(keys).asymmetricKeyType).toBe('rsa-pss');
  });

  it.skipIf(!hasOpenssl)('reads the key from a certificate that openssl made', async () => {
    const made = execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', '-subj', '/CN=example.com', '-days', '30'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    ).toString();
    const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.exec(made)?.[0] as string;
    const privateKey = /-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----/.exec(made)?.[0] as string;
    const provider = rawBody({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' });
    const signature = sign('sha256', B, privateKey).toString('base64');
    const receiver = createReceiver({ provider, keys: certificate });
    await receiver.verify({ headers: { 'x-sig': signature }, body: B });
    expect(() => createReceiver({ provider, keys: certificate.replace('MII', 'MIJ') })).toThrow(
      expect.objectContaining(config),
    );
  });

  it('reports which key of several signed, in either order, and selects one by the name in a header', async () => {
    const pairs = ['old', 'new'].map((id) => ({ id, ...generateKeyPairSync('ed25519') }));
    const keys = pairs.map(({ id, publicKey: key }) => ({
      id,
      key: key.export({ type: 'spki', format: 'pem' }).toString(),
    }));
    const scheme = {
      algorithm: { name: 'Ed25519' },
      signature: { header: 'x-sig', encoding: 'hex' },
      signs: ['body'],
    } as const;
    const provider = defineProvider<object, 'keys'>({ name: 'two', scheme: publicKey(scheme) });
    const named = defineProvider<object, 'keys'>({
      name: 'named',
      scheme: publicKey({ ...scheme, keyId: { header: 'x-key' } }),
    });
    for (const { id, privateKey } of pairs) {
      const headers = { 'x-sig': sign(null, B, privateKey).toString('hex') };
      for (const order of [keys, [...keys].reverse()]) {
        const event = await createReceiver({ provider, keys: order }).verify({ headers, body: B });
        expect(event.secretId).toBe(id);
      }
      const receiver = createReceiver({ provider: named, keys });
      await receiver.verify({ headers: { ...headers, 'x-key': id }, body: B });
      const other = id === 'old' ? 'new' : 'old';
      await expect(receiver.verify({ headers: { ...headers, 'x-key': other }, body: B })).rejects.toMatchObject({
        code: 'signature_mismatch',
      });
      await expect(receiver.verify({ headers: { ...headers, 'x-key': 'none' }, body: B })).rejects.toMatchObject({
        code: 'key_unknown',
      });
    }
  });
});

/** The y of all points P with 8P = 0: by halving the identity, as roots of polynomials. */
function smallOrderYs(d: bigint): bigint[] {
  // Order 1 and 2: (0, 1) and (0, -1). Order 4: y = 0. Order 8: y with y^4 + 2y^2/d... taken from x^2 = y^2 on doubling.
  const ys = [1n, fieldPrime - 1n, 0n];
  // 2P has order 4 when y(2P) = 0: y^2 = -x^2, so -x^2 + y^2 = 2y^2 = 1 - d y^4, that is d y^4 + 2 y^2 - 1 = 0.
  const root = squareRoot(mod(1n + d));
  for (const sign of [1n, -1n]) {
    const square = mod((-1n + sign * root) * inverse(d));
    const y = maybeSquareRoot(square);
    if (y !== undefined) ys.push(y, fieldPrime - y);
  }
  return ys.map(mod);
}

function mod(number: bigint): bigint {
  return ((number % fieldPrime) + fieldPrime) % fieldPrime;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % fieldPrime) {
    if (e & 1n) result = (result * b) % fieldPrime;
  }
  return result;
}

function inverse(number: bigint): bigint {
  return power(number, fieldPrime - 2n);
}

function maybeSquareRoot(square: bigint): bigint | undefined {
  const first = power(square, (fieldPrime + 3n) / 8n);
  for (const root of [first, mod(first * power(2n, (fieldPrime - 1n) / 4n))]) {
    if (mod(root * root) === mod(square)) return root;
  }
  return undefined;
}

function squareRoot(square: bigint): bigint {
  const root = maybeSquareRoot(square);
  if (root === undefined) throw new Error('no square');
  return root;
}

it('contains correct known answers', () => {
  expect(createHash('sha256').update(B).digest('hex')).toBe(
    'f8bbcdb0dcdd23e67ea87ecba946d7a82ce5ec34f199f8658fe253502d1a2b91',
  );
});
