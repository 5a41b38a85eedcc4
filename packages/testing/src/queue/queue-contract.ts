/** The contract of a queue, as tests: nothing acknowledged before the engine holds it, nothing lost, nothing forged, each event once. */

import {
  createReceiver,
  type DedupeStore,
  type Handler,
  memoryStore,
  type Outcome,
  type Receiver,
  type WebhookEvent,
} from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { type ContractRunner, requireEqual, requireThat } from '../contract-runner.ts';
import { signDelivery } from '../signing/sign-delivery.ts';
import type { SignedDelivery } from '../signing/signing-options.ts';
import type {
  JobContextUnderTest,
  QueueContractOptions,
  QueueHandle,
  QueueUnderTest,
  WorkerUnderTest,
} from './queue-contract-options.ts';

const caseTimeoutMilliseconds = 60_000;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const defaultAttempts = 3;
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let made = 0;
const freshName = () => `e${process.pid}x${++made}x${Math.random().toString(36).slice(2, 10)}`;
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Waits until a check passes. @throws its last failure after `seconds` */
async function eventually(check: () => Promise<void> | void, seconds = 25): Promise<void> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(50);
    }
  }
}

/**
 * Declares the cases of the contract. Run it with your test runner against your real engine.
 *
 * @example
 * queueContract({ describe, it }, { make: makeMyQueue, enqueue, work });
 */
export function queueContract<Queue extends QueueUnderTest>(
  { describe, it }: ContractRunner,
  options: QueueContractOptions<Queue>,
): void {
  const { store = memoryStore, outage, restart, transactional, attempts = defaultAttempts } = options;

  /** One case: a queue of its own, with workers that are closed at its end. */
  const holds = (
    sentence: string,
    body: (bench: Bench<Queue>) => Promise<void>,
    purpose: 'any' | 'order' | 'crash' = 'any',
  ) =>
    it(
      sentence,
      async () => {
        const handle = await options.make(defaultAttempts, purpose);
        const bench = new Bench(handle, options, store);
        try {
          await body(bench);
        } finally {
          await bench.end();
          await handle.close?.();
        }
      },
      caseTimeoutMilliseconds,
    );

  describe('the contract of queues', () => {
    holds('acknowledges an event once the engine holds it, and not with the response of a handler', async (bench) => {
      const outcome = await bench.deliver(await bench.sign());
      requireEqual(outcome.kind, 'handled', 'the outcome');
      requireEqual(outcome.kind === 'handled' ? outcome.response : 0, undefined, 'the response');
      requireEqual(await bench.handle.pending(), 1, 'jobs that the engine holds right after the acknowledgement');
    });

    holds(
      'gives the worker the event as a handler of the route gets it, with the trace of its request',
      async (bench) => {
        const before = Date.now();
        const delivery = await bench.sign({ 'x-shop': 'one', traceparent, tracestate: 'vendor=1' });
        let sent: WebhookEvent | undefined;
        await bench.receiver.receive(delivery, (event, context) => {
          sent = event;
          return bench.enqueue(event, context);
        });
        bench.work();
        await eventually(() => requireEqual(bench.runs.length, 1, 'runs'));
        const { event, context } = bench.runs[0] as Run;
        const facts = async (one: WebhookEvent) => ({
          provider: one.provider,
          id: one.id,
          type: one.type,
          createdAt: one.createdAt,
          signedAt: one.signedAt,
          secretId: one.secretId,
          signed: one.signed,
          payload: one.payload,
          text: one.text(),
          identity: await one.identity(),
        });
        requireEqual(await facts(event), await facts(sent as WebhookEvent), 'the event');
        requireEqual(context.unsigned.header('X-Shop'), 'one', 'a header');
        requireEqual(context.unsigned.header('webhook-signature'), undefined, 'the signature');
        requireEqual(context.attempt, 1, 'the attempt');
        requireEqual(context.job.queue, bench.queue.name, 'the queue');
        requireEqual(context.job.trace, { traceparent, tracestate: 'vendor=1' }, 'the trace');
        const arrived = context.job.arrivedAt.getTime();
        requireThat(arrived >= before - 1000 && arrived <= Date.now(), 'the time of arrival');
        await eventually(async () => requireEqual(await bench.handle.pending(), 0, 'jobs after the run'));
      },
    );

    if (options.countsRunning === false)
      holds('keeps a job until its handler has ended, as shows when the engine loses the worker', async (bench) => {
        const gate = bench.gate();
        await bench.deliver(await bench.sign());
        bench.work(() => gate.opened);
        await eventually(() => requireEqual(bench.runs.length, 1, 'runs'));
        requireEqual(await bench.handle.pending(), 0, 'jobs that wait while the handler runs');
        await outage?.cut();
        try {
          await eventually(async () => requireEqual(await bench.handle.pending(), 1, 'jobs that wait again'));
        } finally {
          await outage?.restore();
        }
        gate.open();
        // The claim knows that it has run.
        await bench.settles(1);
      });
    else
      holds('keeps a job until its handler has ended', async (bench) => {
        const gate = bench.gate();
        await bench.deliver(await bench.sign());
        bench.work(() => gate.opened);
        await eventually(() => requireEqual(bench.runs.length, 1, 'runs'));
        await pause(300);
        requireThat((await bench.handle.pending()) >= 1, 'the engine holds the job while its handler runs');
        gate.open();
        await eventually(async () => requireEqual(await bench.handle.pending(), 0, 'jobs after the run'));
      });

    holds('runs an event once that is delivered twice', async (bench) => {
      const delivery = await bench.sign();
      const outcomes = await Promise.all([bench.deliver(delivery), bench.deliver(delivery)]);
      requireThat(
        outcomes.every(({ kind }) => kind === 'handled' || kind === 'in_flight' || kind === 'duplicate'),
        `outcomes: ${outcomes.map(({ kind }) => kind).join(', ')}`,
      );
      requireEqual((await bench.deliver(delivery)).kind, 'duplicate', 'a later delivery');
      bench.work();
      await bench.settles(1);
    });

    holds(
      'runs an event once whose first publication was not recorded, as after a crash before the completion',
      async (bench) => {
        const delivery = await bench.sign();
        for (let time = 0; time < 2; time++) {
          // The record of the route is gone, and that of the worker is not.
          const forgetful = bench.receiverOn(memoryStore());
          requireEqual((await forgetful.receive(delivery, bench.enqueue)).kind, 'handled', 'the outcome');
        }
        bench.work();
        await bench.settles(1);
      },
    );

    holds('runs an event whose first attempt to publish failed, as after a crash before it', async (bench) => {
      const delivery = await bench.sign();
      const crash: Handler = () => {
        throw new Error('before the publication');
      };
      requireEqual((await bench.receiver.receive(delivery, crash)).kind, 'failed', 'the outcome of the crash');
      requireEqual(await bench.handle.pending(), 0, 'jobs after the crash');
      requireEqual((await bench.deliver(delivery)).kind, 'handled', 'the outcome of the retry');
      bench.work();
      await bench.settles(1);
    });

    holds('runs a job once that is completed but not acknowledged, as after a crash between the two', async (bench) => {
      const delivery = await bench.sign();
      await bench.deliver(delivery);
      bench.work();
      await bench.settles(1);
      // The engine hands it out again: the same job, under another id of the engine.
      const [job] = bench.published as [Published];
      await bench.queue.publish({ ...job, id: freshId() });
      await eventually(async () => requireEqual(await bench.handle.pending(), 0, 'jobs after the second time'));
      requireEqual(bench.runs.length, 1, 'runs');
    });

    holds('waits for a claim whose owner has died, without using up the attempts of the job', async (bench) => {
      await bench.deliver(await bench.sign());
      const claims: string[] = [];
      const held = bench.store;
      const dead: DedupeStore = {
        ...held,
        async claim(key, leaseSeconds) {
          // Someone took it and died.
          if (claims.push(key) === 1) await held.claim(key, 2);
          return held.claim(key, leaseSeconds);
        },
      };
      bench.work(undefined, dead);
      await bench.settles(1);
      requireEqual(await bench.handle.dead(), 0, 'dead jobs');
    });

    holds(`gives up a job after ${attempts} attempts, and works on the next`, async (bench) => {
      const poison = await bench.sign();
      await bench.deliver(poison);
      const good = await bench.sign();
      await bench.deliver(good);
      bench.work((event) => {
        if (event.id === poison.headers['webhook-id']) throw new Error('poison');
      });
      await eventually(async () => requireEqual(await bench.handle.dead(), 1, 'dead jobs'));
      const runsOf = (delivery: SignedDelivery) =>
        bench.runs.filter(({ event }) => event.id === delivery.headers['webhook-id']);
      requireEqual(runsOf(poison).length, attempts, 'attempts of the poison');
      requireEqual(
        runsOf(poison).map(({ context }) => context.attempt),
        Array.from({ length: attempts }, (_, index) => index + 1),
        'the attempt numbers',
      );
      await eventually(() => requireEqual(runsOf(good).length, 1, 'runs of the other'));
      await eventually(async () => requireEqual(await bench.handle.pending(), 0, 'pending jobs'));
    });

    holds('takes a job of the largest size that it states, and refuses a larger one with a code', async (bench) => {
      const { maxJobBytes } = bench.queue;
      const room = Math.min(maxJobBytes, 2 * 1024 ** 2);
      const sized = (bytes: number) => bench.sign({}, { data: 'x'.repeat(bytes) });
      const small = await sized(Math.floor(((room - 4096) * 3) / 4));
      requireEqual((await bench.deliver(small)).kind, 'handled', 'the outcome of the largest');
      const job = bench.published[0] as Published;
      requireThat(job.text.length > room - 8192 && job.text.length <= room, `a job of ${job.text.length} bytes`);
      if (room === maxJobBytes) {
        const outcome = await bench.deliver(await sized(room));
        requireEqual(outcome.kind === 'failed' && codeOf(outcome.cause), 'job_too_large', 'the cause');
        requireEqual(bench.published.length, 1, 'jobs published');
      }
      bench.work();
      await bench.settles(1);
      requireEqual(
        (bench.runs[0] as Run).event.body.length,
        (small.body as Uint8Array).length,
        'the length of the body',
      );
    });

    holds('refuses jobs that were changed, forged, moved from another queue, or are none', async (bench) => {
      for (let count = 0; count < 2; count++) await bench.deliver(await bench.sign());
      const [one, two] = bench.published as [Published, Published];
      // Genuine ones out of the way.
      bench.work();
      await bench.settles(2);
      const job = JSON.parse(one.text) as Record<string, unknown>;
      const other = JSON.parse(two.text) as Record<string, unknown>;
      const changed: Record<string, unknown>[] = [
        { ...job, body: Buffer.from('{"type":"order.paid","data":{}}').toString('base64') },
        { ...job, identity: other.identity },
        { ...job, tenant: 'someone' },
        { ...job, namespace: 'elsewhere' },
        { ...job, proof: String(job.proof).replace('"signed":{', '"signed":{"all":true,') },
        { ...job, head: '{"method":"POST","headers":[]}' },
        { ...job, arrivedAt: String(Number(job.arrivedAt) + 1) },
        { ...job, type: 'another' },
        { ...job, queue: `${bench.queue.name}2` },
        { ...job, seal: String(other.seal) },
        { ...job, countersign: 1, body: undefined },
        { hello: 'world' },
      ];
      const foreign = await bench.sealedElsewhere();
      const refused = [...changed.map((one) => JSON.stringify(one)), foreign];
      for (const text of refused)
        await bench.queue.publish({ text, id: freshId(), group: undefined, transaction: undefined });
      await eventually(async () => requireEqual(await bench.handle.dead(), refused.length, 'dead jobs'), 45);
      requireEqual(bench.runs.length, 2, 'runs');
      const codes = new Set(bench.errors.map(codeOf));
      requireEqual(
        [...codes].sort(),
        ['job_forged', 'job_key_unknown', 'job_malformed'],
        'codes that the worker reports',
      );
      const forged = bench.errors.filter((error) => codeOf(error) === 'job_forged').length;
      if (options.buriesAtOnce === true) requireEqual(forged, 10, 'reports of forged jobs, one for each');
    });

    holds('leaves a job of a later version to a worker that can read it', async (bench) => {
      await bench.deliver(await bench.sign());
      const [job] = bench.published as [Published];
      bench.work();
      await bench.settles(1);
      const later = JSON.stringify({ ...(JSON.parse(job.text) as object), countersign: 2 });
      await bench.queue.publish({ ...job, text: later, id: freshId() });
      await eventually(() => requireThat(bench.errors.map(codeOf).includes('job_unsupported'), 'no job_unsupported'));
      await eventually(async () => requireEqual(await bench.handle.dead(), 1, 'dead jobs'));
      // Not at once: another worker has its attempts.
      requireEqual(bench.errors.length, attempts, 'attempts');
    });

    holds('refuses a job that is older than the records of the worker', async (bench) => {
      await bench.deliver(await bench.sign(), new Date(Date.now() - 8 * 86_400_000));
      bench.work();
      await eventually(async () => requireEqual(await bench.handle.dead(), 1, 'dead jobs'));
      requireEqual(bench.runs.length, 0, 'runs');
      requireEqual(codeOf(bench.errors[0]), 'job_expired', 'the code');
    });

    holds('ends what runs and takes nothing more when a worker is closed', async (bench) => {
      for (let count = 0; count < 3; count++) await bench.deliver(await bench.sign());
      const gate = bench.gate();
      let isEnded = false;
      const worker = bench.work(async () => {
        await gate.opened;
        await pause(100);
        isEnded = true;
      });
      await eventually(() => requireThat(bench.runs.length > 0, 'a run'));
      const closing = worker.close();
      await pause(50);
      gate.open();
      await closing;
      requireThat(isEnded, 'the handler has ended when close() resolves');
      const ran = bench.runs.length;
      requireThat(ran < 3, `${ran} of 3 jobs ran`);
      await pause(300);
      requireEqual(bench.runs.length, ran, 'runs after close()');
      bench.work();
      await bench.settles(3);
      const ids = bench.runs.map(({ event }) => event.id);
      requireEqual(new Set(ids).size, 3, 'events that ran');
    });

    holds('works off several jobs at once, each once', async (bench) => {
      const deliveries = await Promise.all(Array.from({ length: 20 }, () => bench.sign()));
      for (const delivery of deliveries) requireEqual((await bench.deliver(delivery)).kind, 'handled', 'the outcome');
      bench.work(() => pause(5), undefined, 5);
      bench.work(() => pause(5), undefined, 5);
      await bench.settles(20);
      requireEqual(new Set(bench.runs.map(({ event }) => event.id)).size, 20, 'events that ran');
    });

    if (options.ordered === true)
      holds(
        'keeps the order of the events of one entity, past one that fails at first',
        async (bench) => {
          const receiver = bench.receiverOn(bench.store, { isOrdered: true });
          const deliveries = [];
          for (let position = 1; position <= 5; position++)
            deliveries.push(await bench.sign({}, { data: { entity: 'one', position } }));
          for (const delivery of deliveries)
            requireEqual((await receiver.receive(delivery, bench.enqueue)).kind, 'handled', 'the outcome');
          const order: number[] = [];
          let isFirst = true;
          bench.work((event) => {
            const { position } = (event.payload as { data: { position: number } }).data;
            if (position === 2 && isFirst) {
              isFirst = false;
              throw new Error('once');
            }
            order.push(position);
          });
          await eventually(() => requireEqual(order, [1, 2, 3, 4, 5], 'the order'));
        },
        'order',
      );

    if (outage !== undefined)
      holds(
        'answers 503 while the engine is away, acknowledges nothing, and goes on when it is back',
        async (bench) => {
          const delivery = await bench.sign();
          await outage.cut();
          try {
            const outcome = await bench.deliver(delivery);
            requireEqual(outcome.kind, 'failed', 'the outcome while the engine is away');
            const { response, cause } = outcome as Extract<Outcome, { kind: 'failed' }>;
            requireEqual(response?.status, 503, 'the status');
            requireThat(Number(response?.headers?.['retry-after']) > 0, 'Retry-After');
            requireEqual(codeOf(cause), 'queue_unavailable', 'the cause');
          } finally {
            await outage.restore();
          }
          await eventually(async () => {
            const outcome = await bench.deliver(delivery);
            const isDone = outcome.kind === 'handled' || outcome.kind === 'duplicate';
            requireThat(isDone, `the outcome after it: ${outcome.kind}${causeOf(outcome)}`);
          });
          bench.work();
          await bench.settles(1);
        },
      );

    if (outage !== undefined)
      holds('goes on with a worker that has lost the engine for a while', async (bench) => {
        bench.work();
        await bench.deliver(await bench.sign());
        await eventually(() => requireEqual(bench.runs.length, 1, 'runs before'));
        await outage.cut();
        await pause(500);
        await outage.restore();
        const delivery = await bench.sign();
        await eventually(async () => {
          const outcome = await bench.deliver(delivery);
          const isDone = outcome.kind === 'handled' || outcome.kind === 'duplicate';
          requireThat(isDone, `the outcome after it: ${outcome.kind}${causeOf(outcome)}`);
        });
        await bench.settles(2);
      });

    if (restart !== undefined)
      holds(
        'keeps jobs when the engine is killed and started again',
        async (bench) => {
          for (let count = 0; count < 5; count++)
            requireEqual((await bench.deliver(await bench.sign())).kind, 'handled', 'the outcome');
          await restart();
          bench.work();
          await bench.settles(5);
        },
        'crash',
      );

    if (transactional !== undefined)
      holds('commits the job together with the record that its event is done, or neither', async (bench) => {
        const receiver = bench.receiverOn(transactional(), { mode: 'transactional' });
        const delivery = await bench.sign();
        let publications = 0;
        const failing: Handler = async (event, context) => {
          await bench.enqueue(event, context);
          publications++;
          throw new Error('after the publication');
        };
        for (let time = 0; time < 3; time++)
          requireEqual((await receiver.receive(delivery, failing)).kind, 'failed', 'the outcome of a crash');
        requireEqual(publications, 3, 'publications that were rolled back');
        requireEqual(await bench.handle.pending(), 0, 'jobs after the rollbacks');
        requireEqual((await receiver.receive(delivery, bench.enqueue)).kind, 'handled', 'the outcome');
        requireEqual(
          (await receiver.receive(delivery, bench.enqueue)).kind,
          'duplicate',
          'the outcome of a repetition',
        );
        requireEqual(await bench.handle.pending(), 1, 'jobs');
        bench.work(undefined, receiver);
        await bench.settles(1);
      });
  });
}

interface Run {
  readonly event: WebhookEvent;
  readonly context: JobContextUnderTest;
}

type Published = Parameters<QueueUnderTest['publish']>[0];

/** A queue with its receiver, its workers, and what they did. */
class Bench<Queue extends QueueUnderTest> {
  readonly handle: QueueHandle<Queue>;
  readonly queue: Queue;
  readonly store: DedupeStore;
  readonly receiver: Receiver;
  readonly enqueue: Handler;
  readonly runs: Run[] = [];
  readonly errors: unknown[] = [];
  /** The jobs that `enqueue` has published. */
  readonly published: Published[] = [];
  readonly #options: QueueContractOptions<Queue>;
  readonly #workers: WorkerUnderTest[] = [];
  readonly #gates: (() => void)[] = [];
  readonly #namespace = freshName();

  constructor(handle: QueueHandle<Queue>, options: QueueContractOptions<Queue>, store: () => DedupeStore) {
    this.handle = handle;
    this.#options = options;
    this.queue = handle.queue;
    this.store = store();
    this.receiver = this.receiverOn(this.store);
    this.enqueue = this.#recording(options.enqueue);
  }

  /** Notes what is published on the way to the queue. */
  #recording(enqueue: (queue: Queue) => Handler): Handler {
    const publish = async (job: Published) => {
      await this.queue.publish(job);
      this.published.push(job);
    };
    return enqueue({ ...this.queue, publish } as Queue);
  }

  receiverOn(
    store: DedupeStore,
    { mode, isOrdered = false, at }: { mode?: 'transactional'; isOrdered?: boolean; at?: Date } = {},
  ): Receiver {
    return createReceiver({
      provider: { ...standardWebhooks, name: 'contract' },
      secrets: secret,
      maxBodyBytes: 64 * 1024 ** 2,
      onOutcome: () => undefined,
      onWarning: () => undefined,
      dedupe: { store, namespace: this.#namespace, ...(mode && { mode }) },
      ...(at && { clock: () => at }),
      ...(isOrdered && {
        ordering: {
          entity: (event: WebhookEvent) => (event.payload as { data?: { entity?: string } }).data?.entity,
          position: (event: WebhookEvent) => (event.payload as { data: { position: number } }).data.position,
        },
      }),
    }) as unknown as Receiver;
  }

  sign(headers: Readonly<Record<string, string>> = {}, payload: object = {}): Promise<SignedDelivery> {
    const body = JSON.stringify({
      type: 'order.paid',
      timestamp: '2026-11-27T10:00:00Z',
      note: 'ä\u0000🚀',
      ...payload,
    });
    return signDelivery(standardWebhooks, { secret, id: `msg_${freshName()}`, body, headers });
  }

  /** @param at the time of day for the route, if it is another */
  async deliver(delivery: SignedDelivery, at?: Date): Promise<Outcome> {
    if (at === undefined) return this.receiver.receive(delivery, this.enqueue);
    const body = delivery.body as Uint8Array;
    const early = await signDelivery(standardWebhooks, { secret, id: `msg_${freshName()}`, body, at });
    return this.receiverOn(memoryStore(), { at }).receive(early, this.enqueue);
  }

  work(
    handle: (event: WebhookEvent, context: JobContextUnderTest) => void | Promise<void> = () => undefined,
    on?: DedupeStore | Receiver,
    concurrency = 1,
  ): WorkerUnderTest {
    const receiver = on === undefined ? this.receiver : 'receive' in on ? on : this.receiverOn(on);
    const worker = this.#options.work(
      this.queue,
      receiver,
      (event, context) => {
        this.runs.push({ event, context });
        return handle(event, context);
      },
      { onError: (error) => void this.errors.push(error), concurrency },
    );
    worker.ready.catch((error) => this.errors.push(error));
    this.#workers.push(worker);
    return worker;
  }

  /** Waits until the engine holds no job, and checks that nothing runs afterwards. */
  async settles(runs: number): Promise<void> {
    await eventually(() => requireThat(this.runs.length >= runs, `${this.runs.length} of ${runs} runs`));
    await eventually(async () => requireEqual(await this.handle.pending(), 0, 'pending jobs'));
    await pause(100);
    requireEqual(this.runs.length, runs, 'runs');
  }

  /** A job of the same event form, sealed with the key of someone else. */
  async sealedElsewhere(): Promise<string> {
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const receiver = createReceiver({
      provider: { ...standardWebhooks, name: 'contract' },
      secrets: other,
      onOutcome: () => undefined,
      dedupe: { store: memoryStore(), namespace: this.#namespace },
    }) as unknown as Receiver;
    let text = '';
    const publish = async (job: Published) => {
      text = job.text;
    };
    const enqueue = this.#options.enqueue({ ...this.queue, publish } as Queue);
    const body = JSON.stringify({ type: 'order.paid' });
    await receiver.receive(await signDelivery(standardWebhooks, { secret: other, id: freshName(), body }), enqueue);
    return text;
  }

  gate(): { readonly opened: Promise<void>; open(): void } {
    let open = () => undefined as void;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.push(open);
    return { opened, open };
  }

  async end(): Promise<void> {
    for (const open of this.#gates) open();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}

/** An id in the form of those that `enqueue` gives. */
function freshId(): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
}

/** The reason of a failure, as far down as it goes. */
function causeOf(outcome: Outcome): string {
  let text = '';
  for (let cause = outcome.kind === 'failed' ? outcome.cause : undefined; cause instanceof Error; cause = cause.cause)
    text += ` <- ${cause.message}`;
  return text;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
