/** Compares verification with the senders' own packages and with the usual handwritten code. */

import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createReceiver } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { stripe } from '@countersign/providers/stripe';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { type Contestant, compare } from './measure.ts';

/** A ratio to reach: the speed relative to another way. */
export interface Goal {
  readonly work: string;
  readonly bytes: number;
  readonly against: string;
  readonly least: number;
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
}

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const standardKey = Buffer.from(secret.slice('whsec_'.length), 'base64');
const kibibyte = 1024;

export async function measureVerification(): Promise<Goal[]> {
  const goals: Goal[] = [];
  for (const bytes of [kibibyte, 10 * kibibyte, 100 * kibibyte, 1024 * kibibyte]) {
    const guess = 2 + bytes / 2000;
    const { ours, handWritten, header, payload } = stripeContestants(bytes);
    const timings = await compare([ours, handWritten, header], guess);
    const add = (work: string, against: string, least: number, [ourTime, theirTime]: readonly number[]) => {
      if (ourTime === undefined || theirTime === undefined) return;
      goals.push({ work, bytes, against, least, ratio: theirTime / ourTime, ours: ourTime, theirs: theirTime });
    };
    const [ourTime, handTime, headerTime] = timings.map(({ microseconds }) => microseconds);
    add('verify', 'handwritten createHmac(KeyObject) + timingSafeEqual', bytes >= 100 * kibibyte ? 0.95 : 0.85, [
      ourTime ?? 0,
      handTime ?? 0,
    ]);
    if (bytes === kibibyte || bytes === 1024 * kibibyte)
      add('verify', 'stripe verifyHeader', 1.2, [ourTime ?? 0, headerTime ?? 0]);
    const parsed = await compare(payload, guess * 4);
    add(
      'verify and parse',
      'stripe constructEvent',
      1,
      parsed.map(({ microseconds }) => microseconds),
    );
    if (bytes < 10 * kibibyte) continue;
    const standard = await compare(standardContestants(bytes), guess * 10);
    const [verified, withPayload, standardTime, svixTime] = standard.map(({ microseconds }) => microseconds);
    // Both only verify and parse together, so they are also compared with a verification whose payload is read.
    for (const [against, theirs] of [
      ['standardwebhooks', standardTime],
      ['svix', svixTime],
    ] as const) {
      add('verify', against, 4, [verified ?? 0, theirs ?? 0]);
      add('verify and parse', against, 1, [withPayload ?? 0, theirs ?? 0]);
    }
  }
  return goals;
}

function jsonOf(bytes: number): Buffer {
  const head = '{"id":"evt_1","object":"event","type":"invoice.paid","data":[';
  const item = '{"id":"il_1","amount":47550,"currency":"eur","description":"A line of an invoice"},';
  const count = Math.max(1, Math.floor((bytes - head.length - 12) / item.length));
  const text = `${head}${item.repeat(count)}""`;
  return Buffer.from(`${text}${' '.repeat(Math.max(0, bytes - text.length - 2))}]}`);
}

/** A Stripe request: its headers and body. */
function headersOf(signature: Record<string, string>, bytes: number): Record<string, string> {
  return {
    host: 'example.com',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'content-length': String(bytes),
    accept: '*/*; q=0.5, application/xml',
    'cache-control': 'no-cache',
    'content-type': 'application/json; charset=utf-8',
    ...signature,
    'accept-encoding': 'gzip',
    connection: 'keep-alive',
  };
}

function stripeContestants(bytes: number) {
  const body = jsonOf(bytes);
  const client = new Stripe('sk_test_none');
  const signature = client.webhooks.generateTestHeaderString({ payload: body.toString(), secret });
  const headers = headersOf({ 'stripe-signature': signature }, body.length);
  const receiver = createReceiver({ provider: stripe, secrets: secret });
  const key = createSecretKey(Buffer.from(secret));
  const { signature: verifier } = client.webhooks as unknown as {
    signature: { verifyHeader(payload: Buffer, header: string, secret: string, tolerance: number): boolean };
  };
  const delivery = { body, headers };
  const ours: Contestant = { name: 'countersign', run: () => receiver.verify(delivery) };
  const handWritten: Contestant = {
    name: 'handwritten',
    run: () => {
      const parts = (headers['stripe-signature'] as string).split(',');
      const time = (parts.find((part) => part.startsWith('t=')) as string).slice(2);
      const given = Buffer.from((parts.find((part) => part.startsWith('v1=')) as string).slice(3), 'hex');
      const expected = createHmac('sha256', key).update(`${time}.`).update(body).digest();
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('mismatch');
      if (Math.abs(Date.now() / 1000 - Number(time)) > 300) throw new Error('stale');
    },
  };
  const header: Contestant = { name: 'verifyHeader', run: () => verifier.verifyHeader(body, signature, secret, 300) };
  const payload: Contestant[] = [
    { name: 'countersign, payload', run: async () => (await receiver.verify(delivery)).payload },
    { name: 'constructEvent', run: () => client.webhooks.constructEvent(body, signature, secret) },
  ];
  return { ours, handWritten, header, payload };
}

function standardContestants(bytes: number): Contestant[] {
  const body = jsonOf(bytes);
  const now = new Date();
  const time = Math.floor(now.getTime() / 1000);
  const mac = createHmac('sha256', standardKey).update(`msg_1.${time}.`).update(body).digest('base64');
  const signature = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(time), 'webhook-signature': `v1,${mac}` };
  const headers = headersOf(signature, body.length);
  const receiver = createReceiver({ provider: standardWebhooks, secrets: secret });
  const standard = new StandardWebhook(secret);
  const svix = new SvixWebhook(secret);
  const delivery = { body, headers };
  return [
    { name: 'countersign', run: () => receiver.verify(delivery) },
    { name: 'countersign, payload', run: async () => (await receiver.verify(delivery)).payload },
    { name: 'standardwebhooks', run: () => standard.verify(body, headers) },
    { name: 'svix', run: () => svix.verify(body, headers) },
  ];
}
