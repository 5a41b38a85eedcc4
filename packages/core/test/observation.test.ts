/** What observers get, and that none of them can change a delivery. */

import diagnostics from 'node:diagnostics_channel';
import {
  createReceiver,
  type DedupeStore,
  defineProvider,
  defineStore,
  memoryStore,
  type Outcome,
  type Provider,
  type ReceiverPolicy,
  type SecretInput,
  secretsByTenant,
  timestampedHmac,
} from '@countersign/core';
import {
  diagnosticsChannel,
  type HandlerStart,
  observer as makeObserver,
  type ObserverHooks,
  type OutcomeReport,
  outcomeChannel,
} from '@countersign/core/observe';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { B, bytes, deliveryOf, K1, K2, now, receiverOf, signT, T } from './fixtures.ts';

const quiet = { onWarning: () => undefined };
const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));
const delivery = (id = 'evt_1', secret = K1, time = now) => {
  const body = bytes(JSON.stringify({ id, type: 'invoice.paid', text: 'private words' }));
  return deliveryOf({ 'x-sig': signT(secret, time, body) }, body);
};

/** A receiver without `onOutcome`, and with warnings only if they are asked for. */
function unobserved(provider: Provider, secrets: SecretInput, policy: ReceiverPolicy = {}) {
  const clock = () => new Date(now * 1000);
  return createReceiver({ provider: provider as Provider<object, 'secrets'>, secrets, clock, ...policy });
}

/** An observer that keeps what it is told. */
function recorder() {
  const reports: OutcomeReport[] = [];
  const outcomes: Outcome[] = [];
  const starts: HandlerStart[] = [];
  const observer = makeObserver({
    onOutcome(outcome, report) {
      outcomes.push(outcome);
      reports.push(report);
    },
    runHandler(_event, start, run) {
      starts.push(start);
      run();
    },
  });
  return { observer, reports, outcomes, starts };
}

afterEach(() => vi.restoreAllMocks());

describe('a report', () => {
  it('has the facts of a handled event, and nothing of its body, its id or its headers', async () => {
    const { observer, reports, starts } = recorder();
    const receiver = unobserved(
      T,
      secretsByTenant({ acme: K1, other: K2 }, () => 'other'),
      {
        observe: observer,
        dedupe: { store: memoryStore(), namespace: 'billing' },
      },
    );
    await receiver.receive(delivery('evt_1', K2, now - 7), async () => {
      await later(30);
      return { status: 202 };
    });
    const [report] = reports as [OutcomeReport];
    expect(report).toEqual({
      provider: 't',
      namespace: 'billing',
      outcome: 'handled',
      status: 202,
      eventType: 'invoice.paid',
      tenant: 'other',
      secretId: expect.any(String),
      attempt: 1,
      signatureAgeSeconds: 7,
      remarks: [],
      late: false,
      startedAt: expect.any(Date),
      durations: {
        verify: expect.any(Number),
        claim: expect.any(Number),
        handle: expect.any(Number),
        complete: expect.any(Number),
        total: expect.any(Number),
      },
    });
    const { verify = 0, claim = 0, handle = 0, complete = 0, total } = report.durations;
    expect(handle).toBeGreaterThan(0.025);
    expect(verify + claim + handle + complete).toBeCloseTo(total, 3);
    expect(starts).toEqual([
      {
        provider: 't',
        namespace: 'billing',
        startedAt: report.startedAt,
        attempt: 1,
        tenant: 'other',
        unsigned: expect.objectContaining({ method: undefined }),
      },
    ]);
    expect(JSON.stringify(report)).not.toMatch(/private|evt_1|x-sig|v1=/);
  });

  it('has the time of reading for a body that the receiver reads', async () => {
    const { observer, reports } = recorder();
    const { headers, body } = delivery();
    await receiverOf(T, K1, { observe: observer }).receive(
      { headers, body: () => later(30).then(() => body) },
      () => undefined,
    );
    const { read = 0, verify = 0, total = 0 } = reports[0]?.durations ?? {};
    expect(read).toBeGreaterThan(0.025);
    expect(verify).toBeLessThan(total - 0.02);
  });

  it('names the code of a refusal and its status, and no stage that was not reached', async () => {
    const { observer, reports } = recorder();
    const receiver = receiverOf(T, K1, { observe: observer });
    await receiver.receive(delivery('evt_1', K2), () => undefined);
    await receiver.receive(deliveryOf({}), () => undefined);
    expect(
      reports.map(({ outcome, code, status, durations }) => [outcome, code, status, Object.keys(durations)]),
    ).toEqual([
      ['rejected', 'signature_mismatch', 401, ['total']],
      ['rejected', 'header_missing', 401, ['total']],
    ]);
  });

  it('counts attempts, and tells duplicates, failures and events in flight apart', async () => {
    const { observer, reports } = recorder();
    const receiver = receiverOf(T, K1, { observe: observer, dedupe: memoryStore() });
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await receiver.receive(delivery(), () => ({ status: 503 }));
    const running = receiver.receive(delivery(), () => later(30));
    await receiver.receive(delivery(), () => undefined);
    await running;
    await receiver.receive(delivery(), () => undefined);
    expect(reports.map(({ outcome, status, attempt }) => [outcome, status, attempt])).toEqual([
      ['failed', 503, 1],
      ['in_flight', 503, undefined],
      ['handled', 200, 2],
      ['duplicate', 200, undefined],
    ]);
  });

  it('carries the remarks on an outcome', async () => {
    const { observer, reports } = recorder();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const memory = memoryStore();
    const store: DedupeStore = defineStore({
      ...memory,
      complete: async () => {
        throw new Error('away');
      },
    });
    const receiver = receiverOf(T, K1, { observe: observer, dedupe: { store, timeoutSeconds: 0.2 } });
    await receiver.receive(delivery(), () => undefined);
    expect(reports[0]?.remarks).toEqual(['completionLost']);
  });

  it('comes for each event of a batch, with times of its own', async () => {
    const { observer, reports, starts } = recorder();
    const batched = defineProvider({
      name: 'b',
      scheme: timestampedHmac({ header: 'x-sig' }),
      batch: { json: 'events.*' },
      eventId: { json: 'id' },
    });
    const body = bytes(JSON.stringify({ events: [{ id: 'a' }, { id: 'b' }] }));
    await receiverOf(batched, K1, { observe: observer }).receive(
      deliveryOf({ 'x-sig': signT(K1, now, body) }, body),
      ({ id }) => later(id === 'a' ? 60 : 0),
    );
    expect(reports.map(({ outcome }) => outcome)).toEqual(['handled', 'handled']);
    expect(starts).toHaveLength(2);
    expect(reports[0]?.durations.handle).toBeGreaterThan(0.05);
    expect(reports[1]?.durations.handle).toBeLessThan(0.05);
  });

  it.each([
    ['with a store', true],
    ['without one', false],
  ])('comes again, as late, when a handler ends after its deadline, %s', async (_, hasStore) => {
    const { observer, reports } = recorder();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = receiverOf(T, K1, {
      observe: observer,
      handlerTimeoutSeconds: 0.05,
      ...(hasStore && { dedupe: memoryStore() }),
    });
    await receiver.receive(delivery('a'), () => later(150));
    await receiver.receive(delivery('b'), async () => {
      await later(150);
      throw new Error('after all');
    });
    await vi.waitFor(() => expect(reports).toHaveLength(4));
    const seen = reports.map(({ outcome, late }) => `${outcome}${late ? ' late' : ''}`);
    expect(seen.toSorted()).toEqual(['failed', 'failed', 'failed late', 'handled late']);
    expect(reports.find(({ late }) => late)?.durations.handle).toBeGreaterThan(0.12);
  });

  it('goes to each observer of a list, in its order, after onOutcome', async () => {
    const order: unknown[] = [];
    const named = (name: string) => makeObserver({ onOutcome: (outcome) => void order.push([name, outcome.kind]) });
    const receiver = receiverOf(T, K1, {
      onOutcome: (outcome) => void order.push(outcome.kind),
      observe: [named('first'), named('second')],
    });
    await receiver.receive(delivery(), () => undefined);
    expect(order).toEqual(['handled', ['first', 'handled'], ['second', 'handled']]);
  });

  it('survives a clock that fails', async () => {
    const { observer, reports } = recorder();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const clock = () => {
      throw new Error('no time');
    };
    await receiverOf(T, K1, { observe: observer, clock }).receive(delivery(), () => undefined);
    expect(reports).toMatchObject([{ outcome: 'rejected', code: 'options_invalid', status: 500 }]);
  });
});

describe('an observer', () => {
  const observers: [string, ObserverHooks['runHandler']][] = [
    [
      'throws before it runs the handler',
      () => {
        throw new Error('broken');
      },
    ],
    [
      'throws after it',
      (_e, _s, run) => {
        run();
        throw new Error('broken');
      },
    ],
    ['never runs the handler', () => undefined],
    [
      'runs it twice',
      (_e, _s, run) => {
        run();
        run();
      },
    ],
    [
      'runs it later',
      (_e, _s, run) => {
        setTimeout(run, 5);
      },
    ],
    [
      'rejects',
      (async () => {
        throw new Error('broken');
      }) as never,
    ],
  ];
  it.each(observers)('that %s changes nothing: the handler runs once, and its result counts', async (_, runHandler) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = receiverOf(T, K1, {
      observe: [makeObserver({ runHandler } as ObserverHooks), recorder().observer],
      dedupe: memoryStore(),
    });
    let runs = 0;
    const done = await receiver.receive(delivery('a'), async () => {
      runs++;
      return { status: 207 };
    });
    const failed = await receiver.receive(delivery('b'), () => {
      runs++;
      throw new Error('of the handler');
    });
    await later(15);
    expect([done, failed, runs]).toMatchObject([
      { kind: 'handled', response: { status: 207 } },
      { kind: 'failed', cause: { message: 'of the handler' } },
      2,
    ]);
  });

  it('that throws or rejects at an outcome hides it from no other, and the response stays', async () => {
    const { observer, reports } = recorder();
    const fail = () => {
      throw new Error('broken');
    };
    const broken = makeObserver({ onOutcome: fail });
    const rejecting = makeObserver({ onOutcome: (async () => Promise.reject(new Error('broken'))) as never });
    const receiver = receiverOf(T, K1, {
      onOutcome: fail,
      observe: [broken, rejecting, observer],
    });
    expect((await receiver.receive(delivery(), () => undefined)).kind).toBe('handled');
    expect(reports).toHaveLength(1);
  });

  it('lets a lazy promise of the handler run its query once', async () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: query builders are like this.
      then: (resolve: (rows: string) => unknown) => {
        runs++;
        return Promise.resolve('rows').then(resolve);
      },
    };
    await receiverOf(T, K1, { observe: recorder().observer }).receive(delivery(), () => query as never);
    expect(runs).toBe(1);
  });

  it('does not run for an event that no handler takes', async () => {
    const { observer, starts, reports } = recorder();
    const receiver = receiverOf(T, K1, { observe: observer, dedupe: memoryStore() });
    await receiver.receive(delivery(), { 'other.type': () => undefined });
    expect([starts, reports.map(({ outcome }) => outcome)]).toEqual([[], ['handled']]);
  });

  it.each([[{}], [{ onOutcome: 1 }], [null], ['x'], [{ runHandler: 'x', onOutcome: () => undefined }]])(
    'of another form is refused at the start: %j',
    (given) => {
      expect(() => makeObserver(given as never)).toThrow(/At observer\. Expected/);
      expect(() => receiverOf(T, K1, { observe: given as never })).toThrow(/At observe\. Expected an observer/);
      expect(() => receiverOf(T, K1, { observe: [recorder().observer, given] as never })).toThrow(
        /At observe\. Expected/,
      );
    },
  );

  it('may be an instance of a class', async () => {
    class Counter {
      count = 0;
      onOutcome() {
        this.count++;
      }
    }
    const counter = new Counter();
    await receiverOf(T, K1, { observe: makeObserver(counter) }).receive(delivery(), () => undefined);
    expect(counter.count).toBe(1);
  });
});

describe('the diagnostics channel', () => {
  it('gets the same report, and then no refusal goes to the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const reports: unknown[] = [];
    const listen = (message: unknown) => void reports.push(message);
    const receiver = unobserved({ ...T, name: 'channelled' }, K1, { ...quiet, observe: diagnosticsChannel() });
    diagnostics.subscribe(outcomeChannel, listen);
    try {
      await receiver.receive(delivery(), () => undefined);
      await receiver.receive(delivery('a', K2), () => undefined);
    } finally {
      diagnostics.unsubscribe(outcomeChannel, listen);
    }
    expect(reports).toMatchObject([
      { provider: 'channelled', outcome: 'handled', attempt: 1, durations: { handle: expect.any(Number) } },
      { outcome: 'rejected', code: 'signature_mismatch' },
    ]);
    expect(reports.every((report) => !('event' in (report as object)))).toBe(true);
    expect(warn).not.toHaveBeenCalled();
    await receiver.receive(delivery('a', K2), () => undefined);
    expect(reports).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

describe('the option logger', () => {
  it('gets failures and refusals instead of the console, called as console is', async () => {
    const [error, warn] = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    const lines: unknown[][] = [];
    const logger = {
      prefix: 'mine',
      warn(...given: unknown[]) {
        lines.push(['warn', this.prefix, ...given]);
      },
      error(...given: unknown[]) {
        lines.push(['error', this.prefix, ...given]);
      },
    };
    const receiver = unobserved({ ...T, name: 'logged' }, K1, { ...quiet, logger });
    const cause = new Error('of the handler');
    await receiver.receive(delivery(), () => {
      throw cause;
    });
    await receiver.receive(delivery('a', K2), () => undefined);
    expect(lines).toEqual([
      ['error', 'mine', 'countersign: handling logged evt_1 failed', cause],
      ['warn', 'mine', expect.stringContaining('countersign: logged: a delivery was refused, signature_mismatch: ')],
    ]);
    expect([error.mock.calls, warn.mock.calls]).toEqual([[], []]);
  });

  it('is called as pino is if it has children, and never breaks a delivery', async () => {
    const lines: unknown[][] = [];
    const pinoLike = {
      child: () => pinoLike,
      warn: (...given: unknown[]) => lines.push(given),
      error: (...given: unknown[]) => lines.push(given),
    };
    const cause = new Error('of the handler');
    const handle = () => {
      throw cause;
    };
    await unobserved({ ...T, name: 'pinolike' }, K1, { ...quiet, logger: pinoLike }).receive(delivery(), handle);
    expect(lines).toEqual([
      [{ provider: 'pinolike', namespace: 'pinolike', err: cause }, 'countersign: handling pinolike evt_1 failed'],
    ]);
    const broken = { warn: handle, error: handle };
    expect((await unobserved(T, K1, { ...quiet, logger: broken }).receive(delivery(), handle)).kind).toBe('failed');
  });

  it('gets the warnings at the start, once each', () => {
    const lines: unknown[][] = [];
    const log = (...given: unknown[]) => lines.push(given);
    const wide = { ...T, name: 'wide-window' };
    const policy = { toleranceSeconds: 86_400, logger: { warn: log, error: log } };
    unobserved(wide, 'a-secret-of-this-test-0123456789', policy);
    unobserved(wide, 'a-secret-of-this-test-0123456789', policy);
    expect(lines).toEqual([[expect.stringMatching(/^countersign: .*without dedupe/)]]);
  });

  it.each([[{}], [null], ['console'], [{ warn: () => undefined }]])('of another form is refused: %j', (logger) => {
    expect(() => receiverOf(T, K1, { logger: logger as never })).toThrow(/At logger\. Expected a logger/);
  });
});

it('the time of a delivery is taken only if someone listens', async () => {
  const times = vi.spyOn(performance, 'now');
  await unobserved(T, K1, { ...quiet, observe: diagnosticsChannel() }).receive(
    deliveryOf({ 'x-sig': signT(K1, now, B) }),
    () => undefined,
  );
  expect(times).not.toHaveBeenCalled();
  await receiverOf(T, K1, { observe: recorder().observer }).receive(
    deliveryOf({ 'x-sig': signT(K1, now, B) }),
    () => undefined,
  );
  expect(times).toHaveBeenCalled();
});
