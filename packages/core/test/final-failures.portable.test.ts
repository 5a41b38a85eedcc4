/** A failure after which the sender never retries is the last chance to keep the event. */

import { type DedupeOptions, memoryStore, WebhookError } from '@countersign/core';
import type { RetryFacts } from '@countersign/core/describe';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildError, bytes, deliveryOf, K1, R, receiverOf, sign } from './fixtures.ts';

const delivery = (id: string) => {
  const body = bytes(JSON.stringify({ id, type: 't' }));
  return deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
};
const senderWith = (retries: RetryFacts | undefined) => ({
  ...R,
  eventId: { json: 'id' } as const,
  eventType: { json: 'type' } as const,
  ...(retries !== undefined && { retries }),
});
const setUp = (retries: RetryFacts | undefined, dedupe: Partial<DedupeOptions> = {}, policy: object = {}) => {
  const bury = vi.fn();
  const receiver = receiverOf(senderWith(retries), K1, {
    dedupe: { store: memoryStore(), ...dedupe },
    deadLetter: { afterAttempts: 5, handle: bury },
    onWarning: () => undefined,
    onOutcome: () => undefined,
    ...policy,
  });
  return { bury, receiver };
};
const fail = () => {
  throw new Error('handler');
};

describe('a failure that ends the retries of the sender', () => {
  afterEach(() => vi.restoreAllMocks());

  it('sends the event to the dead letter at its first attempt, and nowhere else', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { bury, receiver } = setUp({ retriedOn: [] });
    expect(await receiver.receive(delivery('a'), fail)).toMatchObject({
      kind: 'handled',
      deadLettered: { attempts: 1, cause: { message: 'handler' } },
    });
    expect(bury).toHaveBeenCalledTimes(1);
  });

  it('lets an event that was given up run once each time that the sender sends it again, until it is handled', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { bury, receiver } = setUp({ retriedOn: [] });
    const run = vi.fn();
    await receiver.receive(delivery('a'), fail);
    for (const times of [2, 3]) {
      const again = await receiver.receive(delivery('a'), fail);
      expect(again).toMatchObject({ kind: 'handled', deadLettered: { cause: { message: 'handler' } } });
      expect(bury).toHaveBeenCalledTimes(times);
    }
    let end: () => void = () => undefined;
    run.mockImplementation(() => new Promise<void>((resolve) => (end = resolve)));
    const first = receiver.receive(delivery('a'), run);
    await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1));
    expect((await receiver.receive(delivery('a'), run)).kind).toBe('in_flight');
    end();
    expect((await first).kind).toBe('handled');
    expect((await receiver.receive(delivery('a'), run)).kind).toBe('duplicate');
    expect(run).toHaveBeenCalledTimes(1);
    expect(bury).toHaveBeenCalledTimes(3);
  });

  it.each<[RetryFacts | undefined, number | undefined, boolean]>([
    [undefined, undefined, false],
    [{}, 404, false],
    [{ retriedOn: ['5xx'] }, undefined, false],
    [{ retriedOn: ['5xx'] }, 503, false],
    [{ retriedOn: ['5xx'] }, 404, true],
    [{ retriedOn: ['5xx'] }, 302, true],
    [{ retriedOn: [429, 503] }, undefined, true],
    [{ retriedOn: [429, 503] }, 503, false],
    [{ retriedOn: ['4xx', '5xx'] }, 302, true],
    [{ finalOn: ['4xx'] }, 422, true],
    [{ finalOn: ['4xx'] }, undefined, false],
    [{ finalOn: [406] }, 406, true],
    [{ finalOn: [406] }, 404, false],
    [{ redirects: { count: 'final', source: { readOn: '2026-11-26' } } }, 302, true],
    [{ redirects: { count: 'success', source: { readOn: '2026-11-26' } } }, 308, true],
    [{ redirects: { count: 'failure', source: { readOn: '2026-11-26' } } }, 302, false],
    [{ redirects: { count: 'final', source: { readOn: '2026-11-26' } } }, 404, false],
  ])('is defined by the facts %j: a handler that responds %s buries: %s', async (retries, status, buries) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { bury, receiver } = setUp(retries);
    const outcome = await receiver.receive(delivery('a'), status === undefined ? fail : () => ({ status }));
    expect(outcome.kind).toBe(buries ? 'handled' : 'failed');
    expect(bury).toHaveBeenCalledTimes(buries ? 1 : 0);
  });

  it('counts a payload that its schema refuses, which gets 500', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const refuse = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) } };
    const { bury, receiver } = setUp({ retriedOn: [429] }, {}, { schemas: { t: refuse } });
    const outcome = await receiver.receive(delivery('a'), () => undefined);
    expect(outcome).toMatchObject({ kind: 'handled', deadLettered: { attempts: 1 } });
    const [, info] = bury.mock.calls[0] as [unknown, { cause: unknown }];
    expect(info.cause).toBeInstanceOf(WebhookError);
  });

  it('counts a handler that fails after its deadline, which got 500', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const late: Promise<unknown>[] = [];
    for (const [retries, buried] of [
      [{ retriedOn: [] }, 1],
      [{ retriedOn: ['5xx'] }, 0],
    ] as const) {
      const { bury, receiver } = setUp(retries, {}, { handlerTimeoutSeconds: 0.02 });
      const slow = async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        throw new Error('late');
      };
      const outcome = await receiver.receive(delivery('a'), slow, { waitUntil: (work) => void late.push(work) });
      expect(outcome.kind).toBe('failed');
      await Promise.all(late);
      expect(bury).toHaveBeenCalledTimes(buried);
      const said = print.mock.calls.filter(([line]) => String(line).includes('was given up'));
      expect(said).toHaveLength(1);
    }
  });

  it('leaves the event alone if no dead letter is configured', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = receiverOf(senderWith({ retriedOn: [] }), K1, {
      dedupe: memoryStore(),
      onWarning: () => undefined,
    });
    expect((await receiver.receive(delivery('a'), fail)).kind).toBe('failed');
    expect((await receiver.receive(delivery('a'), () => undefined)).kind).toBe('handled');
  });

  it('is described only by statuses', () => {
    for (const list of [[200], [600], ['2xx'], ['5'], [429.5], [undefined]])
      for (const field of ['retriedOn', 'finalOn'])
        expect(buildError(() => receiverOf(senderWith({ [field]: list } as never), K1))).toMatchObject({
          code: 'options_invalid',
          at: `provider.retries.${field}`,
        });
  });
});
