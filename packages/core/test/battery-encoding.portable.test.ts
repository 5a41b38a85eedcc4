import type { HeaderSource } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import {
  B,
  buildError,
  codeOf,
  deliveryOf,
  expectRefused,
  K1,
  K1Base64,
  known,
  prefixedR,
  R,
  receiverOf,
  S,
  standardHeaders,
} from './fixtures.ts';

const verifyR = (header: unknown) => receiverOf(R, K1).verify(deliveryOf({ 'x-sig': header } as HeaderSource));
const verifyS = (signature: string) => receiverOf(S, K1Base64).verify(deliveryOf(standardHeaders(signature)));

describe('encodings', () => {
  it('EN-01 accepts hex in upper case with the same dedupe key', async () => {
    const upper = await verifyR(known.rK1.toUpperCase());
    const lower = await verifyR(known.rK1);
    expect(await upper.identity()).toEqual(await lower.identity());
  });

  it('EN-02 EN-03 EN-04 EN-05 refuses hex that is one character short, cut off, too long or followed by junk', async () => {
    for (const header of [
      known.rK1.slice(1),
      known.rK1.slice(0, 62),
      `${known.rK1}00`,
      `${known.rK1}zz`,
      `${known.rK1.slice(0, 62)}zz`,
    ]) {
      await expectRefused(verifyR(header), 'malformed_signature');
    }
  });

  it('EN-06 refuses text of the right length with other characters', async () => {
    await expectRefused(verifyR('é'.repeat(64)), 'malformed_signature');
    await expectRefused(verifyR('０'.repeat(64)), 'malformed_signature');
  });

  it('EN-07 refuses an empty MAC after the prefix', async () => {
    await expectRefused(receiverOf(prefixedR, K1).verify(deliveryOf({ 'x-sig': 'sha256=' })), 'malformed_signature');
  });

  it('EN-08 EN-09 EN-10 EN-11 refuses base64 that is not canonical, base64url, broken by a newline, or hex', async () => {
    const mac = known.sK1.slice(3);
    await verifyS(`v1,${mac}`);
    const others = [
      mac.replace('52Y=', '52Z='),
      mac.replace('=', ''),
      `${mac}=`,
      `${mac.slice(0, 10)}\n${mac.slice(10)}`,
      Buffer.from(mac, 'base64').toString('hex'),
    ];
    for (const other of others) await expectRefused(verifyS(`v1,${other}`), 'malformed_signature');
    // A blank at the end is an empty entry of the list, and servers trim it.
    await verifyS(`v1,${mac} `);
    // The known answer contains neither + nor /, so this case makes a signature that does.
    const slashed = Buffer.alloc(32, 0xff).toString('base64');
    expect(await codeOf(verifyS(`v1,${slashed}`))).toBe('signature_mismatch');
    await expectRefused(verifyS(`v1,${slashed.replaceAll('/', '_')}`), 'malformed_signature');
  });

  it('EN-12 refuses a signature that is not text', async () => {
    for (const header of [42, {}, { toString: () => known.rK1 }, [{}], Buffer.from(known.rK1), true]) {
      await expectRefused(verifyR(header), 'malformed_signature');
    }
    expect(await codeOf(verifyR(null))).toBe('header_missing');
  });

  it('EN-13 refuses a secret that does not decode, without revealing it', () => {
    const { code, message } = buildError(() => receiverOf(S, 'whsec_!!!notbase64'));
    expect(code).toBe('secret_invalid');
    expect(message).not.toContain('notbase64');
  });

  it('compares signatures of the exact bytes, as a control', async () => {
    expect((await verifyR(known.rK1)).body).toBe(B);
    expect(await codeOf(verifyR(known.rK1.replace(/^./, 'a')))).toBe('signature_mismatch');
  });
});
