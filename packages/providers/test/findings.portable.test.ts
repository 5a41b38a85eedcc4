/** Verdicts over single senders that were wrong once, each by the smallest delivery that shows it. */

import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createReceiver,
  type Delivery,
  isWebhookError,
  memoryStore,
  type Outcome,
  type Provider,
  type ReceiverPolicy,
  type WebhookEvent,
} from '@countersign/core';
import type { PublicKeyDescription } from '@countersign/core/describe';
import { describe, expect, it, vi } from 'vitest';
import { adyen } from '../src/adyen.ts';
import { awsSns } from '../src/aws-sns.ts';
import { braintree } from '../src/braintree.ts';
import { contentful } from '../src/contentful.ts';
import { dropbox } from '../src/dropbox.ts';
import { forgejoGitea } from '../src/forgejo-gitea.ts';
import { github } from '../src/github.ts';
import { hubspotV1 } from '../src/hubspot-v1.ts';
import { hubspotV2 } from '../src/hubspot-v2.ts';
import { hubspotV3 } from '../src/hubspot-v3.ts';
import { linear } from '../src/linear.ts';
import { mandrill } from '../src/mandrill.ts';
import { messagebird } from '../src/messagebird.ts';
import { meta } from '../src/meta.ts';
import { netlify } from '../src/netlify.ts';
import { paypal } from '../src/paypal.ts';
import { plaid } from '../src/plaid.ts';
import { plivo, plivoV2 } from '../src/plivo.ts';
import { polar } from '../src/polar.ts';
import { shopify } from '../src/shopify.ts';
import { stripe } from '../src/stripe.ts';
import { twilio } from '../src/twilio.ts';
import { woocommerce } from '../src/woocommerce.ts';
import { xTwitter } from '../src/x-twitter.ts';
import { zoom } from '../src/zoom.ts';

const secret = 'R7kQ2mXv9Ls4Tz8Wn1Vb6Nc3Yd5Hf0Jg';
const at = 1_795_251_600;
const bytes = (text: string) => new TextEncoder().encode(text);
const mac = (hash: string, text: string, encoding: 'hex' | 'base64' = 'hex', key: string | Uint8Array = secret) =>
  createHmac(hash, key).update(text).digest(encoding);
const receiverOf = (provider: Provider, policy: ReceiverPolicy & { readonly secrets?: unknown } = {}) =>
  createReceiver({
    provider,
    ...(provider.scheme.material === 'secrets' && { secrets: secret }),
    clock: () => new Date(at * 1000),
    publicUrl: 'https://example.com',
    onWarning: () => {},
    onOutcome: () => {},
    ...policy,
  } as never);
const post = (body: string, headers: Record<string, string> = {}, url = '/h'): Delivery => ({
  method: 'POST',
  url,
  headers,
  body: bytes(body),
});
const get = (url: string, headers: Record<string, string> = {}): Delivery => ({
  method: 'GET',
  url,
  headers,
  body: new Uint8Array(),
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (isWebhookError(error) ? error.code : String(error)),
  );
const keyOf = async (event: WebhookEvent | Promise<WebhookEvent>) => (await (await event).identity()).key;
const never = () => expect.unreachable();

describe('two events are not taken for one', () => {
  it('of Netlify: a deploy that is published, locked and unlocked keeps its id and its state', async () => {
    const receiver = receiverOf(netlify, { dedupe: memoryStore() });
    const ran: unknown[] = [];
    const send = (type: string, updated: string) => {
      const body = `{"id":"5b64d2c3792f8946ae9ddc8b","state":"ready","updated_at":"${updated}"}`;
      const claims = { iss: 'netlify', sha256: createHash('sha256').update(body).digest('hex') };
      const [head, payload] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const signature = createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
      const headers = { 'x-webhook-signature': `${head}.${payload}.${signature}`, 'x-netlify-event': type };
      return receiver.receive(post(body, headers), (event) => void ran.push(event.type));
    };
    const kinds = [
      await send('deploy_created', '2018-08-03T22:11:01Z'),
      await send('deploy_locked', '2018-08-03T22:11:31Z'),
      await send('deploy_unlocked', '2018-08-03T22:12:31Z'),
      // Two notifications of one deploy may have the same bytes.
      await send('deploy_restored', '2018-08-03T22:12:31Z'),
      await send('deploy_locked', '2018-08-03T22:11:31Z'),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(['handled', 'handled', 'handled', 'handled', 'duplicate']);
    expect(ran).toEqual(['deploy_created', 'deploy_locked', 'deploy_unlocked', 'deploy_restored']);
  });

  it('of Plivo, version 2, by GET: the call stands in the query, which is not signed', async () => {
    const receiver = receiverOf(plivoV2, { dedupe: memoryStore() });
    const seen: unknown[] = [];
    const send = (query: string, nonce: string) => {
      const signature = mac('sha256', `https://example.com/plivo/answer${nonce}`, 'base64');
      const headers = { 'x-plivo-signature-v2': signature, 'x-plivo-signature-v2-nonce': nonce };
      return receiver.receive(get(`/plivo/answer?${query}`, headers), (event) => void seen.push(event.payload));
    };
    expect((await send('CallUUID=1&CallStatus=ringing', '1001')).kind).toBe('handled');
    expect((await send('CallUUID=2&CallStatus=ringing', '1002')).kind).toBe('handled');
    expect((await send('CallUUID=1&CallStatus=completed', '1003')).kind).toBe('handled');
    expect((await send('CallUUID=1&CallStatus=completed', '1004')).kind).toBe('duplicate');
    expect(seen).toEqual([
      { CallUUID: '1', CallStatus: 'ringing' },
      { CallUUID: '2', CallStatus: 'ringing' },
      { CallUUID: '1', CallStatus: 'completed' },
    ]);
  });
});

describe('a stranger cannot forge', () => {
  it('a notification of Braintree by the answer to a challenge', async () => {
    const publicKey = 'integration_public_key';
    const receiver = receiverOf(braintree({ publicKey }));
    const xml = Buffer.from('<notification><kind>subscription_canceled</kind></notification>').toString('base64');
    const ask = (text: string) => receiver.receive(get(`/?bt_challenge=${encodeURIComponent(text)}`), never);
    expect(await ask(xml)).toMatchObject({ kind: 'rejected', error: { code: 'header_malformed' } });
    for (const challenge of ['20f9f8ed05f77439fe955c977e4c8a53', '0'.repeat(20), '1'.repeat(32)]) {
      const answered = (await ask(challenge)) as Extract<Outcome, { kind: 'handshake' }>;
      expect(answered.kind).toBe('handshake');
      const form = new URLSearchParams({ bt_payload: challenge, bt_signature: String(answered.response.body) });
      expect(await receiver.receive(post(form.toString()), never)).toMatchObject({ kind: 'rejected' });
    }
    for (const other of ['0'.repeat(19), '0'.repeat(33), 'A'.repeat(20), `${'0'.repeat(20)}\n`])
      expect((await ask(other)).kind, other).toBe('rejected');
  });

  it('an event of X by the answer to a CRC: JSON scalars among them, and the store stays empty', async () => {
    const store = memoryStore({ maxRecords: 100 });
    const receiver = receiverOf(xTwitter, { dedupe: store });
    for (const token of [
      '12345',
      'null',
      'true',
      'false',
      '0',
      '1e9',
      ...Array.from({ length: 500 }, (_, n) => `${n}`),
    ]) {
      const answered = (await receiver.receive(get(`/?crc_token=${token}`), never)) as Extract<
        Outcome,
        { kind: 'handshake' }
      >;
      const { response_token: signature } = answered.response.body as { response_token: string };
      expect(signature).toBe(`sha256=${mac('sha256', token, 'base64')}`);
      const forged = post(token, { 'x-twitter-webhooks-signature': signature });
      expect(await receiver.receive(forged, never), token).toMatchObject({ kind: 'rejected' });
    }
    expect(store.size).toBe(0);
    const body = '{"for_user_id":"1","tweet_create_events":[]}';
    const genuine = post(body, { 'x-twitter-webhooks-signature': `sha256=${mac('sha256', body, 'base64')}` });
    expect((await receiver.receive(genuine, () => undefined)).kind).toBe('handled');
  });

  describe('a message of Amazon SNS', () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:orders';
    const own = 'arn:aws:sns:eu-west-1:999999999999:forger';
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const read = (name: string) => readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8');
    const signed = (fields: Record<string, string>) => {
      const text = Object.keys(fields)
        .sort()
        .map((name) => `${name}\n${fields[name]}\n`)
        .join('');
      return createSign('sha256').update(text).sign(privateKey, 'base64');
    };
    const { signs } = awsSns({ topicArns: [arn], signatureVersion: '2' }).scheme.description as PublicKeyDescription;
    const computed = signs[0] as {
      compute: (delivery: Delivery, url: () => string) => readonly { name: string; value: string }[];
    };
    const textOf = (message: object) => {
      const pairs = computed.compute(post(JSON.stringify({ SignatureVersion: '2', ...message })), () => '');
      return pairs.map(({ name, value }) => `${name}\n${value}\n`).join('');
    };
    const time = new Date(at * 1000).toISOString();

    it('that was published to one’s own topic and is split anew', () => {
      // What Amazon signs for the forger, to whom the topic belongs: the message alone is free.
      const forged = `x\nMessageId\nchosen\nTimestamp\n${time}\nTopicArn\n${arn}\nType\nNotification`;
      const genuine = { Message: forged, MessageId: 'm1', Timestamp: time, TopicArn: own, Type: 'Notification' };
      const text = Object.entries(genuine)
        .map(([name, value]) => `${name}\n${value}\n`)
        .join('');
      const splits: Record<string, unknown>[] = [
        {
          Message: 'x',
          MessageId: 'chosen',
          Timestamp: time,
          TopicArn: arn,
          Type: text.slice(text.indexOf('Notification\n')).trimEnd(),
        },
        {
          Message: 'x',
          MessageId: `chosen\nTimestamp\n${time}\nTopicArn\n${arn}`,
          Timestamp: time,
          TopicArn: arn,
          Type: 'Notification',
        },
        { Message: 'x', Subject: 'a\nb', MessageId: 'm', Timestamp: time, TopicArn: arn, Type: 'Notification' },
        { Message: 'x', MessageId: 'm', Timestamp: time, TopicArn: arn },
        { Message: 'x', Timestamp: time, TopicArn: arn, Type: 'Notification' },
        { MessageId: 'm', Timestamp: time, TopicArn: arn, Type: 'Notification' },
        { Message: 'x', MessageId: 'm', Timestamp: time, TopicArn: arn, Type: 'Other' },
        { Message: 'x', MessageId: 'm\u0000', Timestamp: time, TopicArn: arn, Type: 'Notification' },
        { Message: 'x', MessageId: 'm', Timestamp: `${time}\r`, TopicArn: arn, Type: 'Notification' },
        { Message: { a: 1 }, MessageId: 'm', Timestamp: time, TopicArn: arn, Type: 'Notification' },
        { Message: 'x', MessageId: 'm', Timestamp: time, TopicArn: arn, Type: '__proto__' },
      ];
      for (const message of splits)
        expect(() => textOf(message), JSON.stringify(message)).toThrow(
          expect.objectContaining({ code: 'header_malformed' }),
        );
      expect(
        textOf({ Message: 'a\nb', MessageId: 'm', Timestamp: time, TopicArn: arn, Type: 'Notification' }),
      ).toContain('a\nb');
      expect(signed({ a: '1' })).not.toBe('');
      expect(publicKey.type).toBe('public');
      expect(read('sns.pem')).toContain('CERTIFICATE');
    });
  });

  it('an amount of Adyen by moving a colon', async () => {
    const key = Buffer.from(secret).toString('hex');
    const item = {
      pspReference: 'P1',
      originalReference: '',
      merchantAccountCode: 'Shop',
      merchantReference: 'order:1000000',
      amount: { value: 1, currency: 'EUR' },
      eventCode: 'AUTHORISATION',
      success: 'true',
    };
    const signature = mac('sha256', 'P1::Shop:order:1000000:1:EUR:AUTHORISATION:true', 'base64', Buffer.from(secret));
    const send = (changes: object) => {
      const NotificationRequestItem = { ...item, ...changes, additionalData: { hmacSignature: signature } };
      const body = JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem }] });
      return receiverOf(adyen, { secrets: key }).verify(post(body));
    };
    await send({});
    expect(await codeOf(send({ merchantReference: 'order', amount: { value: '1000000:1', currency: 'EUR' } }))).toBe(
      'header_malformed',
    );
    expect(await codeOf(send({ merchantReference: '1000000', merchantAccountCode: 'Shop:order' }))).toBe(
      'header_malformed',
    );
    expect(await codeOf(send({ merchantReference: 'order', amount: { value: 1_000_000, currency: '1:EUR' } }))).toBe(
      'header_malformed',
    );
  });

  it('the body of PayPal without being told of it: a checksum alone is signed', () => {
    const provider = paypal({ webhookId: '4JH86294D6297924G' });
    expect(provider.scheme.signed).toMatchObject({ body: false, timestamp: true });
  });

  it('events of Mandrill by cutting the signed text elsewhere: what ends the URL stands there once', async () => {
    const receiver = receiverOf(mandrill, { dedupe: memoryStore() });
    const events = '[{"event":"inbound","msg":{"text":"mandrill_events[{},{},0]zz"}}]';
    const signed = `https://example.com/h?a=mandrill_events${events}`;
    const [before, rest] = signed.split(/mandrill_events(?=\[\{\},)/) as [string, string];
    const headers = { 'x-mandrill-signature': mac('sha1', signed, 'base64') };
    const form = (value: string) => `mandrill_events=${encodeURIComponent(value)}`;
    expect((await receiver.receive(post(form(events), headers, '/h?a='), () => undefined)).kind).toBe('handled');
    const cut = post(form(rest), headers, before.replace('https://example.com', ''));
    expect(await codeOf(receiver.verify(cut))).toBe('header_malformed');
    expect(mandrill.scheme.signed.body).toBe(true);
    // By another text, or as JSON, it is the same event.
    expect((await receiver.receive(post(events, headers, '/h?a='), never)).kind).toBe('duplicate');
    expect((await receiver.receive(post(`${form(events)}&x=1`, headers, '/h?a='), never)).kind).toBe('duplicate');
  });

  it('fields of Twilio and Plivo by cutting the signed text elsewhere, without being told of it', async () => {
    for (const { scheme } of [twilio, plivo, plivoV2]) expect(scheme.signed.body).toBe(false);
    const receiver = receiverOf(twilio);
    const headers = { 'x-twilio-signature': mac('sha1', 'https://example.com/habcd', 'base64') };
    const one = await receiver.verify(post('ab=cd', headers));
    const other = await receiver.verify(post('abc=d', headers));
    // The same signature, so the same event, whatever it seems to say.
    expect(await keyOf(one)).toBe(await keyOf(other));
    expect(one.signed.body).toBe(false);
  });
});

describe('no two events are taken for one', () => {
  it('of Plivo, version 2, which signs the address alone', async () => {
    const send = (body: string, nonce: string) =>
      receiverOf(plivoV2).verify(
        post(body, {
          'x-plivo-signature-v2': mac('sha256', `https://example.com/h${nonce}`, 'base64'),
          'x-plivo-signature-v2-nonce': nonce,
        }),
      );
    expect(await keyOf(send('CallUUID=1', '11'))).not.toBe(await keyOf(send('CallUUID=2', '22')));
    expect(await keyOf(send('CallUUID=1', '11'))).toBe(await keyOf(send('CallUUID=1', '33')));
  });

  it('of HubSpot, whose eventId is not unique', async () => {
    const events = [
      { eventId: 1, subscriptionId: 2, portalId: 3, objectId: 4, occurredAt: 5, attemptNumber: 0 },
      { eventId: 1, subscriptionId: 2, portalId: 3, objectId: 9, occurredAt: 5, attemptNumber: 0 },
      { eventId: 1, subscriptionId: 2, portalId: 9, objectId: 4, occurredAt: 5, attemptNumber: 0 },
      { eventId: 1, subscriptionId: 9, portalId: 3, objectId: 4, occurredAt: 5, attemptNumber: 0 },
      { eventId: 1, portalId: 3, fromObjectId: 4, toObjectId: 6, occurredAt: 5, attemptNumber: 0 },
      { eventId: 1, portalId: 3, fromObjectId: 6, toObjectId: 4, occurredAt: 5, attemptNumber: 0 },
    ];
    const send = async (list: object[]) => {
      const body = JSON.stringify(list);
      const time = `${at}000`;
      const signature = mac('sha256', `POSThttps://example.com/h${body}${time}`, 'base64');
      const whole = await receiverOf(hubspotV3).verify(
        post(body, { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': time }),
      );
      return Promise.all(whole.split().map(keyOf));
    };
    const keys = await send(events);
    expect(new Set(keys).size).toBe(events.length);
    expect(await send(events.map((event) => ({ ...event, attemptNumber: 3 })))).toEqual(keys);
  });

  it('of WooCommerce, which deletes the same product three times', async () => {
    const store = memoryStore();
    const handle = vi.fn();
    const receiver = receiverOf(woocommerce, { dedupe: store });
    const body = '{"id":25}';
    const send = (id: string) =>
      receiver.receive(
        post(body, {
          'x-wc-webhook-signature': mac('sha256', body, 'base64'),
          'x-wc-webhook-topic': 'product.deleted',
          'x-wc-webhook-delivery-id': id,
        }),
        handle,
      );
    for (const id of ['a', 'b', 'c']) expect((await send(id)).kind).toBe('handled');
    expect((await send('b')).kind).toBe('duplicate');
    const strict = receiverOf(woocommerce, { dedupe: { store: memoryStore(), identity: 'strict' } });
    const headers = (id: string) => ({
      'x-wc-webhook-signature': mac('sha256', body, 'base64'),
      'x-wc-webhook-delivery-id': id,
    });
    expect((await strict.receive(post(body, headers('a')), handle)).kind).toBe('handled');
    expect(await strict.receive(post(body, headers('b')), handle)).toMatchObject({
      kind: 'duplicate',
      idChanged: true,
    });
  });

  it('of GitHub, Shopify and Gitea, where the unsigned delivery id tells equal bodies apart', async () => {
    const cases: [Provider, string, (body: string) => Record<string, string>][] = [
      [github, 'x-github-delivery', (body) => ({ 'x-hub-signature-256': `sha256=${mac('sha256', body)}` })],
      [shopify, 'x-shopify-webhook-id', (body) => ({ 'x-shopify-hmac-sha256': mac('sha256', body, 'base64') })],
      [forgejoGitea, 'x-gitea-delivery', (body) => ({ 'x-gitea-signature': mac('sha256', body) })],
    ];
    for (const [provider, name, sign] of cases) {
      const send = (id: string) =>
        receiverOf(provider).verify(post('{"ref":"main"}', { ...sign('{"ref":"main"}'), [name]: id }));
      expect(await (await send('1')).identity(), provider.name).toMatchObject({ from: 'digest', joined: 'id' });
      expect(await keyOf(send('1')), provider.name).not.toBe(await keyOf(send('2')));
      expect(await keyOf(send('1')), provider.name).toBe(await keyOf(send('1')));
    }
  });

  it('of Dropbox, whose notifications are all alike: each one runs', async () => {
    const handle = vi.fn();
    const receiver = receiverOf(dropbox, { dedupe: memoryStore() });
    const body = '{"list_folder":{"accounts":["dbid:1"]}}';
    for (let index = 0; index < 3; index++)
      await receiver.receive(post(body, { 'x-dropbox-signature': mac('sha256', body) }), handle);
    expect(handle).toHaveBeenCalledTimes(3);
  });

  it('of WhatsApp, where a captured delivery comes again with one message more', async () => {
    const handle = vi.fn();
    const receiver = receiverOf(meta, { dedupe: memoryStore() });
    const send = (...ids: string[]) => {
      const messages = ids.map((id) => ({ id, type: 'text' }));
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ id: '1', changes: [{ field: 'messages', value: { messages } }] }],
      });
      return receiver.receive(post(body, { 'x-hub-signature-256': `sha256=${mac('sha256', body)}` }), handle);
    };
    await send('wamid.1');
    await send('wamid.1', 'wamid.2');
    expect(handle.mock.calls.map(([event]) => event.id)).toEqual(['wamid.1', 'wamid.2']);
  });

  it('of Meta: a message that is taken back, statuses of a group and of a payment', async () => {
    const split = async (value: object, list: 'changes' | 'messaging') => {
      const entry =
        list === 'messaging' ? { id: '1', messaging: value } : { id: '1', changes: [{ field: 'messages', value }] };
      const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] });
      const whole = await receiverOf(meta).verify(
        post(body, { 'x-hub-signature-256': `sha256=${mac('sha256', body)}` }),
      );
      return Promise.all(whole.split().map(keyOf));
    };
    const taken = [
      { timestamp: 1, message: { mid: 'm1', text: 'a' } },
      { timestamp: 2, message: { mid: 'm1', is_deleted: true } },
    ];
    expect(new Set(await split(taken, 'messaging')).size).toBe(2);
    const statuses = [
      { id: 'w1', status: 'delivered', timestamp: '1', recipient_participant_id: 'p1' },
      { id: 'w1', status: 'delivered', timestamp: '1', recipient_participant_id: 'p2' },
      { id: 'w2', status: 'captured', timestamp: '1' },
      { id: 'w2', status: 'captured', timestamp: '9' },
    ];
    expect(new Set(await split({ statuses }, 'changes')).size).toBe(4);
  });

  it('of MessageBird by GET, where the address is all there is', async () => {
    const { SignJWT } = await import('jose');
    const send = async (url: string) => {
      const token = await new SignJWT({
        iss: 'MessageBird',
        jti: 'j1',
        nbf: at - 1,
        exp: at + 60,
        url_hash: createHash('sha256').update(`https://example.com${url}`).digest('hex'),
      })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(bytes(secret));
      return receiverOf(messagebird).verify(get(url, { 'messagebird-signature-jwt': token }));
    };
    const one = await send('/h?id=m1&status=delivered');
    expect(one.payload).toEqual({ id: 'm1', status: 'delivered' });
    expect(await keyOf(one)).not.toBe(await keyOf(send('/h?id=m2&status=delivered')));
    expect(await keyOf(one)).toBe(await keyOf(send('/h?id=m1&status=delivered')));
  });
});

describe('one delivery is not taken for several', () => {
  it('of Twilio, asked for under another spelling of its address', async () => {
    const receiver = receiverOf(twilio);
    const headers = { 'x-twilio-signature': mac('sha1', 'https://example.com/h?tenant=7CallSidCA1', 'base64') };
    const original = await keyOf(receiver.verify(post('CallSid=CA1', headers, '/h?tenant=7')));
    for (const url of ['/h?tenant=%37', '/h?&tenant=7', '/h?tenant=7&', '/h?tenant=7&&', '/h?te%6eant=7'])
      expect(await keyOf(receiver.verify(post('CallSid=CA1', headers, url))), url).toBe(original);
    for (const body of ['CallSid=%43A1', '&CallSid=CA1', 'CallSid=CA1&CallSid=CA1'])
      expect(await keyOf(receiver.verify(post(body, headers, '/h?tenant=7'))), body).toBe(original);
  });

  it('of Braintree, with fields that nobody signed', async () => {
    const publicKey = 'integration_public_key';
    const receiver = receiverOf(braintree({ publicKey }));
    const payload = Buffer.from('<notification><kind>check</kind></notification>'.padEnd(60)).toString('base64');
    const key = createHash('sha1').update(secret).digest();
    const signature = `${publicKey}|${mac('sha1', payload, 'hex', key)}`;
    const send = (form: string) => receiver.verify(post(form));
    const fields = `bt_payload=${encodeURIComponent(payload)}&bt_signature=${encodeURIComponent(signature)}`;
    const original = await send(fields);
    for (const form of [
      `${fields}&x=1`,
      `x=1&${fields}`,
      `bt_signature=${encodeURIComponent(`other|00&${signature}`)}&bt_payload=${encodeURIComponent(payload)}`,
    ]) {
      const event = await send(form);
      expect(event.payload, form).toEqual(original.payload);
      expect(await keyOf(event), form).toBe(await keyOf(original));
    }
    expect(await codeOf(send(`${fields}&bt_payload=x`))).toBe('header_repeated');
    expect(await codeOf(send(`bt_payload=x&${fields}`))).toBe('header_repeated');
    expect(await codeOf(send(`\ufeff${fields}`))).toBe('header_missing');
  });

  it('of Plivo, with a body beside a GET, or a byte order mark', async () => {
    const receiver = receiverOf(plivo);
    const headers = (text: string) => ({
      'x-plivo-signature-v3': mac('sha256', text, 'base64'),
      'x-plivo-signature-v3-nonce': '7',
    });
    const request = get('/h?a=1', headers('https://example.com/h?a=1.7'));
    expect((await receiver.verify(request)).payload).toEqual({ a: '1' });
    expect(await codeOf(receiver.verify({ ...request, body: bytes('a=2') }))).toBe('header_malformed');
    const query = (count: number) => get(`/h?${Array(count).fill('a').join('&')}`, headers('x'));
    expect(await codeOf(receiver.verify(query(1000)))).toBe('signature_mismatch');
    expect(await codeOf(receiver.verify(query(1001)))).toBe('header_malformed');
    const form = post('b=1', headers('https://example.com/h?b1.7'), '/h');
    await receiver.verify(form);
    expect(await codeOf(receiver.verify({ ...form, body: bytes('\ufeffb=1') }))).toBe('signature_mismatch');
    await receiver.verify(
      post('b=1', {
        'x-plivo-signature-ma-v3': mac('sha256', 'https://example.com/h?b1.7', 'base64'),
        'x-plivo-signature-v3-nonce': '7',
      }),
    );
  });
});

describe('genuine deliveries are accepted', () => {
  it('of Linear in their last attempt, hours later and with the first bytes', async () => {
    const body = JSON.stringify({ action: 'create', type: 'Issue', webhookTimestamp: at * 1000 });
    const delivery = post(body, { 'linear-signature': mac('sha256', body) });
    for (const later of [0, 60, 3660, 25_260])
      await receiverOf(linear, { clock: () => new Date((at + later) * 1000) }).verify(delivery);
    expect(await codeOf(receiverOf(linear, { clock: () => new Date((at - 61) * 1000) }).verify(delivery))).toBe(
      'timestamp_too_new',
    );
  });

  it('of Amazon SNS some hours after they were published', () => {
    const { toleranceSeconds } = awsSns({ topicArns: ['arn:aws:sns:eu-west-1:123456789012:o'], signatureVersion: '2' });
    expect(toleranceSeconds).toMatchObject({ past: 86_400, future: 300 });
  });

  it('of Polar, whose newer endpoints sign with the bytes behind whsec_ and whose older ones with the text', async () => {
    const text = `whsec_${Buffer.from(secret).toString('base64')}`;
    for (const key of [text, secret]) {
      const headers = {
        'webhook-id': 'm1',
        'webhook-timestamp': String(at),
        'webhook-signature': `v1,${mac('sha256', `m1.${at}.{}`, 'base64', key)}`,
      };
      await receiverOf(polar, { secrets: text }).verify(post('{}', headers));
    }
  });

  it('of Gitea and Forgejo as a form, whose field is signed', async () => {
    const json = '{"ref":"refs/heads/main","after":"c1"}';
    for (const name of ['x-gitea-signature', 'x-forgejo-signature']) {
      const event = await receiverOf(forgejoGitea).verify(
        post(`payload=${encodeURIComponent(json)}`, { [name]: mac('sha256', json) }),
      );
      expect(event.payload).toEqual(JSON.parse(json));
      await receiverOf(forgejoGitea).verify(post(json, { [name]: mac('sha256', json) }));
    }
  });

  it('of HubSpot, version 2, and Contentful by other methods than POST', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const body = method === 'GET' || method === 'DELETE' ? '' : '{"a":1}';
      const signature = createHash('sha256')
        .update(`${secret}${method}https://example.com/h?id=1${body}`)
        .digest('hex');
      const headers = { 'x-hubspot-signature': signature, 'x-hubspot-signature-version': 'v2' };
      const event = await receiverOf(hubspotV2).verify({ ...post(body, headers, '/h?id=1'), method });
      expect(event.payload, method).toEqual(body === '' ? { id: '1' } : { a: 1 });
      const listed = 'x-contentful-signed-headers,x-contentful-timestamp';
      const head = `${method}\n/h\nx-contentful-signed-headers:${listed};x-contentful-timestamp:${at}000\n`;
      await receiverOf(contentful).verify({
        ...post(body, {
          'x-contentful-signature': mac('sha256', head + body),
          'x-contentful-signed-headers': listed,
          'x-contentful-timestamp': `${at}000`,
        }),
        method,
      });
    }
  });

  it('of Twilio whose address has an apostrophe that the sender escapes', async () => {
    for (const origin of ['https://example.com', 'https://example.com:443']) {
      const headers = { 'x-twilio-signature': mac('sha1', `${origin}/h?name=O%27NeilCallSidCA1`, 'base64') };
      await receiverOf(twilio).verify(post('CallSid=CA1', headers, "/h?name=O'Neil"));
    }
    const double = await codeOf(
      receiverOf(twilio).verify(
        post(
          '{}',
          { 'x-twilio-signature': mac('sha1', 'x', 'base64') },
          `/h?bodySHA256=${'0'.repeat(64)}&bodySHA256=${'0'.repeat(64)}`,
        ),
      ),
    );
    expect(double).toBe('header_repeated');
  });

  it('of WooCommerce: its unsigned ping is answered 200, without a handler', async () => {
    const receiver = receiverOf(woocommerce);
    expect(await receiver.receive(post('webhook_id=12'), never)).toMatchObject({
      kind: 'handshake',
      name: 'ping',
      response: { status: 200 },
    });
    for (const [body, headers] of [
      ['webhook_id=12&x=1', {}],
      ['webhook_id=12;', {}],
      ['webhook_id=', {}],
      ['{"webhook_id":12}', {}],
      ['webhook_id=12', { 'x-wc-webhook-signature': 'AAAA' }],
    ] as const)
      expect((await receiver.receive(post(body, headers), never)).kind, body).toBe('rejected');
  });

  it('of Zoom: a validation is answered with the secret that signed it', async () => {
    const older = 'aB3dE5fG7hJ9kL1mN3pQ5r';
    const receiver = receiverOf(zoom, { secrets: [secret, older] });
    const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}';
    for (const key of [secret, older]) {
      const headers = {
        'x-zm-request-timestamp': String(at),
        'x-zm-signature': `v0=${mac('sha256', `v0:${at}:${body}`, 'hex', key)}`,
      };
      expect(await receiver.receive(post(body, headers), never)).toMatchObject({
        response: { body: { encryptedToken: mac('sha256', 'qgg8vlvZRS6UYooatFL8Aw', 'hex', key) } },
      });
    }
  });
});

describe('nothing of a stranger costs what genuine deliveries need', () => {
  it('of HubSpot, version 1: what was lengthened verifies, does not parse, and is not remembered', async () => {
    const store = memoryStore({ maxRecords: 10 });
    const receiver = receiverOf(hubspotV1, { dedupe: store });
    for (let index = 0; index < 50; index++) {
      const body = `[{"a":1}]\u0080${index}`;
      const headers = {
        'x-hubspot-signature': createHash('sha256')
          .update(secret + body)
          .digest('hex'),
        'x-hubspot-signature-version': 'v1',
      };
      expect(await receiver.receive(post(body, headers), never)).toMatchObject({
        error: { code: 'payload_malformed' },
      });
    }
    expect(store.size).toBe(0);
  });

  it('of TrueLayer and Contentful: no header is listed twice, and few are', async () => {
    const { truelayer } = await import('../src/truelayer.ts');
    const { description } = truelayer.scheme as unknown as {
      description: { payloads: { compute: (...given: unknown[]) => unknown } };
    };
    const compute = (names: string[]) =>
      description.payloads.compute(
        post(
          '{}',
          Object.fromEntries([...new Set(names.map((name) => name.toLowerCase()))].map((name) => [name, 'x'])),
        ),
        { tl_headers: names.join(',') },
        () => '',
      );
    compute(['X-Tl-Webhook-Timestamp', 'a']);
    expect(() => compute(['X-Tl-Webhook-Timestamp', 'a', 'A'])).toThrow();
    expect(() =>
      compute(['X-Tl-Webhook-Timestamp', ...Array.from({ length: 32 }, (_, index) => `a${index}`)]),
    ).toThrow();
    const listed = [
      'x-contentful-signed-headers',
      'x-contentful-timestamp',
      ...Array.from({ length: 63 }, (_, index) => `a${index}`),
    ];
    const headers = Object.fromEntries(listed.map((name) => [name, 'x']));
    const request = post('{}', {
      ...headers,
      'x-contentful-signature': '0'.repeat(64),
      'x-contentful-timestamp': `${at}000`,
      'x-contentful-signed-headers': listed.join(','),
    });
    expect(await codeOf(receiverOf(contentful).verify(request))).toBe('header_malformed');
  });

  it('of Twilio and Mandrill: a form of a thousand names at most is looked at', async () => {
    const form = (first: string, count: number) =>
      [`${first}=`, ...Array.from({ length: count - 1 }, (_, index) => `a${index}=`)].join('&');
    for (const [provider, name, first] of [
      [twilio, 'x-twilio-signature', 'a'],
      [mandrill, 'x-mandrill-signature', 'mandrill_events'],
    ] as const) {
      const headers = { [name]: mac('sha1', 'x', 'base64') };
      expect(await codeOf(receiverOf(provider).verify(post(form(first, 1000), headers)))).toBe('signature_mismatch');
      expect(await codeOf(receiverOf(provider).verify(post(form(first, 1001), headers)))).toBe('header_malformed');
    }
  });
});

it('wrong kinds of secrets of Stripe are named when the receiver is built', () => {
  for (const [start, kind] of [
    ['sk_live_', 'a secret API key'],
    ['pk_live_', 'a publishable API key'],
    ['rk_live_', 'a restricted API key'],
    ['we_', 'the id of the endpoint'],
  ] as const) {
    expect(() => createReceiver({ provider: stripe, secrets: `${start}${secret}` })).toThrow(kind);
  }
});

it('a key of Plaid that is still JSON text is named when the receiver is built', () => {
  const text = JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' });
  expect(() => createReceiver({ provider: plaid, keys: text })).toThrow('JSON.parse(text)');
});
