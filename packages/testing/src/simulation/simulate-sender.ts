/** Simulates a sender with its retry schedule and its failures, in virtual time. */

import type { Provider } from '@countersign/core';
import { EndpointSubject } from '../endpoint/endpoint-subject.ts';
import { openEndpoint } from '../endpoint/endpoint-target.ts';
import { sampleTypesOf } from '../signing/known-events.ts';
import { refuseSigning } from '../signing/signing-options.ts';
import { drawSeed, randomOf } from './random.ts';
import { Run, type SentEvent } from './run.ts';
import type { SimulationOptions, SimulationReport } from './simulation-options.ts';
import { reportOf } from './simulation-report.ts';

/**
 * Delivers events to an endpoint as this sender would: on its retry schedule, with retries signed again or not as the
 * sender does it, with duplicates, reordering, timeouts and crashes at the given rates. The same seed sends the same
 * deliveries. Without `type` and `body`, the events are the sender's samples in turn.
 *
 * @example
 * const report = await simulateSender(stripe, { secret, target: app, path: '/webhooks', rates: { duplicate: 0.1 }, effects });
 * assert.deepEqual(report.lost, []);
 *
 * @throws options_invalid
 */
export async function simulateSender(provider: Provider, options: SimulationOptions): Promise<SimulationReport> {
  requireOptions(options);
  const { events: amount = 100, eventsPerSecond = 10, seed = 1, rates = {}, target, path = '/' } = options;
  const endpoint = await openEndpoint(target, path, options.timeoutSeconds ?? 10);
  const { effects, ...rest } = options;
  const subject = new EndpointSubject({ ...rest, provider }, endpoint);
  const types = options.type === undefined && options.body === undefined ? await sampleTypesOf(provider) : [];
  const events = Array.from({ length: amount }, (_, at) => ({
    ...newEvent(`evt_${seed}_${at}`, at, at / eventsPerSecond),
    type: types[at % types.length],
  }));
  const run = new Run(provider, subject, options);
  try {
    for (const event of events) {
      const random = randomOf(drawSeed(seed, event.place, 0));
      // Held back until after the next three to thirty events.
      const held = random() < (rates.reorder ?? 0) ? (3 + random() * 27) / eventsPerSecond : 0;
      run.plan(event.createdAt + held, event);
    }
    await run.finish();
    return reportOf(provider, events, run, options, await effects?.());
  } finally {
    await endpoint.close();
  }
}

function newEvent(id: string, place: number, createdAt: number): SentEvent {
  return {
    id,
    type: undefined,
    place,
    createdAt,
    attempts: 0,
    acceptedAt: undefined,
    isGivenUp: false,
    first: undefined,
  };
}

function requireOptions({
  events = 100,
  eventsPerSecond = 10,
  speed = 'virtual',
  rates = {},
  lanes = 32,
}: SimulationOptions) {
  const isCount = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value > 0;
  if (!isCount(events)) throw refuseSigning('events', 'Expected a whole number above 0.');
  if (!isCount(lanes)) throw refuseSigning('lanes', 'Expected a whole number above 0.');
  if (!(eventsPerSecond > 0)) throw refuseSigning('eventsPerSecond', 'Expected a number above 0.');
  if (speed !== 'virtual' && !(speed > 0)) throw refuseSigning('speed', 'Expected virtual, or a number above 0.');
  for (const [name, rate] of Object.entries(rates)) {
    if (!['duplicate', 'reorder', 'timeout', 'crash'].includes(name) || !(rate >= 0 && rate <= 1))
      throw refuseSigning(`rates.${name}`, 'The rates are duplicate, reorder, timeout and crash, each from 0 to 1.');
  }
}
