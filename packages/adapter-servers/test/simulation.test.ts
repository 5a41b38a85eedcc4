/** Simulated senders against endpoints that keep their promises, and against some that do not. */

import { createReceiver, memoryStore, type Provider } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';
import { type SimulationOptions, simulateSender } from '@countersign/testing';
import { describe, expect, it } from 'vitest';
import { type Faults, handwrittenEndpoint } from '../src/handwritten-endpoint.ts';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const rates = { duplicate: 0.2, reorder: 0.2, timeout: 0.1, crash: 0.1 };

/** An endpoint of ours whose handler fails as often as told, in a fixed order. */
function ourEndpoint(fails: (attempt: number) => boolean = () => false, provider: Provider = stripe) {
  const effects: string[] = [];
  const headers: string[] = [];
  let calls = 0;
  const receiver = createReceiver({
    provider,
    secrets: secret,
    dedupe: memoryStore(),
    onWarning: () => undefined,
    onOutcome: () => undefined,
  } as never);
  const serve = fetchHandler(receiver, (async (event: { id: string }) => {
    calls += 1;
    if (fails(calls)) throw new Error('on demand');
    effects.push(event.id);
  }) as never);
  const target = (request: Request) => {
    headers.push(request.headers.get('stripe-signature') as string);
    return serve(request);
  };
  return { target, effects: () => effects, headers };
}

describe('simulateSender', () => {
  it('loses and doubles nothing at an endpoint that claims, whatever happens on the way', async () => {
    const { target, effects } = ourEndpoint((attempt) => attempt % 4 === 0);
    const report = await simulateSender(stripe, { secret, target, effects, events: 200, rates, seed: 7 });
    expect(report).toMatchObject({ provider: 'stripe', seed: 7, events: 200, lost: [], duplicated: [], givenUp: [] });
    expect(report.attempts).toBeGreaterThan(260);
    expect(report.late.length).toBeGreaterThan(0);
    expect(report.outOfOrder).toBeGreaterThan(0);
    expect(new Set(effects()).size).toBe(200);
  });

  it('sends the same for the same seed, and something else for another', async () => {
    const run = async (seed: number) => {
      const { target, effects } = ourEndpoint((attempt) => attempt % 4 === 0);
      const report = await simulateSender(stripe, { secret, target, effects, events: 60, rates, seed });
      return JSON.stringify({ ...report, seed: 0, order: effects() }).replaceAll(`evt_${seed}_`, 'evt_');
    };
    expect(await run(3)).toBe(await run(3));
    expect(await run(4)).not.toBe(await run(3));
  });

  it('tries again by the schedule of the sender, and gives up at its end', async () => {
    const times: number[] = [];
    const delaysSeconds = [10, 60, 3600];
    const provider = { ...stripe, retries: { delaysSeconds } } as Provider;
    const options = {
      secret,
      target: () => new Response(null, { status: 500 }),
      events: 1,
    } satisfies SimulationOptions;
    const report = await simulateSender(provider, { ...options, onTime: (time) => times.push(time.getTime() / 1000) });
    const [start = 0] = times;
    expect(times.map((time) => Math.round(time - start))).toEqual([0, 10, 70, 3670]);
    expect(report).toMatchObject({ attempts: 4, answers: { 500: 4 }, givenUp: ['evt_1_0'], elapsedSeconds: 3670 });
    expect(report).toMatchObject({ lost: undefined, duplicated: undefined, outOfOrder: undefined });
  });

  it('signs a retry anew, or sends the first bytes again, as the sender does', async () => {
    for (const resigns of [true, false]) {
      const provider = { ...stripe, retries: { delaysSeconds: [1], resigns } } as Provider;
      const { target, headers } = ourEndpoint(() => true, provider);
      let isLater = false;
      await simulateSender(provider, {
        secret,
        target: async (request) => {
          const response = await target(request);
          // A second later, a new signature has another time in it.
          if (!isLater) await new Promise((resolve) => setTimeout(resolve, 1100));
          isLater = true;
          return response;
        },
        events: 1,
      });
      expect(headers).toHaveLength(2);
      expect(headers[0] === headers[1]).toBe(!resigns);
    }
  });

  it('runs in compressed time, where attempts overlap, over a real connection', async () => {
    const { app, failing, ...endpoint } = handwrittenEndpoint(secret);
    const effects: string[] = [];
    failing(true);
    setTimeout(() => failing(false), 500);
    const provider = { ...stripe, retries: { delaysSeconds: [60, 300, 600, 900, 1800] } } as Provider;
    const report = await simulateSender(provider, {
      secret,
      target: app,
      path: '/hook',
      events: 100,
      eventsPerSecond: 1,
      speed: 600,
      rates: { duplicate: 0.3, timeout: 0.1 },
    });
    for (let at = 0; at < 100; at++) {
      const count = endpoint.effects(`evt_1_${at}`);
      for (let one = 0; one < count; one++) effects.push(`evt_1_${at}`);
    }
    expect(report.givenUp).toEqual([]);
    expect(new Set(effects).size).toBe(100);
    expect(effects).toHaveLength(100);
    // A hundred and some thirty copies, and retries; on a busy machine the endpoint fails for fewer of them.
    expect(report.attempts).toBeGreaterThan(150);
  });

  it.each<[string, Faults, 'lost' | 'duplicated', number]>([
    ['an endpoint that marks before it handles loses events', { marksBefore: true }, 'lost', 0],
    ['an endpoint that answers first loses events', { answersFirst: true }, 'lost', 0],
    ['an endpoint that checks, then acts, doubles events', { checksThenActs: true }, 'duplicated', 0.5],
  ])('finds out that %s', async (_, faults, what, duplicate) => {
    const { app, failing, effects } = handwrittenEndpoint(secret, faults);
    let attempts = 0;
    const ids = Array.from({ length: 50 }, (__, at) => `evt_1_${at}`);
    const report = await simulateSender(stripe, {
      secret,
      target: app,
      path: '/hook',
      events: 50,
      rates: { duplicate },
      onTime: () => {
        attempts += 1;
        failing(what === 'lost' && attempts % 3 === 0);
      },
      effects: async () => {
        // What was answered first may still be at work.
        await new Promise((resolve) => setTimeout(resolve, 300));
        return ids.flatMap((id) => Array.from({ length: effects(id) }, () => id));
      },
    });
    expect(report[what]?.length).toBeGreaterThan(5);
  });

  it('says what it cannot do', async () => {
    const options = { secret, target: () => new Response() };
    await expect(simulateSender(stripe, { ...options, events: 0 })).rejects.toThrow(/events/);
    await expect(simulateSender(stripe, { ...options, speed: -1 })).rejects.toThrow(/speed/);
    await expect(simulateSender(stripe, { ...options, rates: { crash: 2 } })).rejects.toThrow(/rates.crash/);
    await expect(simulateSender(stripe, { ...options, rates: { crashes: 0.1 } as never })).rejects.toThrow(/crashes/);
  });
});
