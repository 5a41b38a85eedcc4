/** Cases of the adversarial battery with answers that were computed elsewhere, through a real server. */

import { defineProvider, memoryStore, rawBodyHmac } from '@countersign/core';
import { webhook } from '@countersign/express';
import type { RequestHandler } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  closeAll,
  frameworks,
  mac,
  mounter,
  post,
  R,
  raw,
  receiverOf,
  secret,
  seen,
  signedR,
  signedT,
  T,
} from './server.ts';

const B = '{"id":"evt_1","type":"t","n":475.50}';
const now = 1_700_000_000;
const clock = () => new Date(now * 1000);
const good = '062d2e588776f58e11983cfdb83c32a8e181ec277bd717e7cd4629234cdcd13e';
const goodR = 'ebb4113dfad4d4b836de3823659d6239892baf9e64eb5fee3a23338491da0165';
const bytesR = defineProvider({ name: 'bytes', scheme: rawBodyHmac({ header: 'x-sig' }), payload: 'bytes' });

afterEach(closeAll);

describe.each(frameworks)('known answers through %s', (_, express) => {
  const mount = mounter(express);

  it('HG-01 HG-06 BB-01 accepts what was signed elsewhere', async () => {
    const t = receiverOf(T, { clock });
    const r = receiverOf(R, { clock });
    const bodies: string[] = [];
    const { url } = await mount((app) => {
      app.post('/t', webhook(t.receiver, () => undefined) as RequestHandler);
      app.post('/r', webhook(r.receiver, (event) => void bodies.push(event.text())) as RequestHandler);
    });
    for (const header of [`t=${now},v1=${good}`, `v1=${good},t=${now}`])
      expect((await post(`${url}/t`, B, { 'x-sig': header })).status).toBe(200);
    expect((await post(`${url}/r`, B, { 'x-sig': goodR })).status).toBe(200);
    expect(bodies).toEqual([B]);
  });

  it('TR-01 TR-02 has a window of 300 s, inclusive, on both sides', async () => {
    const { receiver, reasons } = receiverOf(T, { clock });
    const { url } = await mount((app) => app.post('/hook', webhook(receiver, () => undefined) as RequestHandler));
    const statuses = [];
    for (const offset of [-300, -301, 300, 301])
      statuses.push((await post(`${url}/hook`, B, signedT(B, now + offset))).status);
    expect(statuses).toEqual([200, 401, 200, 401]);
    expect(reasons()).toEqual(['handled', 'timestamp_too_old', 'handled', 'timestamp_too_new']);
  });

  it('IL-01 answers every cause alike, byte for byte, whether the body was read before or not', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const handle = vi.fn();
    const { receiver, reasons } = receiverOf(T, {
      clock,
      dedupe: store,
      secrets: ({ url }) => (url === '/hooks/known' ? secret : []),
    });
    const r = receiverOf(R, { clock, dedupe: store });
    const { url } = await mount((app) => {
      app.post('/hooks/:tenant', webhook(receiver, handle) as RequestHandler);
      app.post('/r', webhook(r.receiver, handle) as RequestHandler);
    });
    const large = `{"id":"${'x'.repeat(100_000)}"}`;
    for (const body of [B, large]) {
      const match = mac(`${now}.`, body);
      const causes: [path: string, headers: Record<string, string>][] = [
        ['known', {}],
        ['known', { 'x-sig': '' }],
        ['known', { 'x-sig': `t=${now}` }],
        ['known', { 'x-sig': `v1=${match}` }],
        ['known', { 'x-sig': `t=${now},v0=${match}` }],
        ['known', { 'x-sig': `t=1,t=${now},v1=${match}` }],
        ['known', { 'x-sig': `t=${now}abc,v1=${match}` }],
        ['known', { 'x-sig': `t=${now},v1=${match.slice(0, 62)}` }],
        ['known', { 'x-sig': `t=${now},v1=${match}zz` }],
        ['known', { 'x-sig': `t=${now},v1=${'é'.repeat(64)}` }],
        ['known', { 'x-sig': 'abc' }],
        ['known', { 'x-sig': `t=${now},v1=${'0'.repeat(64)}` }],
        ['known', { 'x-sig': 'x'.repeat(8193) }],
        ['known', signedT(body, now - 301)],
        ['known', signedT(body, now + 301)],
        ['known', signedT(`${body} `, now)],
        ['unknown', signedT(body, now)],
      ];
      const answers = new Set<string>();
      for (const [tenant, headers] of causes) answers.add(await seen(post(`${url}/hooks/${tenant}`, body, headers)));
      for (const header of ['', 'abc', mac(body).slice(0, 62), `${mac(body)}zz`, mac(`${body}\n`)])
        answers.add(await seen(post(`${url}/r`, body, { 'x-sig': header })));
      expect([...answers], `a body of ${body.length}`).toHaveLength(1);
      expect([...answers][0]).toMatch(/^\[401,/);
    }
    expect(new Set(reasons())).toEqual(
      new Set([
        'header_missing',
        'header_malformed',
        'timestamp_malformed',
        'timestamp_too_old',
        'timestamp_too_new',
        'signature_mismatch',
        'key_unknown',
      ]),
    );
    expect(handle).not.toHaveBeenCalled();
    expect(claim).not.toHaveBeenCalled();
  });

  it('IL-01 keeps the same answer for a chunked body', async () => {
    const { receiver } = receiverOf(T, { clock });
    const { port } = await mount((app) => app.post('/hook', webhook(receiver, () => undefined) as RequestHandler));
    const answers = new Set<string>();
    for (const header of ['abc', `t=${now},v1=${'0'.repeat(64)}`, signedT(B, now - 301)['x-sig']]) {
      const head = `POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Sig: ${header}\r\n\r\n`;
      const text = await raw(port, [head, `${B.length.toString(16)}\r\n${B}\r\n0\r\n\r\n`], 1500);
      answers.add(text.replace(/date: .*\r\n/i, ''));
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^HTTP\/1\.1 401/);
  });

  it('BB-05 BB-08 BB-15 RX-06 hands on exactly the bytes that were signed, where the payload is bytes', async () => {
    const { receiver } = receiverOf(bytesR, { clock });
    const got: Buffer[] = [];
    const { url } = await mount((app) =>
      app.post('/hook', webhook(receiver, (event) => void got.push(Buffer.from(event.body))) as RequestHandler),
    );
    const random = Buffer.alloc(1_048_576);
    for (let index = 0, state = 7; index < random.length; index++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      random[index] = state >>> 24;
    }
    const bodies = [Buffer.from([0x7b, 0xff, 0x7d]), Buffer.alloc(0), random, Buffer.from('['.repeat(100_000))];
    for (const body of bodies) expect((await post(`${url}/hook`, body, signedR(body))).status).toBe(200);
    expect(got.map((bytes, index) => bytes.equals(bodies[index] as Buffer))).toEqual([true, true, true, true]);
    const empty = '796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2';
    expect((await post(`${url}/hook`, '', { 'x-sig': empty })).status).toBe(200);
  });

  it('SR-11 answers 503 when the search for the secret fails, and the store is never asked', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const { receiver, reasons } = receiverOf(T, {
      clock,
      dedupe: store,
      secrets: () => Promise.reject(new Error('down')),
    });
    const { url } = await mount((app) => app.post('/hook', webhook(receiver, () => undefined) as RequestHandler));
    const response = await post(`${url}/hook`, B, signedT(B, now));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(reasons()).toEqual(['key_unavailable']);
    expect(claim).not.toHaveBeenCalled();
  });
});
