/** Changes genuine deliveries at random and holds every accepted change to what the preset promises. */

import { crc32 } from 'node:zlib';
import { isWebhookError, memoryStore, type Provider, type Receiver } from '@countersign/core';
import { bindingOf } from './bindings.ts';
import { type Breach, type Expected, type FoundBreach, findBreach } from './breaches.ts';
import {
  type ChangedRequest,
  changeable,
  copyOf,
  deliveryOf,
  describeChange,
  type HeaderForm,
  isSameRequest,
  pickForm,
} from './changed-request.ts';
import { type Change, type Subject, subjectOf } from './changes/change.ts';
import { changeOnce, type Step, wheelFor } from './changes/changes.ts';
import { pieceOfAnother } from './changes/piece-of-another.ts';
import { factsOf } from './event-facts.ts';
import { Random } from './random.ts';
import type { Sample } from './samples.ts';

export interface Violation {
  readonly delivery: string;
  readonly breach: Breach;
  readonly detail: string;
  readonly steps: readonly string[];
  readonly change: string;
}

export interface MutationReport {
  mutations: number;
  accepted: number;
  /** Accepted ones by the name of the delivery. */
  readonly acceptedBy: Map<string, number>;
  /** Accepted ones by the name of the change, where it was the only one. */
  readonly acceptedChanges: Map<string, number>;
  /** All violations, by their kind. */
  readonly breaches: Map<Breach, number>;
  /** The smallest found of each delivery and kind. */
  readonly violations: Map<string, Violation>;
}

/** One delivery and what has to stay of it. */
interface Case extends Expected {
  readonly sample: Sample;
  readonly subject: Subject;
  readonly wheel: readonly (readonly Change[])[];
  /** `strict` takes signed material alone for an identity. Both are made anew now and then, for what they keep of certificates. */
  receivers: { readonly strict: Receiver; readonly usual: Receiver };
  /** Others of its family. */
  others: readonly Case[];
}

/** Presets whose signatures take milliseconds to verify; they get two fifths of what the others get. */
const slow = ['apple-app-store-v2', 'truelayer'];
/** How many mutations of one delivery share receivers. */
const perReceiver = 500;

/**
 * @param amount how many mutations of all samples together
 * @param presetOf exchanges a preset, for controls
 */
export async function checkMutations(
  samples: readonly Sample[],
  amount: number,
  seed: number,
  presetOf: (preset: Provider) => Provider = (preset) => preset,
): Promise<MutationReport> {
  const report: MutationReport = {
    mutations: 0,
    accepted: 0,
    acceptedBy: new Map(samples.map(({ name }) => [name, 0])),
    acceptedChanges: new Map(),
    breaches: new Map(),
    violations: new Map(),
  };
  const cases: Case[] = [];
  for (const sample of samples) cases.push(await prepare(sample, familyOf(sample, samples), presetOf));
  const shares = samples.map(({ preset }) => (slow.includes(preset.name) ? 2 : 5));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  for (const [place, one] of cases.entries()) {
    const { sample } = one;
    one.others = cases.filter(({ sample: other }) => familyOf(sample, samples).includes(other));
    // Each delivery has a seed of its own, so that it can be tried alone.
    const random = new Random(seed + crc32(sample.name));
    const share = Math.ceil((amount * (shares[place] as number)) / whole);
    for (let count = 0; count < share; count++) {
      if (count % perReceiver === perReceiver - 1) one.receivers = receiversFor(sample, presetOf);
      await mutate(one, random, report);
    }
  }
  return report;
}

/** The other samples that the same key signed. */
const familyOf = (sample: Sample, samples: readonly Sample[]) =>
  samples.filter((other) => other !== sample && other.family === sample.family);

async function prepare(
  sample: Sample,
  others: readonly Sample[],
  presetOf: (preset: Provider) => Provider,
): Promise<Case> {
  const receivers = receiversFor(sample, presetOf);
  const subject = subjectOf(sample, others);
  const original = changeable(sample.delivery());
  const factsBy = async (receiver: Receiver) => {
    try {
      return await factsOf(await receiver.verify(deliveryOf(original, 'pairs')));
    } catch (cause) {
      throw new Error(`The genuine delivery ${sample.name} is not accepted: ${String(cause)}`, { cause });
    }
  };
  const [strict, usual] = [await factsBy(receivers.strict), await factsBy(receivers.usual)];
  return {
    sample,
    preset: sample.preset,
    subject,
    wheel: wheelFor(subject),
    binding: bindingOf(sample.preset.name, strict.signsBody),
    original,
    receivers,
    strict,
    usual,
    others: [],
  };
}

function receiversFor(sample: Sample, presetOf: (preset: Provider) => Provider): Case['receivers'] {
  const provider = presetOf(sample.preset);
  const make = (identity: object) => {
    const dedupe = { store: memoryStore(), ...identity };
    const given = { dedupe, ...(provider !== sample.preset && { provider }) };
    return sample.receiver(given as never);
  };
  return { strict: make({ identity: 'strict' }), usual: make({}) };
}

async function mutate(one: Case, random: Random, report: MutationReport): Promise<void> {
  const request = copyOf(one.original);
  const steps: Step[] = [];
  for (let count = random.pick([1, 1, 2, 2, 3]); count > 0; count--) {
    const step = changeOnce(request, random, one.subject, one.wheel);
    if (step !== undefined) steps.push(step);
  }
  const form = pickForm(random);
  report.mutations++;
  if (steps.length === 0 || isSameRequest(request, one.original)) return;
  const breach = await judge(one, request, form, steps);
  if (breach === 'refused') return;
  report.accepted++;
  add(report.acceptedBy, one.sample.name);
  const [only, ...more] = steps;
  if (only !== undefined && more.length === 0) add(report.acceptedChanges, only.change.name);
  if (breach === undefined) return;
  add(report.breaches, breach.breach);
  const found = await shrink(one, steps, form, breach);
  const name = `${found.delivery} ${found.breach}`;
  const known = report.violations.get(name);
  if (known === undefined || sizeOf(found) < sizeOf(known)) report.violations.set(name, found);
}

const sizeOf = ({ steps, change }: Violation) => steps.length * 100_000 + change.length;

function add<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

type Judged = 'refused' | undefined | FoundBreach;

async function judge(one: Case, request: ChangedRequest, form: HeaderForm, steps: readonly Step[]): Promise<Judged> {
  // Where pieces of another delivery were put in, it may have become that one.
  const others = steps.some(({ change }) => change === pieceOfAnother) ? one.others : [];
  const delivery = deliveryOf(request, form);
  try {
    const strict = await factsOf(await one.receivers.strict.verify(delivery));
    const usual = await factsOf(await one.receivers.usual.verify(delivery));
    const found = [one, ...others].map((is) => findBreach(is, others, strict, usual, request));
    return found.includes(undefined) ? undefined : found[0];
  } catch (error) {
    if (isWebhookError(error)) return 'refused';
    return { breach: 'error', detail: String(error) };
  }
}

/** The fewest of the changes that still do it. */
async function shrink(one: Case, steps: readonly Step[], form: HeaderForm, found: FoundBreach): Promise<Violation> {
  const subsets = Array.from({ length: 2 ** steps.length - 1 }, (_, at) =>
    steps.filter((__, bit) => ((at + 1) >> bit) & 1),
  );
  for (const some of subsets.toSorted((left, right) => left.length - right.length)) {
    for (const handedOver of form === 'pairs' ? [form] : (['pairs', form] as const)) {
      const request = copyOf(one.original);
      const isMade = some.every(({ change, seed }) => change.apply(request, new Random(seed), one.subject));
      const judged = isMade ? await judge(one, request, handedOver, some) : 'refused';
      if (typeof judged === 'object' && judged.breach === found.breach)
        return violationOf(one, some, request, handedOver, judged);
    }
  }
  const request = copyOf(one.original);
  for (const { change, seed } of steps) change.apply(request, new Random(seed), one.subject);
  return violationOf(one, steps, request, form, found);
}

function violationOf(
  one: Case,
  steps: readonly Step[],
  request: ChangedRequest,
  form: HeaderForm,
  { breach, detail }: FoundBreach,
): Violation {
  return {
    delivery: one.sample.name,
    breach,
    detail,
    steps: steps.map(({ change }) => change.name),
    change: describeChange(one.original, request, form),
  };
}

/** A violation as text. */
export function violationText({ delivery, breach, detail, steps, change }: Violation): string {
  return `${delivery}: ${breach}: ${detail}\n  by ${steps.join(', then ')}\n    ${change}`;
}
