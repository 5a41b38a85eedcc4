import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import type { CertificateSource, HostPattern } from '@countersign/core/describe';
import { publicKey } from '@countersign/core/public-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChainProblem, parseCertificates } from '../src/crypto/x509.ts';
import { importKey } from '../src/keys/inline-keys.ts';
import { B, hasOpenssl, K1, known } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });

interface Made {
  readonly pem: string;
  readonly key: string;
}

/** A certificate made by openssl; self-signed without an issuer. */
function make(
  name: string,
  options: {
    issuer?: string;
    extensions?: string[];
    days?: number;
    commonName?: string;
    algorithm?: 'rsa' | 'ec';
  } = {},
): Made {
  const { issuer, extensions = [], days = 30, commonName = name, algorithm = 'rsa' } = options;
  const pair =
    algorithm === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' });
  writeFileSync(file(`${name}.key`), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const subject = ['-key', `${name}.key`, '-subj', `/CN=${commonName}`];
  if (issuer === undefined) {
    openssl('req', '-x509', ...subject, '-days', String(days), '-sha384', '-out', `${name}.pem`);
  } else {
    openssl('req', '-new', ...subject, '-out', `${name}.csr`);
    writeFileSync(file(`${name}.ext`), `${extensions.join('\n')}\n`);
    const ca = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...ca,
      '-days',
      String(days),
      '-sha384',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }
  return { pem: readFileSync(file(`${name}.pem`), 'utf8'), key: readFileSync(file(`${name}.key`), 'utf8') };
}

const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];

describe.skipIf(!hasOpenssl)('certificates that a delivery names', () => {
  let server: Server;
  let origin: string;
  const asked: string[] = [];
  let leaf: Made;
  let chain: string;
  let root: Made;
  let respond: (url: string) => { status?: number; body?: string; location?: string; stall?: boolean };

  beforeAll(async () => {
    root = make('root');
    const issuer = make('issuer', { issuer: 'root', extensions: authority });
    leaf = make('leaf', { issuer: 'issuer', extensions: ['subjectAltName=DNS:sns.example.com'] });
    chain = leaf.pem + issuer.pem;
    respond = () => ({ body: chain });
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const { status = 200, body = '', location, stall } = respond(request.url ?? '');
      if (stall === true) return;
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const receiverOf = (other: Partial<CertificateSource> = {}, clock?: () => Date) =>
    createReceiver({
      provider: defineProvider<object, 'none'>({
        name: 'named',
        scheme: publicKey({
          algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
          signature: { header: 'x-sig', encoding: 'base64' },
          signs: ['body'],
          certificate: {
            url: { header: 'x-cert' },
            hosts: ['127.0.0.1'],
            dangerouslyAllowInsecureUrl: true,
            ...other,
          },
        }),
      }),
      ...(clock && { clock }),
    });
  const deliver = (path: string, key = leaf.key) => ({
    headers: {
      'x-cert': path.startsWith('http') ? path : origin + path,
      'x-sig': sign('sha256', B, key).toString('base64'),
    },
    body: B,
  });
  const failure = async (promise: Promise<unknown>) => promise.then(() => 'accepted').catch((error) => error.code);

  it('are fetched once, kept, checked for name and chain, and name the key in the event', async () => {
    asked.length = 0;
    const receiver = receiverOf({ names: ['sns.example.com'], roots: root.pem, pathEnd: '.pem' });
    const startedAt = performance.now();
    const events = await Promise.all(Array.from({ length: 50 }, () => receiver.verify(deliver('/once.pem'))));
    await receiver.verify(deliver('/once.pem'));
    expect(events[0]).toMatchObject({ secretId: 'sns.example.com', signed: { body: true } });
    // A fetch is shared for a second; after that, the next waiting delivery starts another (see shared-work.ts).
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    expect(new Set(asked)).toEqual(new Set(['/once.pem']));
    expect(asked.length).toBeLessThanOrEqual(1 + seconds);
    const forged = { ...deliver('/once.pem'), body: new Uint8Array([...B, 32]) };
    expect(await failure(receiver.verify(forged))).toBe('signature_mismatch');
  });

  it('are never fetched from another host, scheme, port, path or with a user name in the URL', async () => {
    asked.length = 0;
    const receiver = receiverOf({ pathEnd: '.pem' });
    const regional = { before: 'sns.', label: 'aws_region', after: '.amazonaws.com' } as const;
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return new Response(chain);
    };
    const https = receiverOf({ hosts: [regional], dangerouslyAllowInsecureUrl: false, fetch });
    for (const url of [
      'http://localhost/a.pem',
      '/a.txt',
      '/a.pem?x',
      '/a.pem#x',
      'http://u@127.0.0.1/a.pem',
      'nothing',
      'file:///a.pem',
    ]) {
      expect(await failure(receiver.verify(deliver(url))), url).toBe('key_unknown');
    }
    for (const url of [
      'http://sns.eu-west-1.amazonaws.com/a.pem',
      'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
      'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
      'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
      'https://sns.a.b.amazonaws.com/a.pem',
      'https://sns.amazonaws.com/a.pem',
      'https://169.254.169.254/latest/meta-data',
      // Hosts that strangers can get: buckets of an object store, and names of other services.
      'https://sns.s3.amazonaws.com/a.pem',
      'https://sns.s3-us-west-2.amazonaws.com/a.pem',
      'https://sns.s3-accesspoint.amazonaws.com/a.pem',
      'https://sns.execute-api.amazonaws.com/a.pem',
      'https://sns.eu-west.amazonaws.com/a.pem',
      'https://sns.eu-west-1-x.amazonaws.com/a.pem',
      'https://sns.-1.amazonaws.com/a.pem',
      'https://SNS-eu-west-1.amazonaws.com/a.pem',
      `https://sns.eu-west-1.amazonaws.com/${'a'.repeat(1024)}.pem`,
    ]) {
      expect(await failure(https.verify(deliver(url))), url).toBe('key_unknown');
    }
    expect(asked).toEqual([]);
    // A negative control: regions of every form are fetched.
    for (const region of [
      'us-east-1',
      'us-gov-west-1',
      'ap-southeast-2',
      'cn-north-1',
      'eusc-de-east-1',
      'mx-central-1',
    ]) {
      await https.verify(deliver(`https://sns.${region}.amazonaws.com/a.pem`));
    }
    expect(asked).toHaveLength(6);
  });

  it('are refused permanently if the file is missing, and temporarily if the failure may pass', async () => {
    const outcomes: [typeof respond, string][] = [
      [() => ({ status: 404 }), 'key_unknown'],
      [() => ({ status: 302, location: `${origin}/elsewhere.pem` }), 'key_unavailable'],
      [() => ({ status: 500 }), 'key_unavailable'],
      [() => ({ body: 'garbage' }), 'key_unavailable'],
      [() => ({ body: 'x'.repeat(1_048_576) }), 'key_unavailable'],
      [() => ({ stall: true }), 'key_unavailable'],
    ];
    for (const [answer, code] of outcomes) {
      respond = answer;
      asked.length = 0;
      // Short only where there is no answer: on a busy machine one takes a while.
      const receiver = receiverOf({ timeoutSeconds: answer('').stall === true ? 0.2 : 10 });
      expect(await failure(receiver.verify(deliver('/bad.pem')))).toBe(code);
      expect(await failure(receiver.verify(deliver('/bad.pem')))).toBe(code);
      expect(asked).toEqual(['/bad.pem']);
    }
    respond = () => ({ body: chain });
  });

  it('are fetched at a limited rate, whatever paths strangers name, and known ones stay in use', async () => {
    asked.length = 0;
    let time = Date.now();
    const receiver = receiverOf({}, () => new Date(time));
    await receiver.verify(deliver('/good.pem'));
    respond = () => ({ status: 404 });
    const storm = await Promise.all(
      Array.from({ length: 500 }, (_, index) => failure(receiver.verify(deliver(`/unknown-${index}.pem`)))),
    );
    expect(new Set(storm)).toEqual(new Set(['key_unknown', 'key_unavailable']));
    // The first certificate has used one of the 32; at most eight of the others are fetched concurrently.
    expect(asked.length).toBeLessThanOrEqual(32);
    await receiver.verify(deliver('/good.pem'));
    time += 61_000;
    respond = () => ({ body: chain });
    await receiver.verify(deliver('/new.pem'));
  });

  it('are fetched if deliveries keep naming one, while strangers name others once', async () => {
    const time = Date.now();
    const receiver = receiverOf({}, () => new Date(time));
    const returning = () => failure(receiver.verify(deliver('/returning.pem')));
    const flood = async () => {
      respond = () => ({ status: 404 });
      for (let index = 0; index < 60; index++) await failure(receiver.verify(deliver(`/flood-${Math.random()}.pem`)));
      respond = () => ({ body: chain });
    };
    await flood();
    expect(await returning()).toBe('key_unavailable');
    await flood();
    expect(await returning()).toBe('accepted');
  });

  it('do not affect endpoints with a shared secret while they fail', async () => {
    respond = () => ({ stall: true });
    const stalled = receiverOf({ timeoutSeconds: 1 }).verify(deliver('/slow.pem'));
    const other = createReceiver({
      provider: defineProvider({ name: 'r', scheme: rawBodyHmac({ header: 'x-sig' }) }),
      secrets: K1,
    });
    const startedAt = performance.now();
    for (let index = 0; index < 200; index++) await other.verify({ headers: { 'x-sig': known.rK1 }, body: B });
    expect(performance.now() - startedAt).toBeLessThan(900);
    expect(await failure(stalled)).toBe('key_unavailable');
    respond = () => ({ body: chain });
  });

  it('are refused with another name, another root, outside their validity, and with a key that is too short', async () => {
    expect(await failure(receiverOf({ names: ['other.example.com'] }).verify(deliver('/a.pem')))).toBe('key_unknown');
    const named = async (...names: [HostPattern, ...HostPattern[]]) =>
      failure(receiverOf({ names }).verify(deliver('/a.pem')));
    expect(await named('sns.example.com')).toBe('accepted');
    expect(await named('other.example.com', { label: 'any', after: '.example.com' })).toBe('accepted');
    expect(await named({ before: 'sns.', label: 'any', after: '.example.com' })).toBe('key_unknown');
    expect(await named({ label: 'any', after: '.sns.example.com' })).toBe('key_unknown');
    expect(await named({ label: 'aws_region', after: '.example.com' })).toBe('key_unknown');
    expect(await failure(receiverOf({ roots: make('stranger').pem }).verify(deliver('/a.pem')))).toBe('key_unknown');
    const inAYear = () => new Date(Date.now() + 365 * 86_400_000);
    expect(await failure(receiverOf({}, inAYear).verify(deliver('/a.pem')))).toBe('key_unknown');
  });

  it('need hosts whose last two labels are fixed, and valid names, roots and numbers', () => {
    const any = { label: 'any', after: '.example.com' } as const;
    const refused = expect.objectContaining({ code: 'options_invalid' });
    const patterns: unknown[] = [
      [],
      ['*'],
      ['*.com'],
      ['sns.*.amazonaws.com'],
      ['*.*.paypal.com'],
      ['EXAMPLE.com'],
      ['https://example.com'],
      ['localhost'],
      [{ label: 'any', after: '.com' }],
      [{ label: 'any', after: 'example.com' }],
      [{ label: 'any', before: 'sns', after: '.example.com' }],
      [{ label: 'any', before: 'sns.*.', after: '.example.com' }],
      [{ label: 'region', after: '.example.com' }],
      [{ label: 'toString', after: '.example.com' }],
      [{ after: '.example.com' }],
      [{ label: 'any' }],
      [null],
      'sns.example.com',
    ];
    for (const hosts of patterns) {
      expect(() => receiverOf({ hosts: hosts as never, roots: root.pem }), JSON.stringify(hosts)).toThrow(refused);
      expect(() => receiverOf({ names: hosts as never }), JSON.stringify(hosts)).toThrow(refused);
    }
    expect(() => receiverOf({ dangerouslyAllowInsecureUrl: false })).toThrow(refused);
    expect(() => receiverOf({ roots: 'none' })).toThrow(refused);
    for (const figures of [
      { timeoutSeconds: 0 },
      { timeoutSeconds: 61 },
      { maxAgeSeconds: -1 },
      { maxAgeSeconds: '1' },
    ]) {
      expect(() => receiverOf(figures as never), JSON.stringify(figures)).toThrow(refused);
    }
    // On most domains strangers can get a host, so a variable label needs further conditions.
    expect(() => receiverOf({ hosts: [any] })).toThrow(refused);
    expect(() => receiverOf({ hosts: ['a.example.com', any] })).toThrow(refused);
    receiverOf({ hosts: [any], names: ['sns.example.com'] });
    receiverOf({ hosts: [any], roots: root.pem });
    receiverOf({ hosts: [{ before: 'sns.', label: 'aws_region', after: '.amazonaws.com' }] });
  });
});

describe.skipIf(!hasOpenssl)('chains of certificates', () => {
  const problemOf = (chain: string, roots: string, at = Date.now() + 60_000) =>
    findChainProblem(parseCertificates(chain) ?? [], parseCertificates(roots) ?? [], at, (rule, spki) =>
      importKey(rule, spki, 'test'),
    );

  it('lead to a root through RSA and ECDSA signatures', async () => {
    for (const algorithm of ['rsa', 'ec'] as const) {
      const prefix = `chain-${algorithm}`;
      const root = make(`${prefix}-root`, { algorithm });
      const issuer = make(`${prefix}-issuer`, { issuer: `${prefix}-root`, extensions: authority, algorithm });
      const leaf = make(`${prefix}-leaf`, { issuer: `${prefix}-issuer`, algorithm });
      expect(await problemOf(leaf.pem + issuer.pem, root.pem)).toBeUndefined();
      expect(await problemOf(leaf.pem + issuer.pem + root.pem, root.pem)).toBeUndefined();
      expect(await problemOf(leaf.pem, root.pem)).toMatch(/does not lead/);
      expect(await problemOf(leaf.pem + issuer.pem, leaf.pem)).toMatch(/does not lead/);
      expect(await problemOf(leaf.pem + issuer.pem, root.pem, Date.now() + 60 * 86_400_000)).toMatch(/not valid/);
      expect(await problemOf('', root.pem)).toMatch(/empty/);
    }
  });

  it('are broken by one expired certificate, even if the root is valid', async () => {
    const root = make('old-root', { days: 400 });
    const issuer = make('old-issuer', { issuer: 'old-root', extensions: authority, days: 400 });
    const leaf = make('old-leaf', { issuer: 'old-issuer', days: 10 });
    const inAMonth = Date.now() + 30 * 86_400_000;
    expect(await problemOf(issuer.pem, root.pem, inAMonth)).toBeUndefined();
    expect(await problemOf(leaf.pem + issuer.pem, root.pem, inAMonth)).toMatch(/of the chain is not valid/);
  });

  it('are broken by an issuer that is not an authority, that may not sign, or whose path is too long', async () => {
    const root = make('strict-root');
    const cases: [string, string[]][] = [
      ['none', []],
      ['no-ca', ['basicConstraints=critical,CA:FALSE']],
      ['no-sign', ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature']],
      ['unknown-critical', [...authority, '1.2.3.4.5=critical,ASN1:NULL']],
    ];
    for (const [name, extensions] of cases) {
      const issuer = make(`strict-${name}`, { issuer: 'strict-root', extensions });
      const leaf = make(`strict-${name}-leaf`, { issuer: `strict-${name}` });
      expect(await problemOf(leaf.pem + issuer.pem, root.pem), name).toMatch(/may not issue|not known/);
    }
    const top = make('deep-top', {
      issuer: 'strict-root',
      extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'],
    });
    const middle = make('deep-middle', { issuer: 'deep-top', extensions: authority });
    const leaf = make('deep-leaf', { issuer: 'deep-middle' });
    expect(await problemOf(leaf.pem + middle.pem + top.pem, root.pem)).toMatch(/may not issue/);
  });

  it('are broken by a certificate with one byte changed, at any position', async () => {
    const root = make('byte-root');
    const leaf = make('byte-leaf', { issuer: 'byte-root', extensions: ['subjectAltName=DNS:a.example.com'] });
    const der = Buffer.from(leaf.pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const toPem = (bytes: Uint8Array) =>
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----`;
    expect(await problemOf(toPem(der), root.pem)).toBeUndefined();
    for (let at = 0; at < der.length; at += 7) {
      const changed = Uint8Array.from(der);
      changed[at] = (changed[at] as number) ^ 1;
      expect(await problemOf(toPem(changed), root.pem), `byte ${at}`).toBeTypeOf('string');
    }
  });
});
