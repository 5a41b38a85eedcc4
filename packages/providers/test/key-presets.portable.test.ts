import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createReceiver, defineProvider, isWebhookError, type Provider } from '@countersign/core';
import { type JwtDescription, jwt } from '@countersign/core/jwt';
import { describe, expect, it } from 'vitest';
import { type AppleAppStoreOptions, appleAppStoreV2 } from '../src/apple-app-store-v2.ts';
import { awsSns } from '../src/aws-sns.ts';
import { monday } from '../src/monday.ts';
import { paypal } from '../src/paypal.ts';
import { rfc9421 } from '../src/rfc9421.ts';
import { saleor } from '../src/saleor.ts';
import { makeCertificate } from './made-certificate.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const encode = (value: object | string | Uint8Array) =>
  Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)).toString(
    'base64url',
  );
const quiet = { onWarning: () => undefined, onOutcome: () => undefined };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (isWebhookError(error) ? error.code : String(error)),
  );

describe('Saleor', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const body = bytes('{"order":{"id":"T3JkZXI6MQ==","note":"naïve"}}');
  const send = (header: object, signed: Uint8Array = body, received = body) => {
    const first = encode(header);
    const text = Buffer.concat([Buffer.from(`${first}.`), signed]);
    const signature = sign('sha256', text, rsa.privateKey).toString('base64url');
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), use: 'sig', kid: '1' };
    const fetch = async () => new Response(JSON.stringify({ keys: [jwk] }));
    const keys = { url: 'https://shop.example.com/.well-known/jwks.json', fetch };
    const receiver = createReceiver({ provider: saleor, keys, ...quiet });
    return codeOf(receiver.verify({ headers: { 'saleor-signature': `${first}..${signature}` }, body: received }));
  };
  const sent = { alg: 'RS256', b64: false, kid: '1', typ: 'JWT' };

  it('is accepted in the form that it sends, and in that of newer versions of its library', async () => {
    expect(await send(sent)).toBe('accepted');
    expect(await send({ ...sent, crit: ['b64'] })).toBe('accepted');
  });

  it('is refused with another body, with an encoded one, and without b64', async () => {
    expect(await send(sent, body, bytes('{}'))).toBe('signature_mismatch');
    expect(await send(sent, bytes(encode(body)))).toBe('signature_mismatch');
    // As in the tokens that Saleor hands to the browsers of its users, signed by the same key.
    expect(await send({ alg: 'RS256', kid: '1', typ: 'JWT' }, bytes(encode(body)), body)).toBe('token_invalid');
    expect(await send({ ...sent, crit: ['exp'] })).toBe('token_invalid');
  });
});

describe('the App Store', () => {
  const bundleId = 'com.example.app';
  /** The claims of the preset, under a key instead of a chain of certificates. */
  const check = (environment: AppleAppStoreOptions['environment'], claims: object) => {
    const { description } = appleAppStoreV2({ bundleId, environment }).scheme;
    const { certificateChain: _, ...rest } = description as JwtDescription;
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = `${encode({ alg: 'ES256' })}.${encode({ notificationUUID: 'u', ...claims })}`;
    const signature = sign('sha256', Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    const receiver = createReceiver({
      provider: defineProvider<object, 'keys'>({ name: 'apple', scheme: jwt(rest) as never }),
      keys: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ...quiet,
    });
    const signedPayload = `${text}.${signature.toString('base64url')}`;
    return codeOf(receiver.verify({ headers: {}, body: bytes(JSON.stringify({ signedPayload })) }));
  };
  const both = ['Production', 'Sandbox'] as const;

  it.each(['data', 'summary', 'appData'])('names its app and environment in %s', async (name) => {
    for (const environment of both) {
      const other = environment === 'Production' ? 'Sandbox' : 'Production';
      expect(await check(environment, { [name]: { bundleId, environment } })).toBe('accepted');
      expect(await check([environment], { [name]: { bundleId, environment } })).toBe('accepted');
      expect(await check(both, { [name]: { bundleId, environment } })).toBe('accepted');
      expect(await check(other, { [name]: { bundleId, environment } })).toBe('token_invalid');
      expect(await check(both, { [name]: { bundleId: 'com.example.other', environment } })).toBe('token_invalid');
      expect(await check(both, { [name]: { environment } })).toBe('token_invalid');
      expect(await check(both, { [name]: { bundleId } })).toBe('token_invalid');
      expect(await check(both, { [name]: { bundleId, environment: 'Xcode' } })).toBe('token_invalid');
    }
  });

  it('says by the id of an external purchase whether it is a test', async () => {
    const about = (externalPurchaseId: unknown) => ({ externalPurchaseToken: { bundleId, externalPurchaseId } });
    const real = about('6f6a1f2e-0000-4000-8000-000000000000');
    const test = about('SANDBOX_6f6a1f2e-0000-4000-8000-000000000000');
    expect(await check('Production', real)).toBe('accepted');
    expect(await check('Sandbox', test)).toBe('accepted');
    expect(await check(both, real)).toBe('accepted');
    expect(await check(both, test)).toBe('accepted');
    expect(await check('Sandbox', real)).toBe('token_invalid');
    expect(await check('Production', test)).toBe('token_invalid');
    // As Apple's own verifier has it.
    expect(await check('Production', about(undefined))).toBe('accepted');
    expect(await check('Production', { externalPurchaseToken: { bundleId: 'other' } })).toBe('token_invalid');
  });

  it('is refused where it is about nothing, or where the first thing it is about is another app’s', async () => {
    const mine = { bundleId, environment: 'Production' };
    for (const claims of [{}, { data: null }, { data: 'text' }, { data: [] }, { other: mine }])
      expect(await check(both, claims)).toBe('token_invalid');
    expect(await check(both, { data: { ...mine, bundleId: 'other' }, summary: mine })).toBe('token_invalid');
    expect(await check(both, { summary: mine, appData: { bundleId: 'other' } })).toBe('accepted');
  });

  it('needs one of the two environments, or both, when the preset is called', () => {
    for (const environment of [undefined, 'production', [], ['Production', 'Xcode'], [['Sandbox']]]) {
      expect(() => appleAppStoreV2({ bundleId, environment: environment as never })).toThrow(
        expect.objectContaining({ code: 'options_invalid' }),
      );
    }
  });
});

describe('monday', () => {
  const secret = 'e6d3efc6abfd85ceacedc20ecbb866e5a1cf6a65a9f1200930759d5b176e3b25';
  const send = (claims: object, url: string, publicUrl?: string) => {
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ exp: Date.now() / 1000 + 300, ...claims })}`;
    const authorization = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    const receiver = createReceiver({ provider: monday, secrets: secret, ...(publicUrl && { publicUrl }), ...quiet });
    return codeOf(receiver.verify({ headers: { authorization }, body: bytes('{}'), url, method: 'POST' }));
  };

  it('is for one endpoint alone, where the receiver knows its URL', async () => {
    const aud = 'https://app.example.com/monday/hook';
    expect(await send({ aud }, '/monday/hook', 'https://app.example.com')).toBe('accepted');
    expect(await send({ aud }, '/monday/other', 'https://app.example.com')).toBe('token_invalid');
    expect(await send({ aud }, '/monday/hook', 'https://other.example.com')).toBe('token_invalid');
    expect(await send({}, '/monday/hook', 'https://app.example.com')).toBe('token_invalid');
    expect(await send({ aud }, '/monday/other')).toBe('accepted');
  });
});

describe('certificates of presets', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:orders';
  const region = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem';

  function sendSns(commonName: string, url = region) {
    const { pem, privateKey } = makeCertificate(commonName);
    const asked: string[] = [];
    const fetch = async (one: unknown) => {
      asked.push(String(one));
      return new Response(pem);
    };
    const fields = {
      Message: 'm',
      MessageId: 'm-1',
      Timestamp: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
      TopicArn: topic,
      Type: 'Notification',
    };
    const text = Object.entries(fields)
      .map(([name, value]) => `${name}\n${value}\n`)
      .join('');
    const Signature = sign('sha256', Buffer.from(text), privateKey).toString('base64');
    const body = bytes(JSON.stringify({ ...fields, SignatureVersion: '2', Signature, SigningCertURL: url }));
    const provider = awsSns({ topicArns: [topic], signatureVersion: '2', fetch });
    const receiver = createReceiver({ provider, ...quiet });
    return { code: codeOf(receiver.verify({ headers: {}, body })), asked };
  }

  it.each([
    'sns.amazonaws.com',
    'sns-signing.ap-east-1.amazonaws.com',
    'sns-us-gov-west-1.amazonaws.com',
    'sns-cn-north-1.amazonaws.com.cn',
    'sns-signing.eusc-de-east-1.amazonaws.eu',
  ])('of Amazon SNS may have the name %s', async (name) => {
    expect(await sendSns(name).code).toBe('accepted');
  });

  it.each(['*.amazonaws.com', 's3.amazonaws.com', 'sns.s3.amazonaws.com', 'sns.amazonaws.com.evil.example', 'x'])(
    'of Amazon SNS may not have the name %s',
    async (name) => {
      expect(await sendSns(name).code).toBe('key_unknown');
    },
  );

  it('of Amazon SNS come from its own hosts in a region, and not from the buckets of strangers', async () => {
    for (const host of ['us-east-1.amazonaws.com', 'cn-north-1.amazonaws.com.cn', 'us-gov-west-1.amazonaws.com'])
      expect(await sendSns('sns.amazonaws.com', `https://sns.${host}/a.pem`).code).toBe('accepted');
    for (const host of [
      's3.amazonaws.com',
      's3-us-west-2.amazonaws.com',
      's3-website-us-east-1.amazonaws.com',
      'execute-api.amazonaws.com',
      'amazonaws.com',
      'us-east-1.amazonaws.com.evil.example',
    ]) {
      const { code, asked } = sendSns('sns.amazonaws.com', `https://sns.${host}/a.pem`);
      expect([host, await code, asked]).toEqual([host, 'key_unknown', []]);
    }
  });

  it.each([
    ['https://api.paypal.com/v1/notifications/certs/CERT-1', 'messageverificationcerts.paypal.com', 'accepted'],
    [
      'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
      'messageverificationcerts.sandbox.paypal.com',
      'accepted',
    ],
    [
      'https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-1',
      'messageverificationcerts.paypal.com',
      'accepted',
    ],
    ['https://paypal.com/CERT-1', 'messageverificationcerts.paypal.com', 'key_unknown'],
    ['https://a.b.c.paypal.com/CERT-1', 'messageverificationcerts.paypal.com', 'key_unknown'],
    ['https://api.paypal.com.evil.example/CERT-1', 'messageverificationcerts.paypal.com', 'key_unknown'],
    ['https://api.notpaypal.com/CERT-1', 'messageverificationcerts.paypal.com', 'key_unknown'],
    ['https://api.paypal.com/CERT-1', 'messageverificationcerts.notpaypal.com', 'key_unknown'],
    ['https://api.paypal.com/CERT-1', 'paypal.com.evil.example', 'key_unknown'],
  ])('of PayPal at %s with the name %s: %s', async (url, commonName, expected) => {
    const { pem, privateKey } = makeCertificate(commonName);
    const webhookId = '4JH86294D6297924G';
    const time = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000', '');
    // The CRC-32 of "{}".
    const signature = sign('sha256', Buffer.from(`id-1|${time}|${webhookId}|2745614147`), privateKey);
    const receiver = createReceiver({
      provider: paypal({ webhookId, fetch: async () => new Response(pem) }),
      ...quiet,
    });
    const headers = {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': url,
      'paypal-transmission-id': 'id-1',
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signature.toString('base64'),
    };
    expect(await codeOf(receiver.verify({ headers, body: bytes('{}') }))).toBe(expected);
  });
});

describe('messages of the Universal Commerce Protocol', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = '{"id":"order_abc123"}';
  const provider = rfc9421({
    algorithm: 'ecdsa-p256-sha256',
    components: ['@method', '@authority', '@path', 'idempotency-key', 'content-digest', 'content-type'],
    created: 'optional',
    id: { header: 'idempotency-key' },
    requires: ['keyid'],
  }) as Provider;
  const digest = 'sha-256=:8hN3kMUnQVBWIx0Z+dH9jb9hmDTox0cXKn4zRlJ4Xjo=:';

  /** As its specification puts the base together, with keyid and without created. */
  function headersOf(key: KeyObject, idempotencyKey: string): Record<string, string> {
    const covered = '("@method" "@authority" "@path" "ucp-agent" "idempotency-key" "content-digest" "content-type")';
    const parameters = `${covered};keyid="merchant-2026"`;
    const agent = 'profile="https://merchant.example/.well-known/ucp"';
    const base = [
      '"@method": POST',
      '"@authority": platform.example.com',
      '"@path": /webhooks/ucp/orders',
      `"ucp-agent": ${agent}`,
      `"idempotency-key": ${idempotencyKey}`,
      `"content-digest": ${digest}`,
      '"content-type": application/json',
      `"@signature-params": ${parameters}`,
    ].join('\n');
    const signature = sign('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' });
    return {
      'content-type': 'application/json',
      'ucp-agent': agent,
      'idempotency-key': idempotencyKey,
      'content-digest': digest,
      'signature-input': `sig1=${parameters}`,
      signature: `sig1=:${signature.toString('base64')}:`,
    };
  }

  it('are accepted without a time of signing, and their idempotency key is the id', async () => {
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'merchant-2026', use: 'sig', alg: 'ES256' };
    const receiver = createReceiver({
      provider,
      keys: { keys: [jwk] },
      publicUrl: 'https://platform.example.com',
      ...quiet,
    } as never);
    const headers = headersOf(pair.privateKey, '550e8400-e29b-41d4-a716-446655440000');
    const delivery = { method: 'POST', url: '/webhooks/ucp/orders', headers, body: bytes(body) };
    const event = await receiver.verify(delivery);
    expect(event).toMatchObject({
      id: '550e8400-e29b-41d4-a716-446655440000',
      signed: { body: true, id: true, timestamp: false },
      secretId: 'merchant-2026',
    });
    expect((await event.identity()).from).toBe('id');
    const other = { ...headers, 'idempotency-key': '550e8400-e29b-41d4-a716-446655440001' };
    expect(await codeOf(receiver.verify({ ...delivery, headers: other }))).toBe('signature_mismatch');
    expect(await codeOf(receiver.verify({ ...delivery, body: bytes('{}') }))).toBe('signature_mismatch');
  });
});
