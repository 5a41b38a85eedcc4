import { createReceiver, isWebhookError } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { canSign, makeKeys, roomForSignatures, signDelivery, type Wish } from './generated-deliveries.ts';
import { presets } from './presets.ts';
import { deliveryOf, otherSecretOf, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

const at = 1_795_251_600;
const signable = [...presets].filter(([, preset]) => canSign(preset));

it('makes deliveries for every preset that signs headers and body as they are', () => {
  expect(signable.length).toBeGreaterThanOrEqual(70);
});

describe.each(signable)('generated deliveries of %s', (_, provider) => {
  const [first, second] = makeKeys(provider) as [
    ReturnType<typeof makeKeys>[number],
    ReturnType<typeof makeKeys>[number],
  ];
  const { material, signed } = provider.scheme;
  const { signs } = provider.scheme.description as { signs: readonly unknown[] };
  const receiverWith = (given: readonly string[], now = at, other: object = {}) =>
    createReceiver({
      provider,
      ...(material === 'secrets' ? { secrets: given } : { keys: given }),
      clock: () => new Date(now * 1000),
      publicUrl: 'https://example.com',
      onWarning: () => {},
      ...other,
    } as never);
  const deliver = (wish: Partial<Wish> = {}) => signDelivery(provider, { at, keys: [first.signing], ...wish });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error: unknown) => (isWebhookError(error) && error.fault === 'sender' ? error.code : `${error}`),
    );

  it('are accepted while a key is replaced, whichever stands first, and refused by another key', async () => {
    const delivery = deliver();
    for (const given of [[first.given], [first.given, second.given], [second.given, first.given]]) {
      const event = await receiverWith(given).verify(delivery);
      expect(event.secretId).toBe(String(given.indexOf(first.given)));
    }
    expect(await codeOf(receiverWith([second.given]).verify(delivery))).toBe('signature_mismatch');
  });

  if (roomForSignatures(provider) > 1) {
    it('are accepted with two signatures, in each order, by each of two keys', async () => {
      for (const keys of [
        [first.signing, second.signing],
        [second.signing, first.signing],
      ]) {
        const delivery = deliver({ keys });
        for (const given of [[first.given], [second.given], [first.given, second.given], [second.given, first.given]]) {
          await receiverWith(given).verify(delivery);
        }
      }
    });
  }

  it('are refused without any one of their headers, and with any of them cut short, repeated or garbled', async () => {
    const delivery = deliver();
    const receiver = receiverWith([first.given]);
    for (const [name, value] of Object.entries(delivery.headers as Record<string, string>)) {
      const variants: unknown[] = [
        undefined,
        '',
        value.slice(0, -1),
        `${value},`,
        `${value}=`,
        ' ',
        'é',
        [value, value],
        value + value,
      ];
      for (const changed of variants) {
        const headers = { ...(delivery.headers as object), [name]: changed } as never;
        const code = await codeOf(receiver.verify({ ...delivery, headers }));
        expect(code, `${name}: ${JSON.stringify(changed)}`).toMatch(/^[a-z_]+$/);
        expect(code, `${name}: ${JSON.stringify(changed)}`).not.toBe('accepted');
      }
    }
  });

  const parts = ['body', 'timestamp', 'id', 'nonce', 'url', 'method'] as const;
  const changeable = parts.filter((part) => signs.includes(part));
  it.each(changeable)('are refused with another %s than was signed', async (part) => {
    const receiver = receiverWith(
      [first.given],
      at,
      part === 'method' ? { provider: { ...provider, methods: ['GET', 'POST'] } } : {},
    );
    const code = await codeOf(receiver.verify(deliver({ tamper: part })));
    expect(code).toBe('signature_mismatch');
  });

  if (signed.timestamp) {
    const { toleranceSeconds = 300 } = provider;
    it('are refused when stale, from the future, and in the wrong unit', async () => {
      const receiver = receiverWith([first.given]);
      for (const offset of [-toleranceSeconds, 0, toleranceSeconds])
        await receiver.verify(deliver({ at: at + offset }));
      expect(await codeOf(receiver.verify(deliver({ at: at - toleranceSeconds - 1 })))).toBe('timestamp_too_old');
      expect(await codeOf(receiver.verify(deliver({ at: at + toleranceSeconds + 1 })))).toBe('timestamp_too_new');
      expect(await codeOf(receiver.verify(deliver({ isWrongUnit: true })))).toMatch(/^timestamp_/);
    });
  }
});

// The signer above could be wrong in the same way as the verifier: its presets are those whose recorded deliveries, which
// other code signed, the same receivers accept and refuse.
it('covers presets alone whose recorded deliveries were signed by other code', async () => {
  for (const [id] of signable) {
    const recorded = recordedDeliveries.find(([, { provider }]) => provider === id)?.[1];
    if (recorded === undefined) expect.unreachable(id);
    await receiverOf(recorded).verify(deliveryOf(recorded));
    if (recorded.secret === undefined) continue;
    await expect(
      receiverOf(recorded, { secret: otherSecretOf(recorded) }).verify(deliveryOf(recorded)),
    ).rejects.toThrow();
  }
});
