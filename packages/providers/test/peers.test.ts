import { createHmac, createSecretKey } from 'node:crypto';
import { createReceiver } from '@countersign/core';
import { validateSignature as validateLine } from '@line/bot-sdk';
import { EventName, Paddle } from '@paddle/paddle-node-sdk';
import { EventWebhook } from '@sendgrid/eventwebhook';
// @ts-expect-error: Braintree's package has no types
import braintreePackage from 'braintree';
import { verifyKey as verifyDiscord } from 'discord-interactions';
// @ts-expect-error: MessageBird's package has no types for this file
import { VerifyOptions, verify as verifyMessagebird } from 'messagebird/lib/webhook-signature-jwt.js';
import Razorpay from 'razorpay';
import { WebhooksHelper as SquareHelper } from 'square';
import { Webhook as SvixWebhook } from 'svix';
import twilioPackage from 'twilio';
import { describe, expect, it } from 'vitest';
import { braintree } from '../src/braintree.ts';
import { clerk } from '../src/clerk.ts';
import { resend } from '../src/resend.ts';
import { svix } from '../src/svix.ts';
import { twilio } from '../src/twilio.ts';
import { deliveryOf, type RecordedDelivery, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

const at = 1_795_251_600;
const clock = () => new Date(at * 1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const recordingOf = (file: string): RecordedDelivery => {
  const recorded = recordedDeliveries.find(([name]) => name === `${file}.json`)?.[1];
  if (recorded === undefined) throw new Error(`there is no recording ${file}`);
  return recorded;
};
const header = ({ headers }: RecordedDelivery, name: string) => headers[name] as string;

/** What the sender's own package says of a recorded delivery with this body. It may throw for a refusal. */
const verdicts: Readonly<Record<string, (recorded: RecordedDelivery, body: string) => unknown>> = {
  discord: (one, body) =>
    verifyDiscord(body, header(one, 'x-signature-ed25519'), header(one, 'x-signature-timestamp'), one.key as string),
  line: (one, body) => validateLine(body, one.secret as string, header(one, 'x-line-signature')),
  messagebird: (one, body) =>
    verifyMessagebird(
      `${one.publicUrl}${one.url}`,
      Buffer.from(body),
      header(one, 'messagebird-signature-jwt'),
      createSecretKey(Buffer.from(one.secret as string)),
      new VerifyOptions(true, true, { algorithms: ['HS256'], issuer: 'MessageBird', currentDate: clock() }),
    ).then(() => true),
  razorpay: (one, body) =>
    Razorpay.validateWebhookSignature(body, header(one, 'x-razorpay-signature'), one.secret as string),
  sendgrid: (one, body) => {
    const verifier = new EventWebhook();
    return verifier.verifySignature(
      verifier.convertPublicKeyToECDSA(one.key as string),
      body,
      header(one, 'x-twilio-email-event-webhook-signature'),
      header(one, 'x-twilio-email-event-webhook-timestamp'),
    );
  },
  square: (one, body) =>
    SquareHelper.verifySignature({
      requestBody: body,
      signatureHeader: header(one, 'x-square-hmacsha256-signature'),
      signatureKey: one.secret as string,
      notificationUrl: `${one.publicUrl}${one.url}`,
    }),
  twilio: (one, body) =>
    twilioPackage.validateRequest(
      one.secret as string,
      header(one, 'x-twilio-signature'),
      `${one.publicUrl}${one.url}`,
      formOf(body),
    ),
};

function formOf(body: string): Record<string, string | string[]> {
  const form = new URLSearchParams(body);
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

describe('the packages of the senders', () => {
  it.each(Object.keys(verdicts))('agree on the recorded delivery of %s, and on one with another body', async (id) => {
    const recorded = recordingOf(id);
    const ask = verdicts[id] as (typeof verdicts)[string];
    const changed = `${recorded.body}&changed=1`;
    const ours = (body: string) =>
      receiverOf(recorded)
        .verify({ ...deliveryOf(recorded), body: bytes(body) })
        .then(() => true)
        .catch(() => false);
    const theirs = async (body: string) => {
      try {
        return (await ask(recorded, body)) === true;
      } catch {
        return false;
      }
    };
    expect([await theirs(recorded.body), await theirs(changed)]).toEqual([true, false]);
    expect([await ours(recorded.body), await ours(changed)]).toEqual([true, false]);
  });

  it('agree on a delivery of Paddle signed now, which the package for Node measures by its own clock', async () => {
    const secret = 'pdl_ntfset_01hsdn8d43dt7mezr1ef2jtbaw_hKkRiCGyyRhbFwIUuqiTBgI7gnWoV0Gr';
    const seconds = Math.floor(Date.now() / 1000);
    const body = '{"event_id":"evt_1","event_type":"address.created","data":{"id":"add_é"}}';
    const signature = createHmac('sha256', secret).update(`${seconds}:${body}`).digest('hex');
    const webhooks = new Paddle('key').webhooks;
    expect(await webhooks.isSignatureValid(body, secret, `ts=${seconds};h1=${signature}`)).toBe(true);
    expect(await webhooks.isSignatureValid(`${body} `, secret, `ts=${seconds};h1=${signature}`)).toBe(false);
    const { paddle } = await import('../src/paddle.ts');
    const receiver = createReceiver({ provider: paddle, secrets: secret });
    const delivery = { headers: { 'paddle-signature': `ts=${seconds};h1=${signature}` }, body: bytes(body) };
    expect((await receiver.verify(delivery)).type).toBe(EventName.AddressCreated);
    await expect(receiver.verify({ ...delivery, body: bytes(`${body} `) })).rejects.toThrow();
  });

  it.each([
    ['svix', svix],
    ['clerk', clerk],
    ['resend', resend],
  ])('of Svix sign what %s accepts', async (_, provider) => {
    const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdeF').toString('base64')}`;
    const body = '{"type":"t","note":"é\\u00e9  "}';
    const headers = {
      'svix-id': 'msg_1',
      'svix-timestamp': String(at),
      'svix-signature': new SvixWebhook(secret).sign('msg_1', clock(), body),
    };
    const receiver = createReceiver({ provider, secrets: secret, clock, onWarning: () => {} });
    expect((await receiver.verify({ headers, body: bytes(body) })).id).toBe('msg_1');
    await expect(receiver.verify({ headers, body: bytes(`${body} `) })).rejects.toThrow();
  });

  it('of Braintree signs notifications and challenges that the receiver accepts and answers', async () => {
    const [publicKey, privateKey] = ['integration_public_key', 'a7Qm2Zx9Lk4Tz8Rw1Vb6'];
    const gateway = new braintreePackage.BraintreeGateway({
      environment: braintreePackage.Environment.Sandbox,
      merchantId: 'merchant',
      publicKey,
      privateKey,
    });
    const sample = gateway.webhookTesting.sampleNotification('check' as never, 'id') as unknown as Record<
      string,
      string
    >;
    const body = bytes(new URLSearchParams(sample).toString());
    const receiver = createReceiver({ provider: braintree({ publicKey }), secrets: privateKey });
    const event = await receiver.verify({ headers: {}, body });
    // The field with the signatures may hold others besides, which nobody signed.
    expect(event.payload).toEqual({ bt_payload: sample.bt_payload });
    expect(event.text()).toContain('bt_signature=');
    const changed = { ...sample, bt_payload: sample.bt_payload?.replace('P', 'Q') as string };
    await expect(
      receiver.verify({ headers: {}, body: bytes(new URLSearchParams(changed).toString()) }),
    ).rejects.toThrow();
    const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
    const outcome = await receiver.receive(
      { method: 'GET', url: `/?bt_challenge=${challenge}`, headers: {}, body: new Uint8Array() },
      () => expect.unreachable(),
    );
    const answer = await gateway.webhookNotification.verify(challenge);
    expect(outcome).toMatchObject({ kind: 'handshake', response: { body: answer } });
  });

  it('of Twilio signs each spelling of an address that the receiver tries', async () => {
    const secret = '7c1f9be04a5d4d0e8b6f2a9c3d1e5f70';
    const receiver = createReceiver({ provider: twilio, secrets: secret, publicUrl: 'https://example.com' });
    const url = '/voice?name=O%27Neil&note=a+b';
    const params = { CallSid: 'CA1', Note: 'é & "quotes"' };
    const body = bytes(new URLSearchParams(params).toString());
    for (const signed of [
      `https://example.com${url}`,
      `https://example.com:443${url}`,
      "https://example.com/voice?name=O'Neil&note=a%20b",
      "https://example.com:443/voice?name=O'Neil&note=a%20b",
    ]) {
      const headers = { 'x-twilio-signature': twilioPackage.getExpectedTwilioSignature(secret, signed, params) };
      await receiver.verify({ url, headers, body });
    }
    const other = twilioPackage.getExpectedTwilioSignature(secret, `https://example.org${url}`, params);
    await expect(receiver.verify({ url, headers: { 'x-twilio-signature': other }, body })).rejects.toMatchObject({
      code: 'signature_mismatch',
      hint: expect.stringMatching(/tried.*https:\/\/example\.com\/voice, https:\/\/example\.com:443\/voice/),
    });
  });
});
