import { memoryStore } from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';
import {
  B,
  buildError,
  bytes,
  codeOf,
  deliveryOf,
  expectRefused,
  K1,
  known,
  now,
  R,
  receiverOf,
  sign,
  signT,
  T,
} from './fixtures.ts';
import { headRefusal } from './head-refusal.ts';

const verifyAt = (time: number | string, policy = {}) =>
  receiverOf(T, K1, policy).verify(deliveryOf({ 'x-sig': signT(K1, time, B) }));

describe('timestamps and replay', () => {
  it('TR-01 TR-02 accepts both edges of the window and refuses one second beyond', async () => {
    await verifyAt(now - 300);
    await verifyAt(now + 300);
    await expectRefused(verifyAt(now - 301), 'timestamp_too_old');
    await expectRefused(verifyAt(now + 301), 'timestamp_in_future');
  });

  it('keeps the edges if the clock is between two seconds', async () => {
    const clock = () => new Date(now * 1000 + 999);
    await verifyAt(now - 300, { clock });
    await expectRefused(verifyAt(now - 301, { clock }), 'timestamp_too_old');
    await expectRefused(verifyAt(now + 301, { clock }), 'timestamp_in_future');
  });

  it('TR-03 TR-04 refuses texts that are not times, with matching MACs', async () => {
    const header = `t=abc,v1=${sign(K1, 'NaN.', B).toString('hex')}`;
    await expectRefused(receiverOf(T, K1).verify(deliveryOf({ 'x-sig': header })), 'malformed_signature');
    for (const time of ['-1', '', '99999999999999999999999', 'NaN', '0'])
      await expectRefused(verifyAt(time), 'malformed_signature');
  });

  it('TR-05 refuses milliseconds in a scheme of seconds and says so', async () => {
    const promise = verifyAt(now * 1000);
    await expectRefused(promise, 'timestamp_in_future');
    await expect(promise).rejects.toThrow(/milliseconds/);
  });

  it('TR-06 TR-07 refuses an invalid tolerance and names the option that turns the check off', () => {
    for (const toleranceSeconds of [Number.NaN, -1, Number.POSITIVE_INFINITY, '300', 0, 86_401, 1.5, null]) {
      const { code, message } = buildError(() => receiverOf(T, K1, { toleranceSeconds: toleranceSeconds as number }));
      expect(code).toBe('options_invalid');
      expect(message).toContain('dangerouslyIgnoreTimestamp');
    }
  });

  it('turns the check off only with its own option', async () => {
    expect((await verifyAt(1, { dangerouslyIgnoreTimestamp: true })).signedAt).toEqual(new Date(1000));
    expect(buildError(() => receiverOf(T, K1, { dangerouslyIgnoreTimestamp: 'yes' as unknown as boolean })).code).toBe(
      'options_invalid',
    );
  });

  it('TR-08 refuses a timestamp moved to now under the old signature', async () => {
    const header = `t=${now + 1},v1=${known.tK1}`;
    await expectRefused(receiverOf(T, K1).verify(deliveryOf({ 'x-sig': header })), 'signature_mismatch');
  });

  it('TR-09 does not use an unsigned timestamp for freshness', async () => {
    const event = await receiverOf(R, K1).verify(deliveryOf({ 'x-sig': known.rK1, 'x-timestamp': String(now) }));
    expect(event.signedAt).toBeUndefined();
    expect(event.signed.timestamp).toBe(false);
  });

  it('TR-10 handles a repeated delivery once', async () => {
    const handle = vi.fn();
    const receiver = receiverOf(T, K1, { dedupe: memoryStore() });
    const delivery = deliveryOf({ 'x-sig': signT(K1, now, B) });
    expect((await receiver.receive(delivery, handle)).kind).toBe('handled');
    expect((await receiver.receive(delivery, handle)).kind).toBe('duplicate');
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('TR-11 TR-12 derives the key from signed material, whatever the unsigned delivery id', async () => {
    const provider = { ...R, eventId: { header: 'x-delivery-id' } };
    for (const body of [B, bytes('{"no":"id"}')]) {
      const handle = vi.fn();
      const receiver = receiverOf(provider, K1, { dedupe: memoryStore() });
      const send = (id: string) =>
        receiver.receive(deliveryOf({ 'x-sig': sign(K1, body).toString('hex'), 'x-delivery-id': id }, body), handle);
      const first = await send('a');
      expect(first).toMatchObject({ kind: 'handled', event: { id: 'a', signed: { id: false } } });
      expect((await send('b')).kind).toBe('duplicate');
      expect(handle).toHaveBeenCalledTimes(1);
    }
  });

  it('TR-13 fails closed if the clock throws or returns no time', async () => {
    const clocks: (() => Date)[] = [
      () => new Date(Number.NaN),
      () => {
        throw new Error('no clock');
      },
      () => undefined as unknown as Date,
    ];
    for (const clock of clocks) {
      expect(await codeOf(verifyAt(now, { clock }))).toBe('options_invalid');
      const receiver = receiverOf(T, K1, { clock });
      expect((await headRefusal(receiver, { headers: { 'x-sig': signT(K1, now, B) } }))?.fault).toBe('receiver');
    }
  });

  it('TR-14 refuses a retention shorter than twice the window or the retry horizon', () => {
    const store = memoryStore();
    expect(buildError(() => receiverOf(T, K1, { dedupe: { store, retentionSeconds: 599 } })).code).toBe(
      'options_invalid',
    );
    receiverOf(T, K1, { dedupe: { store, retentionSeconds: 600 } });
    // An hour more than the horizon: the last retry may come late.
    const retrying = { ...T, retries: { horizonSeconds: 3600 } };
    expect(buildError(() => receiverOf(retrying, K1, { dedupe: { store, retentionSeconds: 7199 } })).code).toBe(
      'options_invalid',
    );
    receiverOf(retrying, K1, { dedupe: { store, retentionSeconds: 7200 } });
  });

  it('TR-15 warns about a secret that two endpoints share and keeps their records apart', async () => {
    const secret = `shared-by-two-endpoints-${Math.random()}`;
    const warnings: string[] = [];
    const dedupe = memoryStore();
    const onWarning = ({ code }: { code: string }) => void warnings.push(code);
    const [a, b] = ['a', 'b'].map((namespace) =>
      receiverOf(T, secret, { dedupe: { store: dedupe, namespace }, onWarning }),
    );
    expect(warnings).toEqual(['shared_secret']);
    const handle = vi.fn(() => ({ status: 201 }));
    const delivery = deliveryOf({ 'x-sig': signT(secret, now, B) });
    expect((await a?.receive(delivery, handle))?.kind).toBe('handled');
    expect((await b?.receive(delivery, handle))?.kind).toBe('handled');
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('refuses a stale timestamp before the body arrives', async () => {
    const receiver = receiverOf(T, K1);
    expect((await headRefusal(receiver, { headers: { 'x-sig': signT(K1, now - 301, B) } }))?.code).toBe(
      'timestamp_too_old',
    );
    expect(await headRefusal(receiver, { headers: { 'x-sig': signT(K1, now, B) } })).toBeUndefined();
  });
});
