import { createReceiver, type Delivery, isWebhookError, type Provider } from '@countersign/core';
import type { SignatureDescription, SignedPart } from '@countersign/core/describe';
import {
  createSigningKeys,
  type SignedDelivery,
  type SigningOptions,
  signDelivery,
} from '@countersign/testing/signing';
import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';
import { deliveryOf, otherSecretOf, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

const at = 1_795_251_600;
const body = '{"id":"evt_1","type":"t","note":"Zoë  \\u20ac"}';
const url = 'https://example.com/hooks?a=1';
const signable = [...presets].filter(([, preset]) => hasAllInHeaders(preset));

function descriptionOf({ scheme }: Provider): SignatureDescription {
  return scheme.description as SignatureDescription;
}

/** Whether all values stand in headers and the body is signed as it is. */
function hasAllInHeaders(provider: Provider): boolean {
  const { kind, description } = provider.scheme;
  if (kind !== 'hmac' && kind !== 'public_key') return false;
  const { signature, timestamp, signs } = descriptionOf(provider);
  const isPlain = (part: SignedPart) => (typeof part === 'string' ? part !== 'sorted_form' : 'text' in part);
  const places = [signature, timestamp ?? []].flat();
  return (
    places.every((place) => 'header' in place) && signs.every(isPlain) && !('certificate' in (description as object))
  );
}

/** Whether a delivery of this preset has room for two signatures. */
function hasRoom(provider: Provider): boolean {
  const sources = [descriptionOf(provider).signature].flat();
  return sources.length > 1 || sources[0]?.key !== undefined || sources[0]?.separator !== undefined;
}

/** Headers that tell of the event without being signed. */
function unsignedHeadersOf(provider: Provider): string[] {
  const { eventId, eventType, scheme } = provider;
  const { id } = descriptionOf(provider);
  const names = [eventId, eventType].flatMap((source) =>
    source !== undefined && 'header' in source ? source.header : [],
  );
  const isSigned = (name: string) => scheme.signed.id && id?.header.toLowerCase() === name;
  return ['content-type', ...names.map((name) => name.toLowerCase())].filter((name) => !isSigned(name));
}

/** Another value in the place of one that was signed. */
function tampered(delivery: SignedDelivery, provider: Provider, part: string): Delivery {
  const { id, nonce, timestamp } = descriptionOf(provider);
  const header = (name: string, value: string) => ({
    ...delivery,
    headers: { ...delivery.headers, [name.toLowerCase()]: value },
  });
  if (part === 'body') return { ...delivery, body: new TextEncoder().encode(body.replace('evt_1', 'evt_2')) };
  if (part === 'url') return { ...delivery, url: delivery.url.replace('a=1', 'a=2') };
  if (part === 'method') return { ...delivery, method: delivery.method === 'GET' ? 'POST' : 'GET' };
  if (part === 'id') return header(id?.header as string, 'msg_changed');
  if (part === 'nonce') return header(nonce?.header as string, '8467321905');
  const name = (timestamp as { header: string }).header.toLowerCase();
  const texts = (seconds: number) => [String(seconds), new Date(seconds * 1000).toISOString()];
  let later = delivery.headers[name] as string;
  for (const [index, text] of texts(at).entries()) later = later.replace(text, texts(at + 1)[index] as string);
  return header(name, later);
}

function isList(provider: Provider): boolean {
  return [descriptionOf(provider).signature].flat().some(({ key, separator }) => (key ?? separator) !== undefined);
}

/** The same preset with seconds for milliseconds, and the reverse. */
function inWrongUnit(provider: Provider): Provider {
  const description = descriptionOf(provider);
  const { timestamp } = description;
  const unit = timestamp?.unit === 'seconds' ? 'milliseconds' : 'seconds';
  return {
    ...provider,
    scheme: { ...provider.scheme, description: { ...description, timestamp: { ...timestamp, unit } } },
  } as Provider;
}

it('makes deliveries for every preset that signs headers and body as they are', () => {
  expect(signable.length).toBeGreaterThanOrEqual(70);
});

describe.each(signable)('generated deliveries of %s', (_, provider) => {
  const [first, second] = [createSigningKeys(provider), createSigningKeys(provider)];
  const givenOf = (keys: typeof first) => Object.values(keys.receiver)[0] as string;
  const [one, other] = [givenOf(first), givenOf(second)];
  const { material, signed } = provider.scheme;
  const { signs } = provider.scheme.description as { signs: readonly unknown[] };
  const receiverWith = (given: readonly string[], now = at, more: object = {}) =>
    createReceiver({
      provider,
      ...(material === 'secrets' ? { secrets: given } : { keys: given }),
      clock: () => new Date(now * 1000),
      publicUrl: 'https://example.com',
      onWarning: () => {},
      ...more,
    } as never);
  const deliver = ({ seconds = at, ...options }: SigningOptions & { seconds?: number } = {}, signer = provider) =>
    signDelivery(signer, {
      ...first.signing,
      at: new Date(seconds * 1000),
      body,
      url,
      id: 'msg_generated',
      ...options,
    });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error: unknown) => (isWebhookError(error) && error.fault === 'sender' ? error.code : `${error}`),
    );

  it('are accepted while a key is replaced, whichever stands first, and refused by another key', async () => {
    const delivery = await deliver();
    for (const given of [[one], [one, other], [other, one]]) {
      const event = await receiverWith(given).verify(delivery);
      expect(event.secretId).toBe(String(given.indexOf(one)));
    }
    expect(await codeOf(receiverWith([other]).verify(delivery))).toBe('signature_mismatch');
  });

  if (hasRoom(provider)) {
    it('are accepted with two signatures, in each order, by each of two keys', async () => {
      const [left, right] = [Object.values(first.signing)[0] as string, Object.values(second.signing)[0] as string];
      for (const pair of [
        [left, right],
        [right, left],
      ]) {
        const delivery = await deliver('secret' in first.signing ? { secret: pair } : { privateKey: pair });
        for (const given of [[one], [other], [one, other], [other, one]]) await receiverWith(given).verify(delivery);
      }
    });
  }

  it('are refused without any one of their headers, and with any of them cut short, repeated or garbled', async () => {
    const delivery = await deliver();
    const receiver = receiverWith([one]);
    const unsigned = unsignedHeadersOf(provider);
    for (const [name, value] of Object.entries(delivery.headers)) {
      if (unsigned.includes(name)) continue;
      const variants: unknown[] = [
        undefined,
        '',
        value.slice(0, -1),
        `${value}=`,
        ' ',
        'é',
        [value, value],
        // Of a list, what cannot be read is passed over: one entry that can is left in these.
        ...(isList(provider) ? [] : [`${value},`, value + value]),
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
      [one],
      at,
      part === 'method' ? { provider: { ...provider, methods: ['GET', 'POST'] } } : {},
    );
    const code = await codeOf(receiver.verify(tampered(await deliver(), provider, part)));
    expect(code).toBe('signature_mismatch');
  });

  if (signed.timestamp) {
    const { toleranceSeconds = 300 } = provider;
    const { past, future } =
      typeof toleranceSeconds === 'number' ? { past: toleranceSeconds, future: toleranceSeconds } : toleranceSeconds;
    it('are refused when stale, from the future, and in the wrong unit', async () => {
      const receiver = receiverWith([one]);
      for (const offset of [-past, 0, future]) await receiver.verify(await deliver({ seconds: at + offset }));
      const codeAt = async (seconds: number) => codeOf(receiver.verify(await deliver({ seconds })));
      expect(await codeAt(at - past - 1)).toBe('timestamp_too_old');
      expect(await codeAt(at + future + 1)).toBe('timestamp_too_new');
      expect(await codeOf(receiver.verify(await deliver({}, inWrongUnit(provider))))).toMatch(/^timestamp_/);
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
