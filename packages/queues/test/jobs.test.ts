/** What a job holds, who may write one, and what a worker makes of it; over a list in memory, since no engine is involved. */

import { createHash, createHmac, hkdfSync } from 'node:crypto';
import {
  createReceiver,
  defineProvider,
  type Handler,
  hmac,
  memoryStore,
  type Receiver,
  secretsByTenant,
  sharedToken,
  type WebhookEvent,
} from '@countersign/core';
import { github } from '@countersign/providers/github';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { stripe } from '@countersign/providers/stripe';
import { signDelivery } from '@countersign/testing';
import { describe, expect, it } from 'vitest';
import {
  type EnqueueOptions,
  enqueue,
  type JobQueue,
  type SealOptions,
  type WorkContext,
  type WorkOptions,
  work,
} from '../src/index.ts';

const key = 'k'.repeat(20) + Buffer.alloc(24, 1).toString('hex');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A list, whose jobs are run by the test. */
function listQueue({
  seal,
  maxJobBytes = 1_048_576,
  name = 'list',
}: {
  seal?: SealOptions;
  maxJobBytes?: number;
  name?: string;
} = {}) {
  const jobs: { text: string; id: string; group: string | undefined }[] = [];
  let run: Parameters<JobQueue['take']>[0] | undefined;
  const queue: JobQueue = {
    name,
    engine: 'list',
    maxJobBytes,
    seal,
    publish: async (job) => void jobs.push(job),
    async take(take) {
      run = take;
      return { close: async () => undefined };
    },
  };
  return { queue, jobs, run: (job: unknown) => run?.({ job, messageId: '1', delivery: 1 }) };
}

const receiverOf = (options: object): Receiver =>
  createReceiver({
    dedupe: { store: memoryStore(), namespace: 'test' },
    onOutcome: () => undefined,
    onWarning: () => undefined,
    ...options,
  } as never) as never;

/** Puts a delivery on a list and works it off, by another receiver if one is given. */
async function pass(
  from: Receiver,
  delivery: Parameters<Receiver['receive']>[0],
  {
    seal,
    to = from,
    sealOfWorker = seal,
    enqueueOptions,
    workOptions,
  }: {
    seal?: SealOptions;
    to?: Receiver;
    sealOfWorker?: SealOptions | undefined;
    enqueueOptions?: EnqueueOptions;
    workOptions?: WorkOptions;
  } = {},
) {
  const list = listQueue({ ...(seal && { seal }) });
  const sent: WebhookEvent[] = [];
  const put = enqueue(list.queue, enqueueOptions) as unknown as Handler;
  const outcome = await from.receive(delivery, (event, context) => {
    sent.push(event);
    return put(event, context);
  });
  const got: WebhookEvent[] = [];
  const contexts: WorkContext[] = [];
  const other = listQueue({ ...(sealOfWorker && { seal: sealOfWorker }) });
  const worker = work(
    other.queue,
    to,
    (event, context) => {
      got.push(event as WebhookEvent);
      contexts.push(context);
    },
    { onError: () => undefined, ...workOptions },
  );
  await worker.ready;
  const errors: unknown[] = [];
  for (const { text } of list.jobs) await other.run(text)?.catch((error) => errors.push(error));
  return { outcome, jobs: list.jobs, sent, got, contexts, errors, run: other.run };
}

describe('the seal of a job', () => {
  it('is an HMAC under a key of HKDF-SHA-256, as node:crypto computes it from the parts', async () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    const delivery = await signDelivery(standardWebhooks, { secret, body: '{"type":"ä"}' });
    const { jobs } = await pass(receiver, delivery);
    const job = JSON.parse(jobs[0]?.text ?? '') as Record<string, string>;
    const material = Buffer.from(secret.slice(6), 'base64');
    const derived = hkdfSync('sha256', material, 'countersign', 'countersign: the seal of job 1', 32);
    const part = (text: string | undefined) => (text === undefined ? '-' : `${Buffer.byteLength(text)}:${text}`);
    const digest = createHash('sha256')
      .update(delivery.body as Uint8Array)
      .digest('base64url');
    const names =
      'queue namespace tenant provider scheme identity identityFrom identityJoined proof arrivedAt type id head element traceparent tracestate reference';
    const parts = ['job 1', ...names.split(' ').map((name) => job[name]), digest];
    const mac = createHmac('sha256', Buffer.from(derived)).update(parts.map(part).join('')).digest('base64url');
    expect(job.seal).toBe(mac);
    // Not a MAC that a handshake could sign for a stranger.
    for (const label of ['countersign: the seal of job 1', 'countersign'])
      expect(Buffer.from(derived).equals(createHmac('sha256', material).update(label).digest())).toBe(false);
  });

  it.each([
    ['a function', { secrets: () => secret }],
    ['tenants', { secrets: secretsByTenant({ acme: secret }, () => 'acme') }],
  ])('needs a key of its own with %s', async (_, secrets) => {
    const receiver = receiverOf({ provider: standardWebhooks, ...secrets });
    expect(() => work(listQueue().queue, receiver, () => undefined)).toThrow(/secret_invalid.*seal\.keys/);
    const delivery = await signDelivery(standardWebhooks, { secret });
    const put = enqueue(listQueue().queue) as unknown as Handler;
    const outcome = await receiver.receive(delivery, put);
    expect(outcome).toMatchObject({ kind: 'failed', cause: { code: 'secret_invalid', at: 'seal.keys' } });
    const { got } = await pass(receiver, delivery, { seal: { keys: key } });
    expect(got).toHaveLength(1);
  });

  it('refuses short keys, placeholders and none', () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    for (const keys of ['short', 'x'.repeat(64), [], '', undefined as never, [{ value: 'short' }]])
      expect(() => work(listQueue({ seal: { keys } }).queue, receiver, () => undefined)).toThrow('secret_invalid');
  });

  it('accepts jobs of a retired key that arrived in time, and says which key is unknown', async () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    const delivery = () => signDelivery(standardWebhooks, { secret });
    const old = 'o'.repeat(8) + Buffer.alloc(24, 2).toString('hex');
    const soon = new Date(Date.now() + 60_000);
    const past = new Date(Date.now() - 60_000);
    const seal = { keys: old };
    const rotated = await pass(receiver, await delivery(), {
      seal,
      sealOfWorker: { keys: [key, { value: old, notAfter: soon }] },
    });
    expect(rotated.got).toHaveLength(1);
    const late = await pass(receiver, await delivery(), {
      seal,
      sealOfWorker: { keys: [key, { value: old, notAfter: past }] },
    });
    expect(late.errors).toMatchObject([{ code: 'job_forged' }]);
    const gone = await pass(receiver, await delivery(), { seal, sealOfWorker: { keys: key } });
    expect(gone.errors).toMatchObject([{ code: 'job_key_unknown' }]);
  });

  it('does not let a job of one receiver, or of one tenant, pass for that of another', async () => {
    const seal = { keys: key };
    const delivery = () => signDelivery(standardWebhooks, { secret });
    const one = receiverOf({ provider: standardWebhooks, secrets: secret });
    const elsewhere = receiverOf({
      provider: standardWebhooks,
      secrets: secret,
      dedupe: { store: memoryStore(), namespace: 'other' },
    });
    const moved = await pass(one, await delivery(), { seal, to: elsewhere });
    expect(moved.errors).toMatchObject([{ code: 'job_unsupported' }]);
    const other = receiverOf({ provider: { ...standardWebhooks, name: 'acme' }, secrets: secret });
    expect((await pass(one, await delivery(), { seal, to: other })).errors).toMatchObject([
      { code: 'job_unsupported' },
    ]);

    const tenants = receiverOf({
      provider: standardWebhooks,
      secrets: secretsByTenant({ a: secret, b: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }, () => 'a'),
    });
    const { got, contexts, jobs, run } = await pass(tenants, await delivery(), { seal });
    expect(contexts[0]?.tenant).toBe('a');
    expect(got).toHaveLength(1);
    const job = JSON.parse(jobs[0]?.text ?? '') as object;
    await expect(run(JSON.stringify({ ...job, tenant: 'b' }))).rejects.toMatchObject({ code: 'job_forged' });
    const { tenant: _, ...without } = job as { tenant: string };
    await expect(run(JSON.stringify(without))).rejects.toMatchObject({ code: 'job_forged' });
  });

  it('is the same for an object that the engine has parsed, with its names in another order', async () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    const { jobs, run } = await pass(receiver, await signDelivery(standardWebhooks, { secret }));
    const job = JSON.parse(jobs[0]?.text ?? '') as object;
    await expect(run(Object.fromEntries(Object.entries(job).reverse()))).resolves.toBeUndefined();
  });
});

describe('the content of a job', () => {
  const tokenProvider = (token: Parameters<typeof sharedToken>[0]['token']) =>
    defineProvider({ name: 'tokens', scheme: sharedToken({ token }), eventType: { json: 'type' } });
  const token = 'tok_5f4dcc3b5aa765d61d8327deb882cf99';

  it.each([
    ['a header', tokenProvider({ header: 'x-token' }), { headers: { 'X-Token': token } }],
    [
      'a bearer token',
      tokenProvider({ header: 'authorization', scheme: 'Bearer' }),
      { headers: { authorization: `Bearer ${token}` } },
    ],
    ['the query', tokenProvider({ query: 'token' }), { url: `/hooks?shop=1&token=${token}`, headers: {} }],
    [
      'a header and a copy of it',
      tokenProvider({ header: 'x-token' }),
      { headers: { 'x-token': token, 'x-forwarded-token': `was ${token}` }, url: `/t/${token}?a=${token}&b=2` },
    ],
  ])('has no token that came in %s', async (_, provider, head) => {
    const receiver = receiverOf({
      provider,
      secrets: token,
      requiredHeaders: { 'x-required': 'required-value-1234' },
    });
    const headers = { ...head.headers, 'x-required': 'required-value-1234', cookie: 'session=abc', 'x-shop': 'one' };
    const body = Buffer.from('{"type":"a"}');
    const { outcome, jobs, got, contexts } = await pass(receiver, { ...head, headers, body } as never, {
      seal: { keys: key },
    });
    expect(outcome.kind).toBe('handled');
    const whole = JSON.stringify(jobs);
    for (const value of [token, 'required-value-1234', 'session=abc', key]) expect(whole).not.toContain(value);
    expect(got[0]?.type).toBe('a');
    expect(contexts[0]?.unsigned.header('x-shop')).toBe('one');
  });

  it('has no signature, and no secret in any encoding', async () => {
    const stripeSecret = 'whsec_9f86d081884c7d659a2feaa0c55ad015';
    const receiver = receiverOf({ provider: stripe, secrets: stripeSecret });
    const delivery = await signDelivery(stripe, { secret: stripeSecret });
    const { jobs } = await pass(receiver, delivery);
    const whole = JSON.stringify(jobs);
    const encoded = [
      stripeSecret,
      Buffer.from(stripeSecret).toString('base64url'),
      Buffer.from(stripeSecret).toString('hex'),
    ];
    for (const value of [...encoded, delivery.headers['stripe-signature'] as string])
      expect(whole).not.toContain(value);
  });

  it('keeps id and type that came in headers', async () => {
    const receiver = receiverOf({ provider: github, secrets: 'a-secret-of-github-1' });
    const delivery = await signDelivery(github, { secret: 'a-secret-of-github-1', type: 'push' });
    const { sent, got } = await pass(receiver, delivery, { seal: { keys: key } });
    expect(got).toHaveLength(1);
    expect([got[0]?.id, got[0]?.type, await got[0]?.identity()]).toEqual([
      sent[0]?.id,
      sent[0]?.type,
      await sent[0]?.identity(),
    ]);
    expect(got[0]?.type).toBe('push');
  });

  it('is one element for each event of a batch, without the others', async () => {
    const provider = defineProvider({
      name: 'batches',
      scheme: hmac({ hash: 'SHA-256', signature: { header: 'x-signature', encoding: 'hex' }, signs: ['body'] }),
      batch: { json: 'events.*', eventId: { json: 'id' } },
      eventType: { json: 'type' },
    });
    const batchSecret = 'a-secret-of-batches-1';
    const receiver = receiverOf({ provider, secrets: batchSecret });
    const events = [
      { id: 'one', type: 'a', big: 'x'.repeat(100) },
      { id: 'two', type: 'b', big: 'y'.repeat(100) },
    ];
    const delivery = await signDelivery(provider, { secret: batchSecret, body: JSON.stringify({ events }) });
    const { jobs, sent, got } = await pass(receiver, delivery, { seal: { keys: key } });
    expect(jobs).toHaveLength(2);
    expect(jobs[0]?.text).not.toContain('yyy');
    expect(jobs[0]?.id).not.toBe(jobs[1]?.id);
    const facts = async (list: WebhookEvent[]) =>
      Promise.all(list.map(async (one) => [one.id, one.type, one.payload, one.signed, await one.identity()]));
    expect(await facts(got)).toEqual(await facts(sent));
    expect(got.map((one) => JSON.parse(one.text()))).toEqual(events);
  });

  it('is validated again by a schema, whose output the worker gets', async () => {
    const schema = {
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value: { wrapped: value } }) },
    };
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret, schemas: { a: schema } });
    const { got } = await pass(receiver, await signDelivery(standardWebhooks, { secret, body: '{"type":"a"}' }));
    expect(got[0]?.payload).toEqual({ wrapped: { type: 'a' } });
  });

  it('has a reference instead of bytes that are too large, and the archive is checked', async () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    const list = listQueue({ maxJobBytes: 4096 });
    const kept = new Map<string, Uint8Array>();
    const archive = {
      put: async (body: Uint8Array, id: string) => {
        kept.set(id, body);
        return id;
      },
      get: async (reference: string) => kept.get(reference) as Uint8Array,
    };
    const body = JSON.stringify({ type: 'a', data: 'x'.repeat(10_000) });
    const large = () => signDelivery(standardWebhooks, { secret, body });
    const refused = await receiver.receive(await large(), enqueue(list.queue) as never);
    expect(refused).toMatchObject({ kind: 'failed', cause: { code: 'job_too_large' } });
    expect((await receiver.receive(await large(), enqueue(list.queue, { archive }) as never)).kind).toBe('handled');
    expect(list.jobs).toHaveLength(1);
    const got: string[] = [];
    const handler = (event: WebhookEvent) => void got.push(event.text());
    await work(list.queue, receiver, handler as never, { archive }).ready;
    const text = list.jobs[0]?.text;
    for (const id of kept.keys()) kept.set(id, Buffer.from('{"type":"forged"}'));
    await expect(list.run(text)).rejects.toMatchObject({ code: 'job_forged' });
    for (const id of kept.keys()) kept.set(id, Buffer.from(body));
    await list.run(text);
    expect(got).toEqual([body]);
    await work(list.queue, receiver, handler as never, { onError: () => undefined }).ready;
    await expect(list.run(text)).rejects.toMatchObject({ code: 'job_unsupported' });
  });
});

describe('a worker', () => {
  it('needs a store, a receiver and a handler', () => {
    const without = createReceiver({ provider: standardWebhooks, secrets: secret, onWarning: () => undefined });
    expect(() => work(listQueue().queue, without, () => undefined)).toThrow(/options_invalid.*dedupe/);
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    expect(() => work(listQueue().queue, { ...receiver }, () => undefined)).toThrow(/options_invalid.*receiver/);
    expect(() => work(listQueue().queue, receiver, undefined as never)).toThrow('options_invalid');
    expect(() => work({} as never, receiver, () => undefined)).toThrow(/options_invalid.*queue/);
    expect(() => enqueue(undefined as never)).toThrow(/options_invalid.*queue/);
  });

  it('acknowledges types without a handler, and answers each by its own', async () => {
    const receiver = receiverOf({ provider: standardWebhooks, secrets: secret });
    const list = listQueue();
    const seen: unknown[] = [];
    await work(list.queue, receiver, { 'a.b': (event: WebhookEvent) => void seen.push(event.type) } as never).ready;
    for (const type of ['a.b', 'c.d']) {
      const body = JSON.stringify({ type });
      await receiver.receive(await signDelivery(standardWebhooks, { secret, body }), enqueue(list.queue) as never);
    }
    for (const { text } of list.jobs) await list.run(text);
    expect(seen).toEqual(['a.b']);
  });

  it('counts runs apart from the attempts of the sender, and gives up nothing by itself', async () => {
    const dead: unknown[] = [];
    const receiver = receiverOf({
      provider: standardWebhooks,
      secrets: secret,
      deadLetter: { afterAttempts: 1, handle: (event: WebhookEvent) => void dead.push(event.id) },
    });
    const list = listQueue();
    const attempts: number[] = [];
    await work(list.queue, receiver, (_, context) => {
      attempts.push(context.attempt);
      if (attempts.length < 3) throw new Error('not yet');
    }).ready;
    await receiver.receive(await signDelivery(standardWebhooks, { secret }), enqueue(list.queue) as never);
    const text = list.jobs[0]?.text;
    for (let time = 0; time < 2; time++) await expect(list.run(text)).rejects.toThrow('not yet');
    for (let time = 0; time < 2; time++) await list.run(text);
    expect(attempts).toEqual([1, 2, 3]);
    expect(dead).toEqual([]);
  });

  it('keeps an older event of an entity from running after a newer one, apart from the order of arrival', async () => {
    const receiver = receiverOf({
      provider: standardWebhooks,
      secrets: secret,
      ordering: {
        entity: (event: WebhookEvent) => (event.payload as { e: string }).e,
        position: (event: WebhookEvent) => (event.payload as { p: number }).p,
      },
    });
    const list = listQueue();
    const seen: unknown[] = [];
    await work(list.queue, receiver, (event) => void seen.push((event.payload as { p: number }).p)).ready;
    for (const p of [1, 2]) {
      const body = JSON.stringify({ type: 'a', e: 'x', p });
      const outcome = await receiver.receive(
        await signDelivery(standardWebhooks, { secret, body }),
        enqueue(list.queue) as never,
      );
      expect(outcome.kind).toBe('handled');
    }
    expect(new Set(list.jobs.map(({ group }) => group)).size).toBe(1);
    // Both had arrived in order; only here do they come in another one.
    for (const { text } of [...list.jobs].reverse()) await list.run(text);
    expect(seen).toEqual([2]);
  });
});
