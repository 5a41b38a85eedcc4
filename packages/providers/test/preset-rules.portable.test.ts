/** Rules that belong to one sender alone, each with a delivery that would pass if the rule were missing. */

import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createReceiver, type Outcome, type Provider, type WebhookEvent } from '@countersign/core';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { adyen } from '../src/adyen.ts';
import { appleAppStoreV2 } from '../src/apple-app-store-v2.ts';
import { awsSns } from '../src/aws-sns.ts';
import { braintree } from '../src/braintree.ts';
import { contentful } from '../src/contentful.ts';
import { discord } from '../src/discord.ts';
import { googlePubsub } from '../src/google-pubsub.ts';
import { paypal } from '../src/paypal.ts';
import { truelayer } from '../src/truelayer.ts';
import { headRefusal } from './head-refusal.ts';
import { presets } from './presets.ts';
import { deliveryOf, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

const at = 1_795_251_600;
const clock = () => new Date(at * 1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const recordingOf = (id: string) => {
  const recorded = recordedDeliveries.find(([file]) => file === `${id}.json`)?.[1];
  if (recorded === undefined) throw new Error(`there is no recording ${id}`);
  return recorded;
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('Adyen', () => {
  it('refuses a batch in which one notification is signed wrongly, wherever it stands', async () => {
    const recorded = recordingOf('adyen');
    const whole = JSON.parse(recorded.body);
    for (const place of [0, 1]) {
      const changed = structuredClone(whole);
      changed.notificationItems[place].NotificationRequestItem.amount.value = 1;
      const delivery = { ...deliveryOf(recorded), body: bytes(JSON.stringify(changed)) };
      expect(await codeOf(receiverOf(recorded).verify(delivery))).toBe('signature_mismatch');
    }
    for (const items of [[], undefined, [{}]]) {
      const delivery = { ...deliveryOf(recorded), body: bytes(JSON.stringify({ ...whole, notificationItems: items })) };
      expect(await codeOf(receiverOf(recorded).verify(delivery))).toBe('header_missing');
    }
  });

  it('gives each notification an identity of its signed fields, which nothing unsigned can change', async () => {
    const recorded = recordingOf('adyen');
    const keysOf = async (event: WebhookEvent) =>
      Promise.all(event.split().map(async (one) => (await one.identity()).key));
    const receiver = receiverOf(recorded);
    const before = await keysOf(await receiver.verify(deliveryOf(recorded)));
    const changed = JSON.parse(recorded.body);
    changed.live = 'true';
    changed.notificationItems[0].NotificationRequestItem.reason = 'forged';
    const event = await receiver.verify({ ...deliveryOf(recorded), body: bytes(JSON.stringify(changed)) });
    expect(await keysOf(event)).toEqual(before);
    expect(new Set(before).size).toBe(2);
  });

  it('is acknowledged with [accepted]', async () => {
    const recorded = recordingOf('adyen');
    const outcome = await receiverOf(recorded).receive(deliveryOf(recorded), () => undefined);
    expect(outcome).toMatchObject({ kind: 'handled', response: { body: '[accepted]' } });
    expect(adyen.scheme.signed.body).toBe(false);
  });
});

/** A certificate and its key by openssl; undefined where there is none. */
function makeCertificate(): string | undefined {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', '-subj', '/CN=sns.amazonaws.com'];
  try {
    return execFileSync('openssl', [...request, '-days', '3650'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return undefined;
  }
}

const made = makeCertificate();

describe.skipIf(made === undefined)(`Amazon SNS${made === undefined ? ', skipped for want of openssl' : ''}`, () => {
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(made ?? '')?.[0] as string;
  const privateKey = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/.exec(made ?? '')?.[0] as string;
  // The certificate has just been made, and counts from now on.
  const clock = () => new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
  const topic = 'arn:aws:sns:eu-west-1:123456789012:orders';
  const subscribe = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
  const message = (other: Record<string, unknown> = {}, hash = 'sha256') => {
    const fields: Record<string, unknown> = {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: topic,
      Message: 'Grüße',
      Timestamp: clock().toISOString(),
      SignatureVersion: '2',
      ...other,
    };
    const isNotification = fields.Type === 'Notification';
    const names = isNotification
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
    const text = names
      .filter((name) => typeof fields[name] === 'string')
      .map((name) => `${name}\n${fields[name]}\n`)
      .join('');
    const signed = {
      ...fields,
      Signature: sign(hash, Buffer.from(text), privateKey).toString('base64'),
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/a.pem',
    };
    return { headers: { 'content-type': 'text/plain' }, body: bytes(JSON.stringify(signed)) };
  };
  const receiverWith = (
    signatureVersion: '1' | '2' = '2',
    accept?: (request: { value: string | undefined }) => boolean,
  ) =>
    createReceiver({
      provider: awsSns({ topicArns: [topic], signatureVersion, fetch: async () => new Response(certificate) }),
      clock,
      onWarning: () => {},
      onOutcome: () => {},
      ...(accept && { handshakes: { accept } }),
    });

  it('believes the given topics alone, by the given version of the signature alone', async () => {
    expect(await codeOf(receiverWith().verify(message()))).toBe('accepted');
    expect(await codeOf(receiverWith().verify(message({ Subject: null })))).toBe('accepted');
    const stranger = 'arn:aws:sns:eu-west-1:999999999999:orders';
    expect(await codeOf(receiverWith().verify(message({ TopicArn: stranger })))).toBe('signature_mismatch');
    const old = message({ SignatureVersion: '1' }, 'sha1');
    expect(await codeOf(receiverWith('1').verify(old))).toBe('accepted');
    expect(await codeOf(receiverWith('2').verify(old))).toBe('signature_mismatch');
    expect(await codeOf(receiverWith().verify(message({ Message: 1 })))).toBe('header_malformed');
  });

  it('hands a confirmation to the app once it is verified, and only with an address of SNS', async () => {
    const seen: unknown[] = [];
    const accept = ({ value }: { value: string | undefined }) => seen.push(value) > 0;
    const confirmation = { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: subscribe };
    const outcomeOf = (other: object) =>
      receiverWith('2', accept).receive(message({ ...confirmation, ...other }), () => expect.unreachable());
    expect(await outcomeOf({})).toMatchObject({ kind: 'handshake', name: 'SubscriptionConfirmation' });
    for (const SubscribeURL of [
      'https://evil.example/?Action=ConfirmSubscription',
      'http://sns.eu-west-1.amazonaws.com/',
      'https://sns.eu-west-1.amazonaws.com.evil.example/',
      'https://sns.eu-west-1.amazonaws.com@evil.example/',
      'https://sns.eu-west-1.amazonaws.com:8443/',
      undefined,
    ]) {
      expect(await outcomeOf({ SubscribeURL }), SubscribeURL).toMatchObject({
        kind: 'rejected',
        error: { code: 'signature_mismatch' },
      });
    }
    expect(seen).toEqual([subscribe]);
    const refused = await receiverWith().receive(message(confirmation), () => expect.unreachable());
    expect(refused).toMatchObject({ kind: 'rejected', error: { code: 'options_invalid', at: 'handshakes.accept' } });
  });
});

describe('TrueLayer', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const body = '{"event_type":"t","event_id":"e"}';
  const time = clock().toISOString();
  const deliver = (head: object = {}, headers = ['X-TL-Webhook-Timestamp']) => {
    const values: Record<string, string> = { 'X-TL-Webhook-Timestamp': time, 'Content-Type': 'application/json' };
    const header = encode({
      alg: 'ES512',
      kid: 'k',
      tl_version: '2',
      tl_headers: headers.join(','),
      jku: 'https://webhooks.truelayer.com/.well-known/jwks',
      ...head,
    });
    const text = `POST /hook\n${headers.map((name) => `${name}: ${values[name]}\n`).join('')}${body}`;
    const signature = sign('sha512', Buffer.from(`${header}.${encode(text)}`), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return {
      method: 'POST',
      url: '/hook',
      headers: {
        'x-tl-webhook-timestamp': time,
        'content-type': 'application/json',
        'tl-signature': `${header}..${signature.toString('base64url')}`,
      },
      body: bytes(body),
    };
  };
  const receiver = createReceiver({ provider: truelayer, keys: pem(publicKey), clock });

  it('wants the timestamp among the signed headers, the second version, and no keys from elsewhere', async () => {
    expect(await codeOf(receiver.verify(deliver()))).toBe('accepted');
    expect(await codeOf(receiver.verify({ ...deliver(), url: '/hook/' }))).toBe('accepted');
    expect(await codeOf(receiver.verify({ ...deliver(), url: '/hook/x' }))).toBe('signature_mismatch');
    for (const delivery of [
      deliver({}, ['Content-Type']),
      deliver({}, []),
      deliver({ tl_version: '1' }),
      deliver({ jku: 'https://evil.example/jwks' }),
      deliver({ jku: undefined }),
      deliver({ tl_headers: 1 }),
    ]) {
      expect(await codeOf(receiver.verify(delivery))).toBe('token_invalid');
    }
    const moved = deliver();
    const later = { ...moved.headers, 'x-tl-webhook-timestamp': new Date((at + 1) * 1000).toISOString() };
    expect(await codeOf(receiver.verify({ ...moved, headers: later }))).toBe('signature_mismatch');
  });
});

describe('Contentful', () => {
  it('wants its list of signed headers to name itself and the timestamp', async () => {
    const secret = 'R7kQ2mXv9Ls4Tz8Wn1Vb6Nc3Yd5Hf0Jg';
    const receiver = createReceiver({ provider: contentful, secrets: secret, clock });
    const time = String(at * 1000);
    const deliver = (names: string[]) => {
      const headers: Record<string, string> = {
        'x-contentful-timestamp': time,
        'x-contentful-signed-headers': names.join(','),
        'x-contentful-topic': 't',
      };
      const pairs = [...names].sort().map((name) => `${name}:${headers[name]}`);
      const text = `POST\n/hook\n${pairs.join(';')}\n{}`;
      return {
        method: 'POST',
        url: '/hook',
        headers: { ...headers, 'x-contentful-signature': createHmac('sha256', secret).update(text).digest('hex') },
        body: bytes('{}'),
      };
    };
    const [list, timestamp] = ['x-contentful-signed-headers', 'x-contentful-timestamp'];
    expect(await codeOf(receiver.verify(deliver([list, timestamp, 'x-contentful-topic'])))).toBe('accepted');
    expect(await codeOf(receiver.verify(deliver([list])))).toBe('header_malformed');
    expect(await codeOf(receiver.verify(deliver([timestamp])))).toBe('header_malformed');
    expect(await codeOf(receiver.verify(deliver([list, timestamp, 'x-absent'])))).toBe('header_missing');
  });
});

describe('senders that sign for everybody', () => {
  it('are believed for the own webhook, bundle, environment, key pair and service account alone', async () => {
    const own: [string, Provider][] = [
      ['paypal', paypal({ webhookId: '4JH86294D6297924H', fetch: async () => new Response('') }) as Provider],
      ['apple-app-store-v2', appleAppStoreV2({ bundleId: 'com.example.other', environment: 'Production' }) as Provider],
      [
        'apple-app-store-v2',
        appleAppStoreV2({ bundleId: 'com.example.recording', environment: 'Sandbox' }) as Provider,
      ],
      ['braintree', braintree({ publicKey: 'other_public_key' })],
      [
        'google-pubsub',
        googlePubsub({
          audience: 'https://example.com/push',
          serviceAccountEmail: 'other@recording.iam.gserviceaccount.com',
        }) as Provider,
      ],
      [
        'google-pubsub',
        googlePubsub({
          audience: 'https://example.org/push',
          serviceAccountEmail: 'push@recording.iam.gserviceaccount.com',
        }) as Provider,
      ],
    ];
    for (const [id, provider] of own) {
      const recorded = recordingOf(id);
      const receiver = createReceiver({
        provider,
        clock,
        onWarning: () => {},
        ...(recorded.secret !== undefined && { secrets: recorded.secret }),
        ...(recorded.key !== undefined && { keys: recorded.key }),
      } as never);
      expect(await codeOf(receiver.verify(deliveryOf(recorded))), id).toMatch(
        /^(?:signature_mismatch|token_invalid|key_unavailable)$/,
      );
      expect(await codeOf(receiverOf(recorded).verify(deliveryOf(recorded))), id).toBe('accepted');
    }
  });

  it('ask for what is missing when the preset is called', () => {
    for (const call of [
      () => paypal({} as never),
      () => appleAppStoreV2({ bundleId: 'com.example.app' } as never),
      () => awsSns({ topicArns: [], signatureVersion: '2' } as never),
      () => awsSns({ topicArns: ['arn:aws:sns:eu-west-1:123456789012:orders'] } as never),
      () => awsSns({ topicArns: ['*'], signatureVersion: '2' } as never),
      () => braintree({} as never),
      () => googlePubsub({ audience: 'a' } as never),
      () => awsSns(undefined as never),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'options_invalid' }));
    }
  });

  it('brings certificates that have the marks of their purpose', () => {
    const { signedPayload } = JSON.parse(recordingOf('apple-app-store-v2').body) as { signedPayload: string };
    expect(decodeProtectedHeader(signedPayload).x5c).toHaveLength(3);
  });
});

describe('handshakes of the presets', () => {
  const secret = 'R7kQ2mXv9Ls4Tz8Wn1Vb6Nc3Yd5Hf0Jg';
  const hmac = (text: string, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', secret).update(text).digest(encoding);
  const time = String(at);
  const post = (body: string, headers: Record<string, string> = {}, url = '/') => ({
    method: 'POST',
    url,
    headers,
    body: bytes(body),
  });
  const get = (url: string, headers: Record<string, string> = {}) => ({
    method: 'GET',
    url,
    headers,
    body: new Uint8Array(),
  });
  const slack = '{"type":"url_verification","challenge":"3eZbrw1a"}';
  const twitch = '{"challenge":"pogchamp-kappa","subscription":{"type":"channel.follow"}}';
  const twitchTime = clock().toISOString();
  const zoom = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZ"}}';
  const cases: [id: string, request: Parameters<ReturnType<typeof receiverOf>['receive']>[0], answer: object][] = [
    ['asana', post('{}', { 'x-hook-secret': 'b537207f' }), { headers: { 'x-hook-secret': 'b537207f' } }],
    ['dropbox', get('/?challenge=abc'), { body: 'abc' }],
    ['meta', get('/?hub.mode=subscribe&hub.challenge=42&hub.verify_token=chosen'), { body: '42' }],
    ['microsoft-graph', post('', {}, '/?validationToken=Validation%3A+ok'), { body: 'Validation: ok' }],
    ['monday', post('{"challenge":"c1"}'), { body: { challenge: 'c1' } }],
    ['notion', post('{"verification_token":"secret_x"}'), { status: 200 }],
    ['nylas', get('/?challenge=abc'), { body: 'abc' }],
    ['okta', get('/', { 'x-okta-verification-challenge': 'v1' }), { body: { verification: 'v1' } }],
    [
      'slack',
      post(slack, { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${hmac(`v0:${time}:${slack}`)}` }),
      { body: { challenge: '3eZbrw1a' } },
    ],
    ['mandrill', { ...get('/'), method: 'HEAD' }, { status: 200 }],
    ['trello', { ...get('/'), method: 'HEAD' }, { status: 200 }],
    [
      'twitch',
      post(twitch, {
        'twitch-eventsub-message-id': 'm1',
        'twitch-eventsub-message-timestamp': twitchTime,
        'twitch-eventsub-message-signature': `sha256=${hmac(`m1${twitchTime}${twitch}`)}`,
      }),
      { body: 'pogchamp-kappa' },
    ],
    ['woocommerce', post('webhook_id=12'), { status: 200 }],
    ['x-twitter', get('/?crc_token=tok'), { body: { response_token: `sha256=${hmac('tok', 'base64')}` } }],
    [
      'zoom',
      post(zoom, { 'x-zm-request-timestamp': time, 'x-zm-signature': `v0=${hmac(`v0:${time}:${zoom}`)}` }),
      { body: { plainToken: 'qgg8vlvZ', encryptedToken: hmac('qgg8vlvZ') } },
    ],
  ];
  const receiverFor = (id: string) =>
    createReceiver({
      provider: presets.get(id) as Provider,
      secrets: secret,
      clock,
      publicUrl: 'https://example.com',
      handshakes: { verifyToken: 'chosen', accept: () => true },
      onWarning: () => {},
      onOutcome: () => {},
    } as never);

  it.each(cases)('of %s are answered as the sender expects', async (id, request, answer) => {
    const outcome = await receiverFor(id).receive(request, () => expect.unreachable());
    expect(outcome.kind === 'rejected' ? outcome.error : outcome).toMatchObject({ kind: 'handshake' });
    expect((outcome as Extract<Outcome, { kind: 'handshake' }>).response).toMatchObject(answer);
    expect(await headRefusal(receiverFor(id), request, 'receive')).toBeUndefined();
  });

  it('that bring the secret are answered before there is one, and nothing else is accepted until then', async () => {
    let stored: string | undefined;
    const receiver = createReceiver({
      provider: presets.get('asana') as Provider,
      secrets: () => stored ?? [],
      handshakes: {
        accept: ({ value }: { value: string | undefined }) => {
          stored = value;
          return true;
        },
      },
      onOutcome: () => {},
    } as never);
    const body = '{"events":[]}';
    const delivery = post(body, { 'x-hook-signature': hmac(body) });
    const send = (request: typeof delivery) => receiver.receive(request, () => undefined);
    expect(await send(delivery)).toMatchObject({ kind: 'rejected', error: { code: 'key_unknown' } });
    expect(await send(post('{}', { 'x-hook-secret': secret }))).toMatchObject({ kind: 'handshake' });
    expect(await send(delivery)).toMatchObject({ kind: 'handled' });
  });

  it('that are signed are refused with another signature', async () => {
    for (const [id, request] of cases.filter(([name]) => ['slack', 'twitch', 'zoom'].includes(name))) {
      const headers = Object.fromEntries(
        Object.entries(request.headers as Record<string, string>).map(([name, value]) => [
          name,
          name.endsWith('signature') ? value.replace(/.$/, (last) => (last === '0' ? '1' : '0')) : value,
        ]),
      );
      const outcome = await receiverFor(id).receive({ ...request, headers }, () => expect.unreachable());
      expect(outcome, id).toMatchObject({ kind: 'rejected', error: { code: 'signature_mismatch' } });
    }
  });

  it('of Discord tell the two kinds of ping from an event, and none is answered unsigned', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const receiver = createReceiver({ provider: discord, keys: pem(publicKey), clock, onOutcome: () => {} });
    const send = (body: string, key = privateKey) =>
      receiver.receive(
        post(body, {
          'x-signature-timestamp': time,
          'x-signature-ed25519': sign(null, Buffer.from(time + body), key).toString('hex'),
        }),
        () => undefined,
      );
    expect(await send('{"type":1}')).toMatchObject({
      kind: 'handshake',
      name: 'ping',
      response: { body: { type: 1 } },
    });
    expect(await send('{"type":0}')).toMatchObject({
      kind: 'handshake',
      response: { status: 204, headers: { 'content-type': 'application/json' } },
    });
    expect(await send('{"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}')).toMatchObject({ kind: 'handled' });
    expect(await send('{"type":2,"id":"i1"}')).toMatchObject({ kind: 'handled' });
    const { privateKey: other } = generateKeyPairSync('ed25519');
    expect(await send('{"type":1}', other)).toMatchObject({ kind: 'rejected', error: { code: 'signature_mismatch' } });
  });

  it('are all among these, or among those of the packages of their senders', () => {
    const covered = new Set([...cases.map(([id]) => id), 'aws-sns', 'braintree', 'discord']);
    const all = [...presets].filter(([, { handshakes = [] }]) => handshakes.length > 0).map(([id]) => id);
    expect(all.filter((id) => !covered.has(id))).toEqual([]);
  });
});
