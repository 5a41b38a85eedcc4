import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, hmac, type PublicUrl } from '@countersign/core';
import type { UrlForm } from '@countersign/core/describe';
import { describe, expect, it } from 'vitest';
import { B, bytes, K1 } from './fixtures.ts';

const provider = (urlForms?: [UrlForm, ...UrlForm[]]) =>
  defineProvider({
    name: 'url-signed',
    scheme: hmac({
      hash: 'SHA-256',
      signature: { header: 'x-sig', encoding: 'hex' },
      signs: ['method', 'url', 'body'],
      ...(urlForms && { urlForms }),
    }),
  });
const sign = (url: string, method = 'POST') =>
  createHmac('sha256', K1).update(method).update(url).update(B).digest('hex');
const receiverOf = (publicUrl?: PublicUrl, urlForms?: [UrlForm, ...UrlForm[]]) =>
  createReceiver({ provider: provider(urlForms), secrets: K1, ...(publicUrl !== undefined && { publicUrl }) });
const deliver = (signed: string, url: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  url,
  headers: { 'x-sig': sign(signed), ...headers },
  body: B,
});

describe('schemes that sign the URL', () => {
  it('use the origin from the options, whatever the headers of the request', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
    };
    const receiver = receiverOf('https://example.com');
    await receiver.verify(deliver('https://example.com/hook?a=1', '/hook?a=1', forged));
    await receiver.verify(deliver('https://example.com/hook?a=1', 'http://10.0.0.1:8080/hook?a=1', forged));
    await expect(receiver.verify(deliver('http://evil.example/hook', '/hook', forged))).rejects.toMatchObject({
      code: 'signature_mismatch',
      hint: expect.stringContaining('https://example.com/hook'),
    });
    await receiverOf('https://example.com/base/').verify(deliver('https://example.com/base/hook', '/hook'));
  });

  it('say what to configure if nothing states the origin, and never read it from a header by default', async () => {
    const headers = { host: 'example.com', 'x-forwarded-host': 'example.com', 'x-forwarded-proto': 'https' };
    await expect(receiverOf().verify(deliver('https://example.com/hook', '/hook', headers))).rejects.toMatchObject({
      code: 'options_invalid',
      at: 'publicUrl',
    });
    await receiverOf().verify(deliver('https://example.com/hook', 'https://example.com/hook'));
  });

  it('read it from a trusted proxy, for the listed origins', async () => {
    const receiver = receiverOf({ trustForwarded: ['https://a.example.com', 'https://b.example.com'] });
    const behind = (host: string, protocol = 'https') => ({ 'x-forwarded-proto': protocol, 'x-forwarded-host': host });
    for (const host of ['a.example.com', 'b.example.com', 'A.EXAMPLE.com']) {
      const signed = `https://${host.toLowerCase()}/hook`;
      await receiver.verify(deliver(signed, '/hook', behind(host)));
    }
    await receiver.verify(
      deliver('https://a.example.com/hook', '/hook', { 'x-forwarded-proto': 'https', host: 'a.example.com' }),
    );
    const refused: [Record<string, string>, string][] = [
      [behind('evil.example'), 'header_malformed'],
      [behind('a.example.com', 'http'), 'header_malformed'],
      [behind('a.example.com, evil.example'), 'header_malformed'],
      [behind('a.example.com', 'https, http'), 'header_malformed'],
      [{ 'x-forwarded-host': 'a.example.com' }, 'header_missing'],
      [{}, 'header_missing'],
    ];
    for (const [headers, code] of refused) {
      const host = headers['x-forwarded-host'] ?? 'a.example.com';
      await expect(receiver.verify(deliver(`https://${host}/hook`, '/hook', headers))).rejects.toMatchObject({ code });
    }
  });

  it('try only the spellings that the description lists', async () => {
    const spellings: [UrlForm, string][] = [
      ['exact', 'https://example.com/h?q=O%27Neil&b=a+b'],
      ['without_query', 'https://example.com/h'],
      ['with_port', 'https://example.com:443/h?q=O%27Neil&b=a+b'],
      ['without_port', 'https://example.com/h?q=O%27Neil&b=a+b'],
      ['with_port_legacy_query', "https://example.com:443/h?q=O'Neil&b=a%20b"],
      ['without_port_legacy_query', "https://example.com/h?q=O'Neil&b=a%20b"],
      ['decoded', "https://example.com/h?q=O'Neil&b=a+b"],
    ];
    for (const [form, signed] of spellings) {
      const delivery = deliver(signed, '/h?q=O%27Neil&b=a+b');
      const event = await receiverOf('https://example.com', [form]).verify(delivery);
      expect(event.signedUrl).toBe(signed);
      for (const [other, spelling] of spellings) {
        if (spelling === signed) continue;
        await expect(receiverOf('https://example.com', [other]).verify(delivery), `${form} ${other}`).rejects.toThrow();
      }
      await receiverOf('https://example.com', spellings.map(([name]) => name) as [UrlForm]).verify(delivery);
    }
    await receiverOf('https://example.com:8443', ['without_port']).verify(deliver('https://example.com/h', '/h'));
    await receiverOf('http://[::1]:80', ['without_port']).verify(deliver('http://[::1]/h', '/h'));
    await receiverOf('http://example.com', ['with_port']).verify(deliver('http://example.com:80/h', '/h'));
    await receiverOf('https://user:pass@example.com').verify(deliver('https://user:pass@example.com/h', '/h'));
  });

  it('refuse another method, another query, and a query in another order', async () => {
    const receiver = receiverOf('https://example.com');
    const delivery = deliver('https://example.com/h?a=1&b=2', '/h?a=1&b=2');
    await receiver.verify(delivery);
    for (const url of ['/h?b=2&a=1', '/h?a=1&b=3', '/h', '/H?a=1&b=2', '/h/?a=1&b=2']) {
      await expect(receiver.verify({ ...delivery, url })).rejects.toMatchObject({ code: 'signature_mismatch' });
    }
  });

  it('check a digest of the body in the query, which replaces the form', async () => {
    const { createHash } = await import('node:crypto');
    const scheme = hmac({
      hash: 'SHA-256',
      signature: { header: 'x-sig', encoding: 'hex' },
      signs: ['url', { sortedFormOrQueryDigest: { query: 'digest', hash: 'SHA-256' } }],
      ambiguous: true,
    });
    const receiver = createReceiver({
      provider: defineProvider({ name: 'digest', scheme }),
      secrets: K1,
      publicUrl: 'https://example.com',
    });
    const body = bytes('{"a":1}');
    const digest = createHash('sha256').update(body).digest('hex');
    const request = (url: string, signedText: string, content = body) => ({
      url,
      headers: { 'x-sig': createHmac('sha256', K1).update(signedText).digest('hex') },
      body: content,
    });
    const url = `/h?digest=${digest}`;
    await receiver.verify(request(url, `https://example.com${url}`));
    await expect(receiver.verify(request(url, `https://example.com${url}`, bytes('{"a":2}')))).rejects.toMatchObject({
      code: 'signature_mismatch',
    });
    for (const [query, code] of [
      [`digest=${digest}&digest=${digest}`, 'header_repeated'],
      ['digest=', 'signature_mismatch'],
      [`digest=${digest.slice(2)}`, 'signature_mismatch'],
    ]) {
      await expect(receiver.verify(request(`/h?${query}`, `https://example.com/h?${query}`))).rejects.toMatchObject({
        code,
      });
    }
    await receiver.verify(request('/h', 'https://example.com/ha1b2', bytes('b=2&a=1')));
  });

  it('accept only origins as publicUrl', () => {
    for (const bad of [
      'example.com',
      'ftp://example.com',
      'https://example.com/?a=1',
      '',
      1,
      {},
      { trustForwarded: [] },
      { trustForwarded: ['x'] },
    ]) {
      expect(() => receiverOf(bad as never), JSON.stringify(bad)).toThrow(
        expect.objectContaining({ code: 'options_invalid', at: 'publicUrl' }),
      );
    }
  });
});
