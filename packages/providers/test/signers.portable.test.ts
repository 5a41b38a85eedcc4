import { createReceiver, type Provider } from '@countersign/core';
import { sign as signForGithub } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { github } from '../src/github.ts';
import { standardWebhooks } from '../src/standard-webhooks.ts';
import { stripe } from '../src/stripe.ts';
import { svix } from '../src/svix.ts';

/** A sender's own package, made to sign a body at a time with a secret. */
interface Signer {
  readonly title: string;
  readonly provider: Provider;
  readonly secrets: readonly [first: string, second: string];
  readonly signsEmptyBody: boolean;
  sign(secret: string, body: string, at: number): Promise<Record<string, string>> | Record<string, string>;
}

const at = 1_795_251_600;
const base64Secrets = [1, 2].map((seed) => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + seed * 101) % 256);
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
}) as unknown as Signer['secrets'];

const signers: readonly Signer[] = [
  {
    title: 'stripe',
    provider: stripe,
    secrets: ['whsec_firstR7kQ2mXv9Ls4Tz8', 'whsec_secondB3nW6pJd1Hf5Yc0'],
    signsEmptyBody: true,
    sign: (secret, payload, timestamp) => ({
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }),
    }),
  },
  {
    title: 'standardwebhooks',
    provider: standardWebhooks,
    secrets: base64Secrets,
    signsEmptyBody: true,
    sign: (secret, body, seconds) => ({
      'webhook-id': 'msg_2fKq8Rz',
      'webhook-timestamp': String(seconds),
      'webhook-signature': new Webhook(secret).sign('msg_2fKq8Rz', new Date(seconds * 1000), body),
    }),
  },
  {
    title: 'standardwebhooks, under the header names of Svix',
    provider: svix,
    secrets: base64Secrets,
    signsEmptyBody: true,
    sign: (secret, body, seconds) => ({
      'svix-id': 'msg_2fKq8Rz',
      'svix-timestamp': String(seconds),
      'svix-signature': new Webhook(secret).sign('msg_2fKq8Rz', new Date(seconds * 1000), body),
    }),
  },
  {
    title: '@octokit/webhooks-methods',
    provider: github,
    secrets: ['github-first-R7kQ2mXv9Ls4', 'github-second-B3nW6pJd1Hf5'],
    signsEmptyBody: false,
    sign: async (secret, body) => ({ 'x-hub-signature-256': await signForGithub(secret, body) }),
  },
];

const bodies = {
  'plain JSON': '{"id":"evt_1","type":"invoice.paid"}',
  'letters and signs beyond ASCII': '{"name":"Zoë Ångström 東京 ♥ 👩‍👧‍👦","combined":"e\u0301","escaped":"\\u00e9"}',
  'white space and line ends': '\r\n{\n\t"amount" : 475.50 ,\r\n "note": "  "}\n',
  'no JSON at all': 'Hello, World! \u0000\u007f',
  '100 kB': JSON.stringify({ text: 'ü€𝄞-'.repeat(10_100) }),
  nothing: '',
};

describe.each(signers.map((signer) => [signer.title, signer] as const))('signatures by %s', (_, signer) => {
  const { provider, secrets, signsEmptyBody } = signer;
  const receiverWith = (...chosen: string[]) =>
    createReceiver({ provider, secrets: chosen, clock: () => new Date(at * 1000), onWarning: () => {} } as never);
  const deliver = (headers: Record<string, string>, body: string) => ({
    headers,
    body: new TextEncoder().encode(body),
  });
  const able = Object.entries(bodies).filter(([, body]) => signsEmptyBody || body !== '');

  it('has a body of 100 kB among its bodies', () => {
    expect(new TextEncoder().encode(bodies['100 kB']).length).toBeGreaterThan(100_000);
  });

  it.each(able)('are accepted over %s, and refused over the same with one more space', async (__, body) => {
    const headers = await signer.sign(secrets[0], body, at);
    const receiver = receiverWith(secrets[0]);
    await expect(receiver.verify(deliver(headers, body))).resolves.toMatchObject({ signed: { body: true } });
    await expect(receiver.verify(deliver(headers, `${body} `))).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it('are accepted while a secret is replaced, whichever stands first, and tell which one it was', async () => {
    const body = bodies['plain JSON'];
    for (const [index, secret] of secrets.entries()) {
      const delivery = deliver(await signer.sign(secret, body, at), body);
      await expect(receiverWith(...secrets).verify(delivery)).resolves.toMatchObject({ secretId: String(index) });
      await expect(receiverWith(...[...secrets].reverse()).verify(delivery)).resolves.toMatchObject({
        secretId: String(1 - index),
      });
      await expect(receiverWith(secrets[1 - index] as string).verify(delivery)).rejects.toMatchObject({
        code: 'signature_mismatch',
      });
    }
  });

  // GitHub has no room for a second signature.
  if (signer.provider === github) return;

  it('are accepted when the sender signs with two secrets at once, in either order', async () => {
    const body = bodies['letters and signs beyond ASCII'];
    const [first, second] = [await signer.sign(secrets[0], body, at), await signer.sign(secrets[1], body, at)];
    for (const headers of [joinSignatures(first, second), joinSignatures(second, first)]) {
      for (const chosen of [[secrets[0]], [secrets[1]], [...secrets], [...secrets].reverse()]) {
        await expect(receiverWith(...chosen).verify(deliver(headers, body))).resolves.toMatchObject({ secretId: '0' });
      }
      await expect(receiverWith(...secrets).verify(deliver(headers, `${body} `))).rejects.toMatchObject({
        code: 'signature_mismatch',
      });
    }
  });
});

/** One delivery with the signatures of two, as senders write it during a rotation. */
function joinSignatures(first: Record<string, string>, second: Record<string, string>): Record<string, string> {
  const name = Object.keys(first).find((header) => header.endsWith('signature')) as string;
  const added = second[name] as string;
  const joined = name === 'stripe-signature' ? `${first[name]},v1=${added.split('v1=')[1]}` : `${first[name]} ${added}`;
  return { ...first, [name]: joined };
}
