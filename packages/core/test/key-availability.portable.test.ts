import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createReceiver, defineProvider, type KeyInput } from '@countersign/core';
import type { CertificateSource } from '@countersign/core/describe';
import { jwt } from '@countersign/core/jwt';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it } from 'vitest';
import { fetchText } from '../src/keys/remote-text.ts';
import { B, bytes, codeOf, now } from './fixtures.ts';
import { makeCertificate } from './made-certificates.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const never = () => new Promise<never>(() => undefined);
const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));
const setOf = (...kids: string[]) =>
  JSON.stringify({ keys: kids.map((kid) => ({ ...rsa.publicKey.export({ format: 'jwk' }), kid })) });

function tokenOf(kid: string, key: KeyObject = rsa.privateKey): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', kid })}.${encode({ jti: kid })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

function tokenReceiver(keys: KeyInput, clock: () => number = () => now * 1000) {
  const scheme = jwt({ token: { header: 'x-token' }, algorithms: ['RS256'], claims: { expiry: 'optional' } });
  const receiver = createReceiver({
    provider: defineProvider<object, 'keys'>({ name: 'tokens', scheme }),
    keys,
    clock: () => new Date(clock()),
    onWarning: () => undefined,
  });
  return (kid: string, key?: KeyObject) => receiver.verify({ headers: { 'x-token': tokenOf(kid, key) }, body: B });
}

/** A fetch with a list of responses, the last of which is repeated, and the requested URLs. */
function fetchOf(...answers: (() => Promise<Response>)[]) {
  const asked: string[] = [];
  const fetch = async (url: unknown) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] as () => Promise<Response>;
    asked.push(String(url));
    return answer();
  };
  return { fetch: fetch as typeof globalThis.fetch, asked };
}

const text = (body: string) => async () => new Response(body);
const status = (code: number) => async () => new Response('', { status: code });
const timed = async <Value>(promise: Promise<Value>) => {
  const startedAt = performance.now();
  const value = await promise;
  return { value, seconds: (performance.now() - startedAt) / 1000 };
};

describe('a fetch that never settles', () => {
  it('for a stranger’s token delays a genuine delivery by a second, not by the time limit', async () => {
    const { fetch, asked } = fetchOf(never, text(setOf('a')));
    const send = tokenReceiver({ url: 'https://keys.example.com/jwks', fetch, timeoutSeconds: 15 });
    send('unknown').catch(() => undefined);
    await pause(20);
    const genuine = await timed(Promise.all(Array.from({ length: 20 }, () => send('a'))));
    expect(genuine.seconds).toBeLessThan(8);
    expect(asked).toHaveLength(2);
  });

  it('lets each delivery wait no longer than its own time, and makes the sender retry', async () => {
    const { fetch, asked } = fetchOf(never);
    const send = tokenReceiver({ url: 'https://keys.example.com/jwks', fetch, timeoutSeconds: 0.4 });
    const first = timed(send('a').catch((error: unknown) => error));
    await pause(200);
    const second = timed(send('a').catch((error: unknown) => error));
    for (const { value, seconds } of [await first, await second]) {
      expect(value).toMatchObject({ code: 'key_unavailable', retryAfterSeconds: expect.any(Number) });
      expect(seconds).toBeLessThan(5);
    }
    expect(asked).toHaveLength(1);
  });

  it('for a stranger’s certificate delays a genuine delivery by a second, not by the time limit', async () => {
    const { pem, privateKey } = makeCertificate();
    const { fetch, asked } = fetchOf(never, text(pem));
    const send = certificateReceiver({ fetch, timeoutSeconds: 15 });
    send('/a.pem', rsa.privateKey).catch(() => undefined);
    await pause(20);
    const { seconds } = await timed(send('/a.pem', privateKey));
    expect(seconds).toBeLessThan(8);
    expect(asked).toHaveLength(2);
  });

  it('is abandoned when its time is over, whether it respects the signal or not', async () => {
    const bounds = { timeoutSeconds: 0.2, maxBytes: 100, accept: '*/*' };
    const stream = (pull: UnderlyingDefaultSource['pull'], cancel?: () => Promise<void>) =>
      new Response(new ReadableStream({ ...(pull && { pull }), ...(cancel && { cancel }) }));
    const hanging: (() => Promise<Response>)[] = [
      never,
      async () => stream(never),
      async () => stream(never, never),
      async () =>
        stream((controller) => {
          controller.enqueue(new Uint8Array());
        }),
      async () => ({ status: 200, body: { getReader: () => ({ read: never, cancel: never }) } }) as never,
      async () => ({ status: 500, body: { cancel: never } }) as never,
    ];
    for (const fetch of hanging) {
      const { value, seconds } = await timed(
        fetchText('https://example.com/', { ...bounds, fetch: fetch as typeof globalThis.fetch }).catch(
          (error: unknown) => error,
        ),
      );
      expect(value).toBeInstanceOf(Error);
      expect(seconds).toBeLessThan(3);
    }
    expect(await fetchText('https://example.com/', { ...bounds, fetch: text('short') })).toBe('short');
  });
});

describe('key sets that a resolver names', () => {
  const url = 'https://keys.example.com/jwks';

  it('are fetched once for 100 forged requests, and genuine deliveries use the same set', async () => {
    const { fetch, asked } = fetchOf(text(setOf('a')));
    const send = tokenReceiver(() => ({ url, fetch }));
    const forger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (let index = 0; index < 50; index++) {
      expect(await codeOf(send('a', forger))).toBe('signature_mismatch');
      expect(await codeOf(send(`unknown-${index}`, forger))).toMatch(/^key_/);
    }
    await send('a');
    expect(asked).toHaveLength(1);
  });

  it('are separate by URL and options, and fetched by the newest function', async () => {
    const first = fetchOf(text(setOf('a')));
    const second = fetchOf(text(setOf('b')));
    let answer: object = { url, fetch: first.fetch };
    let time = now * 1000;
    const send = tokenReceiver(
      () => answer as never,
      () => time,
    );
    await send('a');
    answer = { url: `${url}?tenant=2`, fetch: second.fetch };
    await send('b');
    answer = { url, fetch: second.fetch };
    await send('a');
    expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
    time += 601_000;
    await send('b');
    expect([first.asked.length, second.asked.length]).toEqual([1, 2]);
    answer = { url, fetch: second.fetch, cooldownSeconds: 60 };
    await send('b');
    expect(second.asked).toHaveLength(3);
    answer = { url: 'http://keys.example.com/jwks' };
    expect(await codeOf(send('a'))).toBe('options_invalid');
  });

  it('are limited to 256, and the least used are dropped', async () => {
    const { fetch, asked } = fetchOf(text(setOf('a')));
    let tenant = 0;
    const send = tokenReceiver(() => ({ url: `${url}/${tenant}`, fetch }));
    for (tenant = 0; tenant < 256; tenant++) await send('a');
    tenant = 0;
    await send('a');
    expect(asked).toHaveLength(256);
    tenant = 256;
    await send('a');
    tenant = 0;
    await send('a');
    expect(asked).toHaveLength(257);
    tenant = 1;
    await send('a');
    expect(asked).toHaveLength(258);
  });
});

/** The matching provider: the body is signed, and a header names the certificate on a trusted host. */
function certificateReceiver(other: Partial<CertificateSource> = {}, clock: () => number = () => Date.now()) {
  const provider = defineProvider<object, 'none'>({
    name: 'certificates',
    scheme: publicKey({
      algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      signature: { header: 'x-sig', encoding: 'base64' },
      signs: ['body'],
      certificate: { url: { header: 'x-cert' }, hosts: ['certs.example.com'], ...other },
    }),
  });
  const receiver = createReceiver({ provider, clock: () => new Date(clock()), onWarning: () => undefined });
  return (path: string, signer: KeyObject | 'nobody', body: Uint8Array = B) => {
    const signature = signer === 'nobody' ? wrongSignature : sign('sha256', body, signer);
    const headers = { 'x-cert': `https://certs.example.com${path}`, 'x-sig': signature.toString('base64') };
    return receiver.verify({ headers, body });
  };
}

const wrongSignature = Buffer.alloc(256, 1);

describe('certificates of genuine deliveries', () => {
  const made = makeCertificate();
  const { privateKey } = made;
  /** The genuine certificate at its path, other content at every other path. */
  const serve = (other: () => Promise<Response>, path = '/genuine.pem') => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(new URL(String(url)).pathname);
      return String(url).endsWith(path) ? new Response(made.pem) : other();
    };
    return { fetch: fetch as typeof globalThis.fetch, asked };
  };

  it.each([
    ['that are not there', status(404)],
    ['that fail', status(500)],
    ['that have another certificate', text(makeCertificate().pem)],
    ['that are no certificates', text('x')],
  ])('stay in use while 10,000 requests name unknown URLs %s', async (_, other) => {
    const { fetch, asked } = serve(other);
    let time = Date.now();
    const send = certificateReceiver({ fetch }, () => time);
    await send('/genuine.pem', privateKey);
    const codes = new Map<string, number>();
    let genuine = 0;
    for (let index = 0; index < 10_000; index++) {
      // A hundred requests a second, for a hundred seconds.
      time += 10;
      const code = await codeOf(send(`/unknown-${index}.pem`, 'nobody'));
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (index % 50 === 0) {
        await send('/genuine.pem', privateKey, bytes(`{"n":${index}}`));
        genuine++;
      }
    }
    expect(genuine).toBe(200);
    expect([...codes.keys()].every((code) => /^(?:key_|signature_mismatch)/.test(code))).toBe(true);
    // One for the genuine one; of the others 32 at first, and ten for each of the 100 seconds.
    expect(asked.filter((path) => path === '/genuine.pem')).toHaveLength(1);
    expect(asked.length).toBeLessThanOrEqual(1 + 32 + 10 * 100 + 1);
  });

  it('are refetched from their own budget while strangers have used up the other', async () => {
    const { fetch, asked } = serve(status(404));
    let time = Date.now();
    const send = certificateReceiver({ fetch, maxAgeSeconds: 60 }, () => time);
    await send('/genuine.pem', privateKey);
    time += 61_000;
    for (let index = 0; index < 200; index++) await codeOf(send(`/unknown-${index}.pem`, 'nobody'));
    await send('/genuine.pem', privateKey);
    expect(asked.filter((path) => path === '/genuine.pem')).toHaveLength(2);
  });

  it('are used while their URL fails or hangs, until they expire, and requested once in 30 s', async () => {
    let time = Date.now();
    const { pem, privateKey: key } = makeCertificate({ until: time + 3_600_000 });
    for (const failing of [
      status(500),
      status(404),
      text('x'),
      text(makeCertificate({ until: time - 1 }).pem),
      never,
    ]) {
      time = Date.now();
      const { fetch, asked } = fetchOf(text(pem), failing);
      const send = certificateReceiver({ fetch, maxAgeSeconds: 60, timeoutSeconds: 0.2 }, () => time);
      await send('/genuine.pem', key);
      time += 61_000;
      for (let round = 0; round < 10; round++) await send('/genuine.pem', key);
      expect(asked).toHaveLength(2);
      time += 30_000;
      await send('/genuine.pem', key);
      expect(asked).toHaveLength(3);
      time += 3_600_000;
      expect(await codeOf(send('/genuine.pem', key))).toBe('key_unknown');
    }
  });

  it('are replaced by the current one at the URL', async () => {
    const renewed = makeCertificate();
    let time = Date.now();
    const { fetch } = fetchOf(text(made.pem), text(renewed.pem));
    const send = certificateReceiver({ fetch, maxAgeSeconds: 60 }, () => time);
    await send('/genuine.pem', privateKey);
    time += 61_000;
    await send('/genuine.pem', renewed.privateKey);
    expect(await codeOf(send('/genuine.pem', privateKey))).toBe('signature_mismatch');
  });

  it('are not proven by a wrong signature', async () => {
    const { fetch, asked } = serve(async () => new Response(made.pem));
    let time = Date.now();
    const send = certificateReceiver({ fetch }, () => time);
    expect(await codeOf(send('/genuine.pem', rsa.privateKey))).toBe('signature_mismatch');
    for (let index = 0; index < 40; index++) {
      time += 1000;
      await codeOf(send(`/other-${index}.pem`, 'nobody'));
    }
    // A negative control: an unproven certificate is pushed out and fetched again.
    await send('/genuine.pem', privateKey);
    expect(asked.filter((path) => path === '/genuine.pem')).toHaveLength(2);
  });

  it('of an unknown URL are fetched once for all that wait, and a failure is remembered for 30 s', async () => {
    const { fetch, asked } = fetchOf(status(404), text(made.pem));
    let time = Date.now();
    const send = certificateReceiver({ fetch }, () => time);
    const all = await Promise.all(Array.from({ length: 100 }, () => codeOf(send('/genuine.pem', 'nobody'))));
    expect(new Set(all)).toEqual(new Set(['key_unknown']));
    time += 29_999;
    expect(await codeOf(send('/genuine.pem', privateKey))).toBe('key_unknown');
    expect(asked).toHaveLength(1);
    time += 1;
    await send('/genuine.pem', privateKey);
  });

  it('come from URLs of at most 1,024 characters', async () => {
    const { fetch, asked } = serve(async () => new Response(made.pem));
    const send = certificateReceiver({ fetch });
    const path = (length: number) => `/${'a'.repeat(length - 'https://certs.example.com/'.length)}`;
    await send(path(1024), privateKey);
    expect(await codeOf(send(path(1025), privateKey))).toBe('key_unknown');
    expect(asked).toHaveLength(1);
  });
});

describe('a clock that is set back', () => {
  const day = 86_400_000;

  it('does not prevent refetching a key set, after a success or a failure', async () => {
    for (const first of [text(setOf('a')), status(500)]) {
      let time = now * 1000 + day;
      const { fetch, asked } = fetchOf(first, text(setOf('a', 'b')));
      const send = tokenReceiver({ url: 'https://keys.example.com/jwks', fetch }, () => time);
      await send('a').catch(() => undefined);
      time -= day;
      await send('b');
      expect(asked).toHaveLength(2);
      // A later delivery may be behind an earlier one by this much.
      time -= 100;
      expect(await codeOf(send('c'))).toBe('key_unavailable');
      expect(asked).toHaveLength(2);
    }
  });

  it('does not keep a certificate, its failure, or the budget as they were', async () => {
    const { pem, privateKey } = makeCertificate({ from: Date.now() - 3 * day, until: Date.now() + 3 * day });
    let time = Date.now() + day;
    const { fetch, asked } = fetchOf(status(500), text(pem));
    const send = certificateReceiver({ fetch }, () => time);
    expect(await codeOf(send('/a.pem', privateKey))).toBe('key_unavailable');
    time -= day;
    await send('/a.pem', privateKey);
    time += day;
    await send('/a.pem', privateKey);
    time -= day;
    await send('/a.pem', privateKey);
    for (let index = 0; index < 50; index++) await codeOf(send(`/unknown-${index}.pem`, 'nobody'));
    expect(await codeOf(send('/new.pem', privateKey))).toBe('key_unavailable');
    time -= day;
    await send('/new.pem', privateKey);
    expect(asked.length).toBeLessThan(40);
  });
});
