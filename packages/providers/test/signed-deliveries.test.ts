/** What `signDelivery` makes of each preset, against the receiver, and against what others have signed. */

import { generateKeyPairSync } from 'node:crypto';
import { createReceiver, isWebhookError, type Provider } from '@countersign/core';
import { canSign, createSigningKeys, type SigningOptions, signDelivery } from '@countersign/testing';
import { sign as signForGithub } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { github } from '../src/github.ts';
import { standardWebhooks } from '../src/standard-webhooks.ts';
import { stripe } from '../src/stripe.ts';
import { presets } from './presets.ts';

const at = new Date(1_795_251_600_000);
/** Senders whose keys come by certificates, which tests of their own cover. */
const byCertificate = ['apple-app-store-v2', 'aws-sns', 'paypal'];
/** A token that the receiver keeps. */
const byStoredToken = ['clockify-addon'];
const plain = [...presets].filter(([id]) => ![...byCertificate, ...byStoredToken].includes(id));

function receiverOf(provider: Provider, given: object) {
  return createReceiver({
    provider,
    ...given,
    clock: () => at,
    publicUrl: 'https://example.com',
    onWarning: () => undefined,
  } as never);
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (isWebhookError(error) ? error.code : String(error)),
  );

it('can sign for every preset', () => {
  expect([...presets].filter(([, provider]) => !canSign(provider)).map(([id]) => id)).toEqual([]);
});

describe.each(plain)('a delivery signed for %s', (_, provider) => {
  const keys = createSigningKeys(provider);
  const sign = (options: SigningOptions = {}) => signDelivery(provider, { ...keys.signing, at, ...options });

  it('is accepted by its receiver, with the id and the type asked for where the sender has places for them', async () => {
    const delivery = await sign({ id: '4711', type: 'thing.done' });
    const event = await receiverOf(provider, keys.receiver).verify({
      ...delivery,
      url: delivery.url.slice('https://example.com'.length),
    });
    const [only = event] = event.split();
    if (provider.eventId !== undefined && !('join' in provider.eventId)) expect(only.id).toBeDefined();
    if (provider.eventType !== undefined && !('join' in provider.eventType)) expect(only.type).toBe('thing.done');
  });

  it('is refused by a receiver with another secret or key', async () => {
    const { receiver } = createSigningKeys(provider);
    expect(await codeOf(receiverOf(provider, receiver).verify(await sign()))).toMatch(
      /^(?:signature_mismatch|key_unknown|token_invalid)$/,
    );
  });

  it('is refused where the scheme signs a time, signed a day earlier or later', async () => {
    if (!provider.scheme.signed.timestamp) return;
    for (const days of [-1.1, 1.1]) {
      const delivery = await sign({ at: new Date(at.getTime() + days * 86_400_000) });
      expect(await codeOf(receiverOf(provider, keys.receiver).verify(delivery))).toMatch(
        /^(?:timestamp_too_(?:old|new)|token_(?:expired|invalid))$/,
      );
    }
  });
});

describe('signDelivery', () => {
  it('makes the very headers that senders’ own packages make', async () => {
    const body = '{"id":"evt_1","note":"Zoë 東京"}';
    const seconds = at.getTime() / 1000;
    const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
    const byStripe = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds });
    expect((await signDelivery(stripe, { secret, at, body })).headers['stripe-signature']).toBe(byStripe);
    const byStandard = new Webhook(secret).sign('msg_1', at, body);
    const standard = await signDelivery(standardWebhooks, { secret, at, body, id: 'msg_1' });
    expect(standard.headers).toMatchObject({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': byStandard,
    });
    const forGithub = await signDelivery(github, { secret, body });
    expect(forGithub.headers['x-hub-signature-256']).toBe(await signForGithub(secret, body));
  });

  it.each(['contentful', 'integrated-finance'])(
    'puts the time of creation into its header, unless a header is given: %s',
    async (id) => {
      const provider = presets.get(id) as Provider;
      const { signing, receiver } = createSigningKeys(provider);
      const verified = async (headers = {}) =>
        receiverOf(provider, receiver).verify(await signDelivery(provider, { ...signing, at, headers }));
      expect((await verified()).createdAt).toEqual(at);
      const { header } = provider.eventCreatedAt as { readonly header: string };
      const other = '2020-01-01T00:00:00.000Z';
      expect((await verified({ [header]: other })).createdAt).toEqual(new Date(other));
    },
  );

  it('refuses an id, a type or a header that would begin a header of its own', async () => {
    const secret = 'secret-of-the-test-0123456789abcdef';
    const odd = 'push\r\nx-other: 1';
    for (const options of [{ type: odd }, { id: odd }, { headers: { 'x-odd': odd } }, { type: 'a\u001b[31m' }])
      await expect(signDelivery(github, { secret, ...options })).rejects.toThrow(/control characters/);
    expect((await signDelivery(github, { secret, headers: { 'x-odd': 'a\tb ü' } })).headers['x-odd']).toBe('a\tb ü');
  });

  it('signs with each of several secrets where the scheme has room, and says so where it has none', async () => {
    const secret = ['first-secret-of-sixteen', 'second-secret-of-sixteen'];
    const delivery = await signDelivery(stripe, { secret, at });
    for (const one of secret) {
      expect((await receiverOf(stripe, { secrets: one }).verify(delivery)).provider).toBe('stripe');
    }
    await expect(signDelivery(github, { secret })).rejects.toThrow(/room for one signature/);
  });

  it('puts the digest of a body that is no form into the address, where the sender does so', async () => {
    const provider = presets.get('twilio') as Provider;
    const { signing, receiver } = createSigningKeys(provider);
    const delivery = await signDelivery(provider, { ...signing, body: '{"CallSid":"CA1"}' });
    expect(new URL(delivery.url).searchParams.get('bodySHA256')).toMatch(/^[0-9a-f]{64}$/);
    expect((await receiverOf(provider, receiver).verify(delivery)).payload).toEqual({ CallSid: 'CA1' });
    const other = { ...delivery, body: Buffer.from('{"CallSid":"CA2"}') };
    expect(await codeOf(receiverOf(provider, receiver).verify(other))).toBe('signature_mismatch');
  });

  it('takes a private key as PEM, as JWK and as Node’s own', async () => {
    const provider = presets.get('discord') as Provider;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keys = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const forms = [
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      privateKey.export({ format: 'jwk' }) as Record<string, unknown>,
      privateKey,
    ];
    for (const form of forms) {
      const delivery = await signDelivery(provider, { privateKey: form, at });
      expect((await receiverOf(provider, { keys }).verify(delivery)).provider).toBe('discord');
    }
    await expect(signDelivery(provider, {})).rejects.toThrow(/private key/);
  });

  it('says what it lacks', async () => {
    await expect(signDelivery(stripe, {})).rejects.toThrow(/shared secret/);
    await expect(signDelivery(stripe, { secret: '' })).rejects.toThrow(/shared secret/);
    await expect(signDelivery(stripe, { secret: 'x', at: new Date(Number.NaN) })).rejects.toThrow(/valid Date/);
    await expect(signDelivery(stripe, { secret: 'x', url: '/hooks' })).rejects.toThrow(/absolute URL/);
    const own: Provider = { ...stripe, scheme: { ...stripe.scheme, kind: 'custom_mine' } };
    expect(canSign(own)).toBe(false);
    await expect(signDelivery(own, { secret: 'x' })).rejects.toThrow(/custom_mine/);
  });
});
