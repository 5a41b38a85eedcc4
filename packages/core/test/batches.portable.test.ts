import { createHmac } from 'node:crypto';
import {
  createReceiver,
  defineProvider,
  memoryStore,
  type Outcome,
  type ReceiverPolicy,
  rawBodyHmac,
} from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { bytes, K1 } from './fixtures.ts';

const provider = defineProvider({
  name: 'batched',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  batch: { json: 'events.*' },
  eventId: { json: 'id' },
  eventType: { json: ['resource', 'action'], join: '.' },
});
const deliver = (payload: unknown) => {
  const text = JSON.stringify(payload);
  return { headers: { 'x-sig': createHmac('sha256', K1).update(text).digest('hex') }, body: bytes(text) };
};
const receiverOf = (policy: ReceiverPolicy = {}) => createReceiver({ provider, secrets: K1, ...policy } as never);
const three = { events: [1, 2, 3].map((id) => ({ id: `e${id}`, resource: 'payments', action: 'paid' })) };
const kindsOf = (outcome: Outcome) => outcome.batch?.map(({ kind }) => kind);

describe('a delivery of several events', () => {
  it('is handled event by event, in order, each with its own id, type, payload and identity', async () => {
    const told: string[] = [];
    const receiver = receiverOf({ dedupe: memoryStore(), onOutcome: ({ kind }) => told.push(kind) });
    const seen: unknown[] = [];
    const keys = new Set<string>();
    const outcome = await receiver.receive(deliver(three), async (event) => {
      seen.push([event.id, event.type, (event.payload as { id: string }).id, event.signed.id]);
      keys.add((await event.identity()).key);
    });
    expect(outcome.kind).toBe('handled');
    expect(kindsOf(outcome)).toEqual(['handled', 'handled', 'handled']);
    expect(seen).toEqual(['e1', 'e2', 'e3'].map((id) => [id, 'payments.paid', id, true]));
    expect(keys.size).toBe(3);
    expect(told).toEqual(['handled', 'handled', 'handled']);
  });

  it('gets 410 only if every event did', async () => {
    const statuses: Record<string, number> = { e1: 410, e2: 202, e3: 410 };
    const receiver = receiverOf({ onOutcome: () => undefined });
    const answer = async (handle: (event: { id: string | undefined }) => { status: number }) =>
      (await receiver.receive(deliver(three), handle)) as { kind: string; response?: object };
    expect((await answer(({ id }) => ({ status: statuses[id as string] as number }))).response).toEqual({
      status: 202,
    });
    expect((await answer(() => ({ status: 410 }))).response).toEqual({ status: 410 });
    const silent = await receiver.receive(deliver(three), ({ id }) => (id === 'e1' ? { status: 410 } : undefined));
    expect(silent).toMatchObject({ kind: 'handled' });
    expect('response' in silent).toBe(false);
  });

  it('fails if one event failed, still runs the others, and only repeats the failed one', async () => {
    const receiver = receiverOf({ dedupe: memoryStore(), onOutcome: () => undefined });
    const runs: string[] = [];
    let fails = true;
    const handle = (event: { id: string | undefined }) => {
      runs.push(event.id as string);
      if (event.id === 'e2' && fails) throw new Error('not yet');
    };
    const first = await receiver.receive(deliver(three), handle);
    expect([first.kind, kindsOf(first)]).toEqual(['failed', ['handled', 'failed', 'handled']]);
    fails = false;
    const second = await receiver.receive(deliver(three), handle);
    expect([second.kind, kindsOf(second)]).toEqual(['handled', ['duplicate', 'handled', 'duplicate']]);
    const third = await receiver.receive(deliver(three), handle);
    expect([third.kind, kindsOf(third)]).toEqual(['duplicate', ['duplicate', 'duplicate', 'duplicate']]);
    expect(runs).toEqual(['e1', 'e2', 'e3', 'e2']);
  });

  it('recognizes an event that is sent again in another batch, and one without an id by the body and its place', async () => {
    const receiver = receiverOf({ dedupe: memoryStore() });
    const runs: unknown[] = [];
    const handle = (event: { payload: unknown }) => void runs.push(event.payload);
    await receiver.receive(deliver({ events: [{ id: 'a' }] }), handle);
    const mixed = await receiver.receive(
      deliver({ events: [{ id: 'a' }, { id: 'b' }, { none: 1 }, { none: 1 }] }),
      handle,
    );
    expect(kindsOf(mixed)).toEqual(['duplicate', 'handled', 'handled', 'handled']);
    const again = await receiver.receive(
      deliver({ events: [{ id: 'a' }, { id: 'b' }, { none: 1 }, { none: 1 }] }),
      handle,
    );
    expect(kindsOf(again)).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate']);
    expect(runs).toHaveLength(4);
  });

  it('is handled without a handler if it has none, and as one event if it is not a batch', async () => {
    const told: string[] = [];
    const receiver = receiverOf({ onOutcome: ({ kind }) => told.push(kind) });
    const outcome = await receiver.receive(deliver({ events: [] }), () => expect.unreachable());
    expect([outcome.kind, kindsOf(outcome), told]).toEqual(['handled', [], ['handled']]);
    const payloads: unknown[] = [];
    await receiver.receive(deliver({ test: true }), (event) => void payloads.push(event.payload));
    expect(payloads).toEqual([{ test: true }]);
  });

  it('is refused if the body does not match its description, and passed on whole if the app asks for that', async () => {
    const receiver = receiverOf({ onOutcome: () => undefined });
    const text = '{"events":';
    const broken = { headers: { 'x-sig': createHmac('sha256', K1).update(text).digest('hex') }, body: bytes(text) };
    expect(await receiver.receive(broken, () => expect.unreachable())).toMatchObject({
      kind: 'rejected',
      error: { code: 'payload_malformed' },
    });
    let runs = 0;
    const outcome = await receiver.receive(
      deliver(three),
      (event) => {
        runs++;
        expect([event.id, event.type, event.payload]).toEqual([undefined, undefined, three]);
      },
      { split: false },
    );
    expect([outcome.kind, outcome.batch, runs]).toEqual(['handled', undefined, 1]);
  });

  it('starts no event after the deadline, and runs the rest in the next attempt', async () => {
    const receiver = receiverOf({ handlerTimeoutSeconds: 1, onOutcome: () => undefined, dedupe: memoryStore() });
    const runs: unknown[] = [];
    const slow = async (event: { id: string | undefined }) => {
      runs.push(event.id);
      await new Promise((resolve) => setTimeout(resolve, 650));
    };
    const outcome = await receiver.receive(deliver(three), slow);
    expect([outcome.kind, runs.length]).toEqual(['failed', 2]);
    await receiver.receive(deliver(three), slow);
    expect(runs).toEqual(['e1', 'e2', 'e3']);
  });

  it('gets the response that the sender expects if the handler returns none', async () => {
    const acknowledged = { ...provider, acknowledgement: { body: '[accepted]' } };
    const receiver = createReceiver({ provider: acknowledged, secrets: K1, dedupe: memoryStore() });
    for (const kind of ['handled', 'duplicate']) {
      const outcome = await receiver.receive(deliver(three), () => undefined);
      expect([outcome.kind, (outcome as { response?: unknown }).response]).toEqual([kind, { body: '[accepted]' }]);
    }
    const own = await receiver.receive(deliver({ events: [{ id: 'x' }] }), () => ({ status: 202 }));
    expect((own as { response?: unknown }).response).toEqual({ status: 202 });
  });

  it('has all its events run if the sender never retries, even past the deadline', async () => {
    const final = defineProvider({ ...provider, retries: { retriedOn: [] } });
    const seen: unknown[] = [];
    const handle = async ({ id }: { id: string | undefined }) => {
      seen.push(id);
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const policy = { secrets: K1, handlerTimeoutSeconds: 0.45, onOutcome: () => undefined };
    await createReceiver({ provider: final, ...policy }).receive(deliver(three), handle);
    expect(seen).toEqual(['e1', 'e2', 'e3']);
    seen.length = 0;
    await createReceiver({ provider, ...policy }).receive(deliver(three), handle);
    expect(seen).toEqual(['e1', 'e2']);
  });

  it('makes the sender retry the event that another delivery is handling', async () => {
    const sender = defineProvider({ ...provider, retries: { retriedOn: [503] } });
    const refuse = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) } };
    const receiver = createReceiver({
      provider: sender,
      secrets: K1,
      dedupe: memoryStore(),
      schemas: { 'payments.refused': refuse } as never,
      onOutcome: () => undefined,
    });
    const events = [
      { id: 'busy', resource: 'payments', action: 'paid' },
      { id: 'odd', resource: 'payments', action: 'refused' },
    ];
    let finish = (): void => undefined;
    const busy = receiver.receive(
      deliver({ events: [events[0]] }),
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await receiver.receive(deliver({ events }), () => undefined)).kind).toBe('in_flight');
    finish();
    await busy;
  });
});
