import { createHmac } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { defineProvider, defineStore, type HeaderSource, hmac, type Provider } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import {
  B,
  codeOf,
  deliveryOf,
  expectRefused,
  K1,
  K1Base64,
  known,
  now,
  prefixedR,
  R,
  receiverOf,
  S,
  signT,
  standardHeaders,
  T,
} from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const good = `t=${now},v1=${known.tK1}`;
const verifyT = (header: unknown) => receiverOf(T, K1).verify(deliveryOf({ 'x-sig': header } as HeaderSource));
const verifyR = (header: string, provider: Provider = R) =>
  receiverOf(provider, K1).verify(deliveryOf({ 'x-sig': header }));
const verifyS = (signature: string) => receiverOf(S, K1Base64).verify(deliveryOf(standardHeaders(signature)));

describe('header grammar', () => {
  it('HG-01 accepts the baseline', async () => {
    const event = await verifyT(good);
    expect(event).toMatchObject({ provider: 't', id: 'evt_1', type: 't', secretId: '0' });
    expect(event.signed).toEqual({ body: true, id: true, timestamp: true });
    expect(event.signedAt).toEqual(new Date(now * 1000));
  });

  it('HG-02 HG-03 refuses an absent and an empty header before any store call and any handler', async () => {
    for (const headers of [{}, { 'x-sig': '' }, { 'x-sig': undefined }]) {
      let calls = 0;
      const count = async () => {
        calls++;
        throw new Error('never');
      };
      const dedupe = defineStore({ local: true, claim: count, extend: count, complete: count, release: count });
      const receiver = receiverOf(T, K1, { dedupe });
      await expectRefused(receiver.verify(deliveryOf(headers)), 'missing_signature');
      expect((await headRefusal(receiver, { headers }))?.code).toBe('header_missing');
      const outcome = await receiver.receive(deliveryOf(headers), () => void calls++);
      expect(outcome.kind).toBe('rejected');
      expect(calls).toBe(0);
    }
  });

  it('HG-04 HG-05 refuses a header without a signature and one without a timestamp', async () => {
    await expectRefused(verifyT(`t=${now}`), 'malformed_signature');
    await expectRefused(verifyT(`v1=${known.tK1}`), 'malformed_signature');
  });

  it('HG-06 HG-07 accepts another order and ignores unknown keys', async () => {
    await verifyT(`v1=${known.tK1},t=${now}`);
    await verifyT(`t=${now},v0=deadbeef,v1=${known.tK1},v2=xx`);
  });

  it('HG-08 refuses a correct MAC under a key that is not listed', async () => {
    await expectRefused(verifyT(`t=${now},v0=${known.tK1}`), 'malformed_signature');
  });

  it('HG-09 accepts any matching candidate, in either order', async () => {
    await verifyT(`t=${now},v1=${'0'.repeat(64)},v1=${known.tK1}`);
    await verifyT(`t=${now},v1=${known.tK1},v1=${'0'.repeat(64)}`);
  });

  it('HG-10 refuses two timestamps', async () => {
    await expectRefused(verifyT(`t=1,t=${now},v1=${known.tK1}`), 'malformed_signature');
    await expectRefused(verifyT(`t=${now},t=${now},v1=${known.tK1}`), 'malformed_signature');
  });

  it('HG-11 HG-12 refuses every other spelling of the timestamp', async () => {
    const spellings = [
      '1700000000abc',
      '+1700000000',
      ' 1700000000',
      '01700000000',
      '1700000000.0',
      '1.7e9',
      '0x6553f100',
    ];
    for (const spelling of spellings) {
      await expectRefused(verifyT(`t=${spelling},v1=${known.tK1}`), 'malformed_signature');
      await expectRefused(verifyT(signT(K1, spelling, B)), 'malformed_signature');
    }
  });

  it('HG-13 refuses keys in upper case', async () => {
    await expectRefused(verifyT(`T=${now},V1=${known.tK1}`), 'malformed_signature');
  });

  it('HG-14 refuses more than 16 candidates and accepts 16', async () => {
    const junk = (count: number) =>
      Array.from({ length: count }, (_, index) => `v1=${String(index).padStart(64, '0')}`).join(',');
    await expectRefused(verifyT(`t=${now},${junk(64)},v1=${known.tK1}`), 'malformed_signature');
    await expectRefused(verifyT(`t=${now},${junk(16)},v1=${known.tK1}`), 'malformed_signature');
    await verifyT(`t=${now},${junk(15)},v1=${known.tK1}`);
  });

  it('HG-15 refuses a header of 8,193 characters before parsing it', async () => {
    await expectRefused(verifyT(`${good},x=${'a'.repeat(8193 - good.length - 3)}`), 'malformed_signature');
    await verifyT(`${good},x=${'a'.repeat(8192 - good.length - 3)}`);
  });

  it('HG-16 HG-17 refuses a repeated header in each order, joined or in separate lines', async () => {
    const junk = `t=${now},v1=${'0'.repeat(64)}`;
    for (const [first, second] of [
      [good, junk],
      [junk, good],
      [good, good],
    ] as const) {
      await expectRefused(verifyT(`${first}, ${second}`), 'malformed_signature');
      await expectRefused(
        receiverOf(T, K1).verify(
          deliveryOf([
            ['x-sig', first],
            ['X-Sig', second],
          ]),
        ),
        'malformed_signature',
      );
      const headers = new Headers([
        ['x-sig', first],
        ['x-sig', second],
      ]);
      await expectRefused(receiverOf(T, K1).verify(deliveryOf(headers)), 'malformed_signature');
      await expectRefused(verifyR(`${known.rK1}, ${known.rK1}`), 'malformed_signature');
      await expectRefused(verifyS(`${known.sK1}, ${known.sK1}`), 'malformed_signature');
    }
  });

  it('HG-18 HG-19 refuses a missing and a different prefix', async () => {
    await verifyR(`sha256=${known.rK1}`, prefixedR);
    await expectRefused(verifyR(known.rK1, prefixedR), 'malformed_signature');
    const sha1 = createHmac('sha1', K1).update(B).digest('hex');
    await expectRefused(verifyR(`sha1=${sha1}`, prefixedR), 'malformed_signature');
    await expectRefused(verifyR(`sha256=${sha1}`, prefixedR), 'malformed_signature');
  });

  it('HG-20 HG-21 accepts a list separated by spaces and refuses another tag', async () => {
    const bad = `v1,${Buffer.alloc(32).toString('base64')}`;
    await verifyS(`${bad} ${known.sK1}`);
    await expectRefused(verifyS(known.sK1.replace('v1,', 'v1a,')), 'malformed_signature');
    await expectRefused(verifyS(`v1,${Buffer.alloc(64).toString('base64')}`), 'malformed_signature');
  });

  it('HG-22 gives the same verdict for every form of headers, with names in any case', async () => {
    const message = new IncomingMessage(new Socket());
    message.headers['x-sig'] = good;
    const forms: HeaderSource[] = [
      new Headers({ 'X-SIG': good }),
      { 'X-Sig': good, other: 'x' },
      new Map([['x-SIG', good]]),
      [['X-sig', good]],
      message.headers,
      { 'x-sig': [good] },
    ];
    for (const headers of forms) {
      expect((await receiverOf(T, K1).verify(deliveryOf(headers))).id).toBe('evt_1');
    }
  });

  it('HG-23 refuses a record with two spellings of the name', async () => {
    const verify = (headers: HeaderSource) => codeOf(receiverOf(T, K1).verify(deliveryOf(headers)));
    expect(await verify({ 'X-Sig': good, 'x-sig': 'junk' })).toBe('header_repeated');
    expect(await verify({ 'x-sig': good, 'X-SIG': good })).toBe('header_repeated');
  });

  it('HG-24 accepts an array of one value and refuses an array of two', async () => {
    await verifyT([good]);
    expect(await codeOf(verifyT([good, good]))).toBe('header_repeated');
    expect(await codeOf(verifyT([]))).toBe('header_missing');
  });

  it('refuses an iterable that can be iterated only once, with a hint', async () => {
    const once = (function* () {
      yield ['x-sig', good] as const;
    })();
    expect(await codeOf(receiverOf(T, K1).verify(deliveryOf(once)))).toBe('options_invalid');
  });

  it('ignores a header on the prototype', async () => {
    const headers = Object.create({ 'x-sig': good }) as Record<string, string>;
    expect(await codeOf(receiverOf(T, K1).verify(deliveryOf(headers)))).toBe('header_missing');
  });

  it('refuses a delimiter inside a signed id', async () => {
    const id = 'msg.1';
    const signature = `v1,${createHmac('sha256', K1).update(`${id}.${now}.`).update(B).digest('base64')}`;
    expect(await codeOf(receiverOf(S, K1Base64).verify(deliveryOf(standardHeaders(signature, id))))).toBe(
      'header_malformed',
    );
  });

  it('parses hostile headers in time', async () => {
    for (const piece of ['t=1,', '=', ',', 'v1=', 't=1', ' ', 'v1=,']) {
      // The best of three, since the machine may be busy.
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 3; round++) {
        const startedAt = performance.now();
        await codeOf(verifyT(piece.repeat(Math.floor(8192 / piece.length))));
        best = Math.min(best, performance.now() - startedAt);
      }
      expect(best).toBeLessThan(50);
    }
  });

  it('requires a guard header if the description names one', async () => {
    const signature = { header: 'x-sig', encoding: 'hex' } as const;
    const scheme = hmac({ hash: 'SHA-256', signature, signs: ['body'], guards: { 'X-Version': '1' } });
    const guarded = defineProvider({ name: 'guarded', scheme });
    const receiver = receiverOf(guarded, K1);
    await receiver.verify(deliveryOf({ 'x-sig': known.rK1, 'x-version': '1' }));
    expect(await codeOf(receiver.verify(deliveryOf({ 'x-sig': known.rK1, 'x-version': '2' })))).toBe(
      'header_malformed',
    );
    expect(await codeOf(receiver.verify(deliveryOf({ 'x-sig': known.rK1 })))).toBe('header_missing');
  });
});
