/** Measures how the processor time of a delivery grows with its size, against work that is known to be linear. */

import { createHash } from 'node:crypto';
import { type Delivery, isWebhookError, type Outcome, type Receiver } from '@countersign/core';
import { headRefusal } from '../head-refusal.ts';
import type { GrowthKind, Shape } from './large-deliveries.ts';

/** Most times as much processor time for twice the size. */
export const mostForTwice = 2.6;

/** What is tried: shapes of one preset. */
export interface GrowthSubject {
  readonly name: string;
  readonly receiver: Receiver;
  readonly shapes: readonly Shape[];
}

/** A delivery whose time grows too fast: four sizes, each twice the one before, and their times in milliseconds. */
export interface GrowthFinding {
  readonly subject: string;
  readonly shape: string;
  readonly sizes: readonly number[];
  readonly milliseconds: readonly number[];
}

/** A delivery that was refused as if the receiver were at fault. */
export interface FaultFinding {
  readonly subject: string;
  readonly shape: string;
  readonly size: number;
  readonly code: string;
  readonly cause: string;
}

/** What came of all subjects. */
export interface GrowthReport {
  readonly findings: readonly GrowthFinding[];
  readonly faults: readonly FaultFinding[];
  readonly shapes: number;
  readonly deliveries: number;
  /** How many looked too steep at first. */
  readonly measuredAgain: number;
  /** The delivery that took the most processor time, for its size. */
  readonly slowest: { readonly milliseconds: number; readonly where: string };
}

/**
 * What takes less is not looked at: so many milliseconds, and so many times as long as reading, hashing and parsing the same
 * bytes. Clocks, collections and memory that the kernel hands out in steps are coarser.
 */
const floorMilliseconds = 3;
const floorTimes = 6;

/** What takes longer is too slow to be run often, and too slow for chance. */
const slowMilliseconds = 150;

/** Most findings of one subject. */
const mostFindings = 3;

/** @param sizes of each kind, in rising order, each at least twice the one before */
export async function measureGrowth(
  subjects: readonly GrowthSubject[],
  sizes: Readonly<Record<GrowthKind, readonly number[]>>,
): Promise<GrowthReport> {
  const findings: GrowthFinding[] = [];
  const faults: FaultFinding[] = [];
  let [shapes, deliveries, measuredAgain] = [0, 0, 0];
  let slowest = { milliseconds: 0, where: '' };
  for (const { name, receiver, shapes: own } of subjects) {
    const before = findings.length;
    for (const shape of own) {
      // What is found is slow to try; a few are enough to see where it is.
      if (findings.length - before >= mostFindings) break;
      shapes++;
      let small: Sample | undefined;
      for (const size of sizes[shape.kind]) {
        const large = await sample(receiver, shape, size);
        deliveries++;
        // The first run of all is slow by itself.
        if (small === undefined) await repeat(receiver, [large], 1);
        if (large.fault !== undefined) faults.push({ subject: name, shape: shape.name, size, ...large.fault });
        if (small !== undefined && isSteep(small, large)) {
          measuredAgain++;
          await repeat(receiver, [small, large], large.milliseconds > slowMilliseconds ? 1 : 3);
          const steep = isSteep(small, large) ? await findSteep(receiver, shape, large) : undefined;
          if (steep !== undefined) {
            findings.push({ subject: name, shape: shape.name, ...steep });
            break;
          }
        }
        if (large.milliseconds > slowest.milliseconds)
          slowest = { milliseconds: large.milliseconds, where: `${name}, ${shape.name}, ${size}` };
        small = large;
      }
    }
  }
  return { findings, faults, shapes, deliveries, measuredAgain, slowest };
}

interface Sample {
  readonly size: number;
  readonly delivery: Delivery;
  readonly fault: Pick<FaultFinding, 'code' | 'cause'> | undefined;
  /** The least so far, of the delivery and of the control. */
  milliseconds: number;
  control: number;
}

async function sample(receiver: Receiver, shape: Shape, size: number): Promise<Sample> {
  const delivery = shape.make(size);
  const [milliseconds, outcome] = await timed(receiver, delivery);
  return { size, delivery, milliseconds, control: timedControl(delivery), fault: faultOf(outcome) };
}

/** All that a receiver does with what it has not verified: the look at the head, the verification, and the way to a handler. */
async function timed(receiver: Receiver, delivery: Delivery): Promise<readonly [milliseconds: number, Outcome]> {
  const elapsed = startClock();
  await headRefusal(receiver, delivery);
  await receiver.verify(delivery).catch(() => undefined);
  const outcome = await receiver.receive(delivery, () => undefined);
  return [elapsed(), outcome];
}

/** Reading every part once, hashing it, and parsing it where that is possible: linear, and it takes its memory as a verifier does. */
function timedControl({ body, headers, url = '' }: Delivery): number {
  const elapsed = startClock();
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const head = new TextEncoder().encode(url + pairs.flat(2).join(' '));
  // An address is spelled in several ways, each three or nine times as long at most.
  new URLSearchParams(new URLSearchParams(encodeURIComponent(url)).toString()).toString();
  for (const part of [head, body]) {
    createHash('sha256').update(part).digest();
    const text = new TextDecoder().decode(part);
    text.split('&');
    try {
      JSON.parse(text);
    } catch {
      // It is not JSON.
    }
  }
  return elapsed();
}

/** Whether a delivery takes longer than can be passed over, and too long, measured by a smaller one. */
function isSteep(small: Sample, large: Sample): boolean {
  return large.milliseconds > floorMilliseconds + floorTimes * large.control && growsFast(small, large);
}

/** What reading the bytes takes is left out several times over: memory is handed out in steps, and the control takes them as well. */
function growsFast(small: Sample, large: Sample): boolean {
  const doublings = Math.log2(large.size / small.size);
  return large.milliseconds - floorTimes * large.control > small.milliseconds * mostForTwice ** doublings;
}

/**
 * Looks again at what seems steep, at sizes of which each is twice the one before. Memory comes in steps, so that one doubling may
 * cost more: what grows too fast does so over three of them, and in each of the last two.
 */
async function findSteep(
  receiver: Receiver,
  shape: Shape,
  { size, milliseconds }: Sample,
): Promise<Pick<GrowthFinding, 'sizes' | 'milliseconds'> | undefined> {
  const samples: Sample[] = [];
  for (const part of [1 / 8, 1 / 4, 1 / 2, 1, ...(milliseconds > slowMilliseconds ? [] : [2])]) {
    // Bodies above 1 MiB are refused unread.
    if (!['body', 'list'].includes(shape.kind) || size * part <= 1_000_000)
      samples.push(await sample(receiver, shape, Math.floor(size * part)));
  }
  let at = -1;
  for (const times of milliseconds > slowMilliseconds ? [1, 2, 6] : [3, 6, 18]) {
    await repeat(receiver, samples, times);
    at = samples.findIndex((_, place) => {
      const [first, second, third, fourth] = samples.slice(place);
      if (first === undefined || second === undefined || third === undefined || fourth === undefined) return false;
      return growsFast(first, fourth) && growsFast(second, third) && isSteep(third, fourth);
    });
    if (at < 0) return undefined;
    // Beyond doubt: no reason to wait for the rest.
    if ((samples[at + 3] as Sample).milliseconds > slowMilliseconds) break;
  }
  const found = samples.slice(at, at + 4);
  return { sizes: found.map((one) => one.size), milliseconds: found.map(({ milliseconds }) => milliseconds) };
}

/** Runs deliveries in turns, so that what disturbs the machine for a while disturbs all of them. */
async function repeat(receiver: Receiver, samples: readonly Sample[], times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const one of samples) {
      one.milliseconds = Math.min(one.milliseconds, (await timed(receiver, one.delivery))[0]);
      one.control = Math.min(one.control, timedControl(one.delivery));
    }
  }
}

function faultOf(outcome: Outcome): Pick<FaultFinding, 'code' | 'cause'> | undefined {
  if (outcome.kind === 'failed') return { code: 'failed', cause: String(outcome.cause) };
  if (outcome.kind !== 'rejected') return undefined;
  const { error } = outcome;
  if (!isWebhookError(error)) return { code: 'not a WebhookError', cause: String(error) };
  return error.code === 'options_invalid' || error.code === 'secret_invalid'
    ? { code: error.code, cause: `${error.at ?? ''} ${String(error.cause ?? error.message)}` }
    : undefined;
}

/** Coarsest step of the clock that counts processor time, in milliseconds; some kernels count by their own ticks. */
const tickMilliseconds = 10;

/**
 * Processor time in milliseconds, never less than it was: by the wall clock while that is short, else what this thread (where the
 * runtime can tell) was given, and one tick.
 */
function startClock(): () => number {
  const read = () => (process.threadCpuUsage ?? process.cpuUsage)();
  const before = read();
  const startedAt = performance.now();
  return () => {
    const wall = performance.now() - startedAt;
    if (wall <= tickMilliseconds) return wall;
    const { user, system } = read();
    return Math.min(wall, (user + system - before.user - before.system) / 1000 + tickMilliseconds);
  };
}
