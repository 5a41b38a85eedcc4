/**
 * An event that a sender repeats by its own schedule is handled, and handled once (V5, D12).
 *
 * `VERDICT_RETRIES`: how many schedules of random misfortunes each preset goes through, beside the fixed ones; 3 unless said otherwise.
 */

import { defineProvider, type Provider, timestampedHmac } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { linear } from '../../src/linear.ts';
import { presets } from '../presets.ts';
import { amountOf, report, seedOf } from './amounts.ts';
import { genuineDeliveries } from './genuine-deliveries.ts';
import { Random } from './random.ts';
import { type AttemptEnd, type PlannedAttempt, playRetries, type RetryMode, type RetryResult } from './retries.ts';
import { type RetrySender, recordedSender, scheduleOf, signingSender } from './retry-senders.ts';

const rounds = amountOf('VERDICT_RETRIES', 3);
const seed = seedOf();

/** All attempts but the last one end like this. */
const failures: readonly AttemptEnd[] = ['handler', 'store', 'crash'];

/** Fails until the last attempt, or is handled at once and not heard of. */
function plansOf(provider: Provider, random: Random): readonly (readonly PlannedAttempt[])[] {
  const times = scheduleOf(provider) as readonly number[];
  const endWith = (end: (place: number) => AttemptEnd, places = times) =>
    places.map(
      (after, place): PlannedAttempt => ({ after, end: place === places.length - 1 ? 'success' : end(place) }),
    );
  const mixed = Array.from({ length: rounds }, () => {
    // Attempts come a little late; the last one does not, since windows end somewhere.
    const shifted = times.map((time, place) => (place === times.length - 1 ? time : time + random.below(1000) / 1000));
    return endWith(() => random.pick([...failures, 'answer'] as const), shifted);
  });
  return [...failures.map((failure) => endWith(() => failure)), endWith(() => 'answer'), ...mixed];
}

interface Verdict {
  readonly stranded: string[];
  readonly doubled: string[];
  /** Presets whose sender may or may not sign anew, and what would follow in either case. */
  readonly refusedAgain: Set<string>;
  readonly doubledAnew: Set<string>;
  /** Presets of which each delivery counts as an event, since nothing tells two events apart. */
  readonly runEach: Set<string>;
  deliveries: number;
  schedules: number;
}

const newVerdict = (): Verdict => ({
  stranded: [],
  doubled: [],
  refusedAgain: new Set(),
  doubledAnew: new Set(),
  runEach: new Set(),
  deliveries: 0,
  schedules: 0,
});

const ageCodes = ['timestamp_too_old', 'token_expired', 'token_invalid'];

function judge(
  sender: RetrySender,
  mode: RetryMode,
  plan: readonly PlannedAttempt[],
  result: RetryResult,
  verdict: Verdict,
): void {
  const { name, provider } = sender;
  const { resigns } = provider.retries ?? {};
  verdict.deliveries += result.deliveries;
  verdict.schedules++;
  const where = `${name}, ${mode}, ${plan.map(({ after, end }) => `${after} ${end}`).join(', ')}: ${JSON.stringify(result)}`;
  if (result.effects.some((count) => count === 0)) {
    const isUnknown = mode === 'again' && resigns === undefined && ageCodes.includes(result.last);
    if (isUnknown) verdict.refusedAgain.add(provider.name);
    else verdict.stranded.push(where);
  }
  if (result.effects.some((count) => count > 1)) {
    if (result.identityFrom === 'none') verdict.runEach.add(provider.name);
    else if (mode === 'anew' && resigns === undefined) verdict.doubledAnew.add(provider.name);
    else verdict.doubled.push(where);
  }
}

describe('retries by the schedules of their senders', () => {
  it('are handled in the end, and once', async () => {
    const verdict = newVerdict();
    const random = new Random(seed);
    const withSchedule = [...presets].filter(([, provider]) => scheduleOf(provider) !== undefined);
    const unsigned: string[] = [];
    for (const [name, provider] of withSchedule) {
      const signing = await signingSender(name, provider);
      if (signing === undefined) unsigned.push(name);
      const { resigns } = provider.retries ?? {};
      const recorded = genuineDeliveries.filter(({ preset }) => preset === provider).map(recordedSender);
      for (const plan of plansOf(provider, random)) {
        if (signing !== undefined && resigns !== false)
          judge(signing, 'anew', plan, await playRetries(signing, 'anew', plan), verdict);
        if (resigns === true) continue;
        for (const sender of [...recorded, ...(signing === undefined ? [] : [signing])])
          judge(sender, 'again', plan, await playRetries(sender, 'again', plan), verdict);
      }
    }
    const { deliveries, schedules, stranded, doubled, refusedAgain, doubledAnew, runEach } = verdict;
    const namesOf = (names: ReadonlySet<string>) => `${names.size} (${[...names].sort().join(', ')})`;
    report(
      'retries',
      `${presets.size} presets, ${withSchedule.length} with a schedule, ${schedules} events, ${deliveries} deliveries, seed ${seed}, ${stranded.length} stranded, ${doubled.length} doubled; would be refused if not signed again: ${namesOf(refusedAgain)}; would run again if signed again: ${namesOf(doubledAnew)}; run each time, since nothing tells two events apart: ${namesOf(runEach)}; not signed here: ${unsigned.join(', ')}`,
    );
    expect(stranded).toEqual([]);
    expect(doubled).toEqual([]);
    expect(deliveries).toBeGreaterThan(5000);
  }, 7_200_000);

  it('are found to strand within the window of 60 s that Linear once had', async () => {
    const [genuine] = genuineDeliveries.filter(({ name }) => name === 'linear');
    if (genuine === undefined) throw new Error('There is no recording linear.');
    const sender = recordedSender(genuine);
    const verdict = newVerdict();
    for (const plan of plansOf(linear, new Random(seed)))
      judge(sender, 'again', plan, await playRetries(sender, 'again', plan, { toleranceSeconds: 60 }), verdict);
    report(
      'retries',
      `control: with a window of 60 s, ${verdict.stranded.length} of ${verdict.schedules} events of Linear strand`,
    );
    expect(verdict.stranded.length).toBeGreaterThanOrEqual(3);
  });

  it('are found to double where the id is that of the attempt', async () => {
    const provider = defineProvider({
      name: 'counts-attempts',
      scheme: timestampedHmac({ header: 'x-example-signature' }),
      eventId: { json: 'attemptNumber' },
      retries: { delaysSeconds: [5, 300], resigns: true, keepsBody: false },
    });
    const sender = await signingSender('counts-attempts', provider);
    if (sender === undefined) throw new Error('It cannot be signed.');
    const verdict = newVerdict();
    for (const plan of plansOf(provider, new Random(seed)))
      judge(sender, 'anew', plan, await playRetries(sender, 'anew', plan), verdict);
    report(
      'retries',
      `control: with the number of the attempt as id, ${verdict.doubled.length} of ${verdict.schedules} events double`,
    );
    expect(verdict.doubled.length).toBeGreaterThanOrEqual(1);
  });
});
