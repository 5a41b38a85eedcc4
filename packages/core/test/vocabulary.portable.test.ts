import { createHash, createHmac } from 'node:crypto';
import { createReceiver, defineProvider, hmac, type Provider, sharedToken } from '@countersign/core';
import type { HmacDescription } from '@countersign/core/describe';
import { describe, expect, it } from 'vitest';
import { crypto } from '#crypto';
import { B, buildError, bytes, codeOf, deliveryOf, K1, K2, now, receiverOf, sign } from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

describe(`the vocabulary on ${crypto.name}`, () => {
  it('runs on the backend of this test project', () => {
    expect(crypto.name).toBe(process.env.COUNTERSIGN_BACKEND ?? 'node:crypto');
  });
});

describe('the vocabulary', () => {
  const provider = (description: HmacDescription) => defineProvider({ name: 'v', scheme: hmac(description) });
  const header = { header: 'x-sig', encoding: 'hex' } as const;

  it('signs over method, public URL, nonce, header, JSON path and form field', async () => {
    const body = bytes('a=1&b=%C3%A9');
    const description: HmacDescription = {
      hash: 'SHA-256',
      signature: header,
      nonce: { header: 'x-nonce' },
      signs: [
        'method',
        { text: '|' },
        'url',
        { text: '|' },
        'nonce',
        { text: '|' },
        { header: 'X-Other' },
        { text: '|' },
        { form: 'b' },
      ],
    };
    const receiver = receiverOf(provider(description), K1, { publicUrl: 'https://example.com/base/' });
    const mac = sign(K1, 'POST|https://example.com/base/hook?x=1|n1|other|é').toString('hex');
    const headers = { 'x-sig': mac, 'x-nonce': 'n1', 'x-other': 'other' };
    const event = await receiver.verify({ headers, body, url: '/hook?x=1', method: 'POST' });
    expect(event.signed).toEqual({ body: false, id: false, timestamp: false });
    for (const changed of [{ 'x-nonce': 'n2' }, { 'x-other': 'x' }]) {
      expect(await codeOf(receiver.verify({ headers: { ...headers, ...changed }, body, url: '/hook?x=1' }))).toBe(
        'signature_mismatch',
      );
    }
    expect(await codeOf(receiver.verify({ headers, body, url: '/hook?x=2' }))).toBe('signature_mismatch');
    expect(await codeOf(receiver.verify({ headers: { ...headers, 'x-nonce': 'a|b' }, body, url: '/hook?x=1' }))).toBe(
      'header_malformed',
    );
    expect(await codeOf(receiver.verify({ headers: { 'x-sig': mac }, body, url: '/hook?x=1' }))).toBe('header_missing');
  });

  it('signs sorted form pairs, a repeated name once for each distinct value', async () => {
    const body = bytes('Reason=x&ReasonMore=y&b=2&a=1&b=1&b=2');
    const receiver = receiverOf(
      provider({
        hash: 'SHA-1',
        signature: { header: 'x-sig', encoding: 'base64' },
        signs: ['url', 'sorted_form'],
        ambiguous: true,
      }),
      K1,
    );
    const mac = createHmac('sha1', K1).update('https://example.com/Reasonxa1').digest('base64');
    const right = createHmac('sha1', K1).update('https://example.com/ReasonxReasonMoreya1b1b2').digest('base64');
    const send = (signature: string) =>
      receiver.verify({ headers: { 'x-sig': signature }, body, url: 'https://example.com/' });
    // The sender signs names and values without separators: other fields could make the same text.
    expect((await send(right)).signed.body).toBe(false);
    expect(await codeOf(send(mac))).toBe('signature_mismatch');
  });

  it('uses the signed data as the identity if the body is not signed as a whole', async () => {
    const twilio = provider({
      hash: 'SHA-1',
      signature: { header: 'x-sig', encoding: 'base64' },
      signs: ['url', 'sorted_form'],
      ambiguous: true,
    });
    const mac = createHmac('sha1', K1).update('https://example.com/ax y').digest('base64');
    const key = async (form: string) => {
      const event = await receiverOf(twilio, K1).verify({
        headers: { 'x-sig': mac },
        body: bytes(form),
        url: 'https://example.com/',
      });
      return (await event.identity()).key;
    };
    expect(await key('a=x+y')).toBe(await key('a=x%20y'));

    const fields = provider({
      hash: 'SHA-256',
      signature: header,
      timestamp: { header: 'x-time', unit: 'seconds' },
      signs: ['timestamp', { text: '.' }, { json: 'order' }],
    });
    const keyOf = async (content: object, time: number) => {
      const headers = { 'x-sig': sign(K1, `${time}.7`).toString('hex'), 'x-time': String(time) };
      const event = await receiverOf(fields, K1).verify({ headers, body: bytes(JSON.stringify(content)) });
      return (await event.identity()).key;
    };
    expect(await keyOf({ order: 7 }, now)).toBe(await keyOf({ order: 7, unsigned: true }, now + 5));
  });

  it('decodes secrets as text, NFKD text, hex, base64 with and without prefix, and derives keys', async () => {
    const raw = Buffer.from(K1);
    const cases = [
      [{}, K1, K1],
      [{ encoding: 'hex' }, raw.toString('hex'), raw],
      [{ encoding: 'base64' }, raw.toString('base64'), raw],
      [{ encoding: 'base64', prefix: 'whsec_' }, `whsec_${raw.toString('base64')}`, raw],
      [{ prefix: 'pre_' }, `pre_${K1}`, K1],
      [{ encoding: 'utf8_nfkd' }, 'ﬁne-ligature-secret', 'fine-ligature-secret'],
      [{ derive: 'SHA-1' }, K1, createHash('sha1').update(K1).digest()],
    ] as const;
    for (const [format, secret, key] of cases) {
      const receiver = receiverOf(
        provider({ hash: 'SHA-256', signature: header, signs: ['body'], secret: format }),
        secret,
      );
      await receiver.verify(deliveryOf({ 'x-sig': sign(key, B).toString('hex') }));
      expect(await codeOf(receiver.verify(deliveryOf({ 'x-sig': sign(`${K2}`, B).toString('hex') })))).toBe(
        'signature_mismatch',
      );
    }
  });

  it('reads signatures from JSON and form fields, several keys, and bare lists', async () => {
    const inJson = provider({
      hash: 'SHA-256',
      signature: { json: 'sig.value', encoding: 'hex' },
      signs: [{ json: 'sig.time' }, { text: '.' }, { json: 'sig.token' }],
    });
    const mac = sign(K1, '12.abc').toString('hex');
    const json = bytes(JSON.stringify({ sig: { value: mac, time: 12, token: 'abc' } }));
    await receiverOf(inJson, K1).verify(deliveryOf({}, json));
    expect(await headRefusal(receiverOf(inJson, K1), { headers: {} })).toBeUndefined();
    expect(await codeOf(receiverOf(inJson, K1).verify(deliveryOf({}, bytes('{}'))))).toBe('header_missing');

    const pairs = provider({
      hash: 'SHA-256',
      signature: { form: 'sig', key: 'public2', separator: '&', assign: '|', encoding: 'hex' },
      signs: [{ form: 'payload' }],
    });
    const signature = `public1|${'0'.repeat(64)}&public2|${sign(K1, 'data').toString('hex')}`;
    await receiverOf(pairs, K1).verify(
      deliveryOf({}, bytes(new URLSearchParams({ sig: signature, payload: 'data' }).toString())),
    );

    const list = provider({
      hash: 'SHA-256',
      signature: { header: 'x-sig', encoding: 'base64', separator: ',' },
      signs: ['body'],
    });
    const value = `${Buffer.alloc(32).toString('base64')},${sign(K1, B).toString('base64')}`;
    await receiverOf(list, K1).verify(deliveryOf({ 'x-sig': value }));
    expect(await codeOf(receiverOf(list, K1).verify(deliveryOf({ 'x-sig': `${value}, ${value}` })))).toBe(
      'header_malformed',
    );
    const many = Array.from({ length: 17 }, () => Buffer.alloc(32).toString('base64')).join(',');
    expect(await codeOf(receiverOf(list, K1).verify(deliveryOf({ 'x-sig': many })))).toBe('header_malformed');
  });

  it('accepts any of several headers, and requires at least one', async () => {
    const several = provider({
      hash: 'SHA-256',
      signature: [header, { ...header, header: 'x-sig-2' }],
      signs: ['body'],
    });
    const mac = sign(K1, B).toString('hex');
    for (const headers of [{ 'x-sig': mac }, { 'x-sig-2': mac }, { 'x-sig': '0'.repeat(64), 'x-sig-2': mac }]) {
      await receiverOf(several, K1).verify(deliveryOf(headers));
    }
    expect(await codeOf(receiverOf(several, K1).verify(deliveryOf({})))).toBe('header_missing');
  });

  it('reads a timestamp without delimiter at its fixed width', async () => {
    const bare = provider({
      hash: 'SHA-256',
      signature: header,
      timestamp: { header: 'x-time', unit: 'seconds' },
      signs: ['timestamp', 'body'],
    });
    const body = bytes('12345');
    const mac = sign(K1, `${now}12345`).toString('hex');
    const receiver = receiverOf(bare, K1, { dangerouslyIgnoreTimestamp: true });
    await receiver.verify(deliveryOf({ 'x-sig': mac, 'x-time': String(now) }, body));
    const shifted = deliveryOf({ 'x-sig': mac, 'x-time': `${now}1` }, bytes('2345'));
    expect(await codeOf(receiver.verify(shifted))).toBe('timestamp_malformed');
  });

  it('reads milliseconds and ISO 8601 strictly', async () => {
    const timed = (unit: 'milliseconds' | 'iso8601') =>
      provider({
        hash: 'SHA-256',
        signature: header,
        timestamp: { header: 'x-time', unit },
        signs: ['timestamp', { text: '.' }, 'body'],
      });
    const send = (unit: 'milliseconds' | 'iso8601', time: string) =>
      receiverOf(timed(unit), K1).verify(
        deliveryOf({ 'x-sig': sign(K1, `${time}.`, B).toString('hex'), 'x-time': time }),
      );
    await send('milliseconds', `${now}000`);
    await send('milliseconds', `${now - 300}000`);
    expect(await codeOf(send('milliseconds', `${now - 301}999`))).toBe('timestamp_too_old');
    await expect(send('milliseconds', String(now))).rejects.toThrow(/looks like seconds/);
    for (const time of ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20+00:00', '2023-11-14T15:13:20-07:00'])
      await send('iso8601', time);
    for (const time of ['2023-11-14', '2023-11-14T22:13:20', '14 Nov 2023 22:13:20 GMT', '2023-13-14T22:13:20Z']) {
      expect(await codeOf(send('iso8601', time))).toBe('timestamp_malformed');
    }
    expect(await codeOf(send('iso8601', '2023-11-14T22:13:20.5Z'))).toBe('header_malformed');
  });

  it('refuses descriptions that contradict themselves', () => {
    const sound: HmacDescription = { hash: 'SHA-256', signature: header, signs: ['body'] };
    const wrong = [
      { ...sound, hash: 'MD5' },
      { ...sound, signature: [] },
      { ...sound, signature: { header: '', encoding: 'hex' } },
      { ...sound, signature: { header: 'x', encoding: 'utf8' } },
      { ...sound, signs: [] },
      { ...sound, signs: ['timestamp', 'body'] },
      { ...sound, signs: ['id'] },
      { ...sound, signs: ['nonce'] },
    ];
    for (const description of wrong)
      expect(buildError(() => hmac(description as HmacDescription)).code).toBe('options_invalid');
    for (const name of ['', 'Upper', 'a b', 'x'.repeat(65)]) {
      expect(buildError(() => defineProvider({ name, scheme: hmac(sound) })).code).toBe('options_invalid');
    }
    expect(buildError(() => receiverOf({ name: 'x' } as Provider, K1)).code).toBe('options_invalid');
    expect(
      buildError(() => createReceiver({ provider: provider(sound), secrets: K1, tolerance: 5 } as never)).message,
    ).toContain('toleranceSeconds');
  });
});

describe('shared tokens', () => {
  const verify = (
    description: Parameters<typeof sharedToken>[0],
    delivery: Parameters<ReturnType<typeof receiverOf>['verify']>[0],
    secrets: string[] = [K2, K1],
  ) => receiverOf(defineProvider({ name: 'token', scheme: sharedToken(description) }), secrets).verify(delivery);

  it('finds the token in header, Bearer, Basic, query and JSON, and reports that nothing is signed', async () => {
    const event = await verify({ token: { header: 'X-Token' } }, deliveryOf({ 'x-token': K1 }));
    expect(event).toMatchObject({
      secretId: '1',
      signed: { body: false, id: false, timestamp: false },
      signedAt: undefined,
    });
    expect((await event.identity()).from).toBe('digest');
    await verify(
      { token: { header: 'authorization', scheme: 'Bearer' } },
      deliveryOf({ authorization: `bearer ${K1}` }),
    );
    const basic = `Basic ${Buffer.from(`user:${K1}`).toString('base64')}`;
    await verify({ token: { header: 'authorization', scheme: 'Basic' } }, deliveryOf({ authorization: basic }), [
      `user:${K1}`,
    ]);
    await verify({ token: { query: 'token' } }, deliveryOf({}, B, { url: `/hook?a=1&token=${K1}` }));
    await verify(
      { token: { json: 'value.*.state' } },
      deliveryOf({}, bytes(JSON.stringify({ value: [{ state: K1 }, { state: K1 }] }))),
    );
  });

  it('refuses a token that differs anywhere, is missing, repeated, or wrong in one element', async () => {
    const description = { token: { header: ['x-token', 'x-other'] } };
    for (const token of [`${K1}x`, K1.slice(1), K1.toUpperCase(), `${K1} `]) {
      expect(await codeOf(verify(description, deliveryOf({ 'x-token': token })))).toBe('signature_mismatch');
    }
    expect(await codeOf(verify(description, deliveryOf({})))).toBe('header_missing');
    expect(await codeOf(verify(description, deliveryOf({ 'x-token': K1, 'x-other': 'wrong' })))).toBe(
      'signature_mismatch',
    );
    await verify(description, deliveryOf({ 'x-other': K1, 'x-token': K1 }));
    expect(
      await codeOf(verify({ token: { query: 'token' } }, deliveryOf({}, B, { url: `/?token=${K1}&token=${K1}` }))),
    ).toBe('header_repeated');
    expect(await codeOf(verify({ token: { query: 'token' } }, deliveryOf({}, B, { url: '/' })))).toBe('header_missing');
    const json = (value: unknown) =>
      verify({ token: { json: 'value.*.state' } }, deliveryOf({}, bytes(JSON.stringify({ value }))));
    expect(await codeOf(json([{ state: K1 }, { state: 'x' }]))).toBe('signature_mismatch');
    expect(await codeOf(json([{ state: K1 }, { state: K2 }]))).toBe('signature_mismatch');
    expect(await codeOf(json([{ state: K1 }, { state: 5 }]))).toBe('header_malformed');
    expect(await codeOf(json([]))).toBe('header_missing');
    expect(await codeOf(json([{ state: K1 }, {}]))).toBe('header_missing');
    const basic = { token: { header: 'authorization', scheme: 'Basic' } } as const;
    for (const value of ['Basic !!!', `Bearer ${K1}`, 'Basic']) {
      expect(await codeOf(verify(basic, deliveryOf({ authorization: value }), [`user:${K1}`]))).toBe(
        'header_malformed',
      );
    }
  });
});
