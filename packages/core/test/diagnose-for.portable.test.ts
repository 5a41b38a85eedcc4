import { inspect } from 'node:util';
import { createReceiver, defineProvider, hmac, type ReceiverPolicy, type SecretInput } from '@countersign/core';
import { diagnose, diagnoseFor } from '@countersign/core/diagnose';
import { describe, expect, it } from 'vitest';
import { bytes, codeOf, deliveryOf, K1, K2, now, R, receiverOf, sign, signT, T } from './fixtures.ts';

const text = '{"id":"evt_1","note":"bodymark","amount":5}';
const signedR = { 'x-sig': sign(K1, text).toString('hex') };
const slow = { maxMilliseconds: 20_000 };

const U = defineProvider({
  name: 'u',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-sig', encoding: 'hex' },
    signs: ['url', 'body'],
  }),
});

describe('a diagnosis for a receiver', () => {
  it('finds with the secrets of the receiver what diagnose finds with the same ones', async () => {
    const damaged = deliveryOf(signedR, bytes(`${text}\n`));
    const found = await diagnoseFor(receiverOf(R, K1), damaged, slow);
    expect(found).toMatchObject({ verdict: 'cause_found', error: { code: 'signature_mismatch', at: 'x-sig' } });
    expect(found.causes.map(({ code }) => code)).toEqual(['body_trailing_newline']);
    const byHand = await diagnose(damaged, R, K1, { ...slow, clock: () => new Date(now * 1000) });
    expect(found.causes).toEqual(byHand.causes);
    // With another secret nothing is found, so the receiver's secret was used.
    expect(await diagnoseFor(receiverOf(R, K2), damaged, slow)).toMatchObject({ verdict: 'unexplained' });
    expect(await diagnoseFor(receiverOf(R, K1), deliveryOf(signedR, bytes(text)))).toMatchObject({
      verdict: 'verifies',
    });
  });

  it('uses the clock, the window and the public URL of the receiver', async () => {
    const late = deliveryOf({ 'x-sig': signT(K1, now - 400, bytes(text)) }, bytes(text));
    const [cause] = (await diagnoseFor(receiverOf(T, K1), late, slow)).causes;
    expect(cause).toMatchObject({ code: 'timestamp_too_old', certainty: 'proved' });
    expect(await diagnoseFor(receiverOf(T, K1, { toleranceSeconds: 500 }), late)).toMatchObject({
      verdict: 'verifies',
    });

    const url = 'https://example.com/hook';
    const posted = deliveryOf({ 'x-sig': sign(K1, url, text).toString('hex') }, bytes(text), { url: '/hook' });
    const at = (origin: string) => receiverOf(U, K1, { publicUrl: origin });
    expect(await diagnoseFor(at('https://example.com'), posted)).toMatchObject({ verdict: 'verifies' });
    const { causes } = await diagnoseFor(at('http://example.com'), posted, slow);
    expect(causes.map(({ code }) => code)).toEqual(['url_protocol']);
  });

  it('skips the checks that the receiver skips', async () => {
    const late = deliveryOf({ 'x-sig': signT(K1, now - 4000, bytes(text)) }, bytes(`${text}\n`));
    const codesWith = async (policy: Partial<ReceiverPolicy>, secrets: SecretInput = K1) =>
      (await diagnoseFor(receiverOf(T, secrets, policy), late, slow)).causes.map(({ code }) => code);
    expect(await codesWith({})).toEqual(['body_trailing_newline', 'timestamp_too_old']);
    expect(await codesWith({ dangerouslyIgnoreTimestamp: true })).toEqual(['body_trailing_newline']);

    const weak = deliveryOf({ 'x-sig': sign('short', text).toString('hex') }, bytes(text));
    const lenient = receiverOf(R, 'short', { dangerouslyAllowWeakSecrets: true });
    expect(await diagnoseFor(lenient, weak)).toMatchObject({ verdict: 'verifies' });
    expect((await diagnose(weak, R, 'short')).causes.map(({ code }) => code)).toEqual(['secret_refused']);
  });

  it('names the fault of a secret from a resolver', async () => {
    const receiver = receiverOf(R, async () => `${K1}\n`);
    const found = await diagnoseFor(receiver, deliveryOf(signedR, bytes(text)), slow);
    expect(found.error?.code).toBe('secret_invalid');
    expect(found.causes.map(({ code }) => code)).toEqual(['secret_whitespace']);
    expect(JSON.stringify(found)).not.toContain(K1);
  });

  it('refuses a copy of a receiver, which does not know its secrets, and options that the receiver has', async () => {
    const receiver = receiverOf(R, K1);
    const delivery = deliveryOf(signedR, bytes(text));
    expect((await diagnoseFor(receiver, delivery)).verdict).toBe('verifies');
    for (const copy of [{ ...receiver }, Object.assign({}, receiver), undefined])
      expect(await codeOf(diagnoseFor(copy as typeof receiver, delivery))).toBe('options_invalid');
    for (const options of [
      { keys: [] },
      { clock: () => new Date() },
      { publicUrl: 'https://example.com' },
      { secrets: K1 },
    ])
      expect(await codeOf(diagnoseFor(receiver, delivery, options as object))).toBe('options_invalid');
    // A proxy wraps the receiver itself.
    expect((await diagnoseFor(new Proxy(receiver, {}), delivery)).verdict).toBe('verifies');
  });

  it('and the configuration are invisible on a receiver', () => {
    const receiver = createReceiver({ provider: R, secrets: K1, publicUrl: 'https://canary.example' });
    const shown = [inspect(receiver, { depth: 12 }), JSON.stringify(receiver), String(receiver)].join('\n');
    expect(shown).toContain('verify');
    expect(shown).not.toMatch(/Symbol|countersign|canary/);
    expect(Reflect.ownKeys({ ...receiver }).every((key) => typeof key === 'string')).toBe(true);
    const everything = inspect(receiver, { depth: 12, showHidden: true, getters: true });
    for (const leak of [K1, K1.slice(0, 12), 'canary']) expect(everything).not.toContain(leak);
    // The control: the output if it is not hidden.
    expect(inspect({ ...receiver, secrets: K1 })).toContain(K1);
  });
});
