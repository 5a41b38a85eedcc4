/** Holds random descriptions to two rules: what a handshake could sign is refused when it is defined, and forges nothing when it is not. */

import { createHmac } from 'node:crypto';
import {
  createReceiver,
  defineProvider,
  handshakes,
  hmac,
  isWebhookError,
  memoryStore,
  type Scheme,
} from '@countersign/core';
import type { HmacDescription } from '@countersign/core/describe';
import { bytesOf, type ChangedRequest, deliveryOf, setHeader, textOf } from './changed-request.ts';
import { requestFor, textsOf } from './handshake-asking.ts';
import { alphabets, fits } from './handshake-values.ts';
import { Random } from './random.ts';
import {
  describeRandomly,
  findOverlap,
  genuineRequest,
  origin,
  type RandomDescription,
  signedTextOf,
} from './random-descriptions.ts';

export interface DescriptionReport {
  descriptions: number;
  /** Refused for what the handshake signs, and how many of these sign a delivery that was found. */
  refused: number;
  refusedRightly: number;
  accepted: number;
  /** Accepted, though a genuine delivery has a text that the handshake signs. */
  overlooked: number;
  /** Deliveries posted with a MAC that the handshake gave away. */
  posted: number;
  /** Those that were not refused. */
  forged: number;
  /** The shortest of what was overlooked or forged. */
  readonly examples: string[];
}

const secret = 'of-own-descriptions-R7kQ2mXv9Ls4Tz8';
const triesForOverlap = 60;
const triesForForgery = 12;

/** @param schemeOf exchanges the scheme of a receiver, for controls */
export async function checkDescriptions(
  amount: number,
  seed: number,
  schemeOf: (description: HmacDescription) => Scheme<'secrets'> = hmac,
): Promise<DescriptionReport> {
  const report: DescriptionReport = {
    descriptions: 0,
    refused: 0,
    refusedRightly: 0,
    accepted: 0,
    overlooked: 0,
    posted: 0,
    forged: 0,
    examples: [],
  };
  const random = new Random(seed);
  while (report.descriptions < amount) {
    const description = describeRandomly(random);
    const provider = define(description);
    if (provider === 'ambiguous') continue;
    report.descriptions++;
    const overlap = findOverlap(description, triesForOverlap, random);
    if (provider === 'refused') {
      report.refused++;
      if (overlap !== undefined) report.refusedRightly++;
      continue;
    }
    report.accepted++;
    if (overlap !== undefined) {
      report.overlooked++;
      keep(report.examples, `overlooked: ${written(description, overlap)}`);
    }
    const receiver = createReceiver({
      provider: { ...provider, scheme: schemeOf(description.scheme) },
      secrets: secret,
      clock: () => new Date(1_795_251_600_000),
      publicUrl: origin,
      dedupe: memoryStore(),
      onOutcome: () => undefined,
      onWarning: () => undefined,
    });
    for (let tries = 0; tries < triesForForgery; tries++) {
      const request = random.isOneIn(3) ? genuineRequest(description, random) : wildRequest(description, random);
      const text = request === undefined ? undefined : signedTextOf(description, request);
      if (request === undefined || text === undefined || !fits(text, description.grammar)) continue;
      const question = requestFor(description.handshakes[0] as RandomDescription['handshakes'][0], text, '/');
      const [mac] = textsOf(await receiver.receive(deliveryOf(question, 'pairs'), () => undefined));
      if (mac !== createHmac('sha256', secret).update(text).digest('hex')) continue;
      setHeader(request, 'x-sig', mac);
      report.posted++;
      const { kind } = await receiver.receive(deliveryOf(request, 'pairs'), () => undefined);
      if (kind === 'rejected') continue;
      report.forged++;
      keep(report.examples, `${kind}: ${written(description, request)}`);
    }
  }
  return report;
}

function define({ scheme, payload, methods, handshakes: list }: RandomDescription) {
  try {
    return defineProvider({ name: 'own', scheme: hmac(scheme), payload, methods, handshakes: handshakes(list) });
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error.at === 'provider.handshakes' ? 'refused' : 'ambiguous';
  }
}

/** What nobody but a forger would send: a body of any form, short or empty. */
function wildRequest(description: RandomDescription, random: Random): ChangedRequest {
  const { grammar, methods } = description;
  const alphabet = alphabets[grammar.characters];
  const some = (most = 12) => random.text(alphabet, random.pick([1, 1, 2, grammar.minLength, random.between(1, most)]));
  const body = random.pick<() => string>([
    () => some(grammar.maxLength),
    () => '',
    () => `f=${some(grammar.maxLength)}`,
    () => `${some()}=`,
    () => some(),
  ])();
  return {
    method: random.pick(methods),
    url: '/',
    headers: [
      ['x-time', random.pick(['1795251600', '1795251600000', '2026-11-21T09:00:00Z'])],
      ['x-id', some()],
      ['x-nonce', some()],
      ['x-other', some()],
    ],
    body: bytesOf(body),
  };
}

/** The shortest few. */
function keep(list: string[], text: string): void {
  list.push(text);
  list.sort((left, right) => left.length - right.length);
  list.length = Math.min(list.length, 8);
}

function written(description: RandomDescription, request: ChangedRequest): string {
  const { scheme, payload, methods, grammar } = description;
  const { signs, ambiguous = false } = scheme;
  const text = JSON.stringify(signedTextOf(description, request));
  return `${JSON.stringify({ signs, ambiguous, payload, methods, grammar })}: ${request.method} ${JSON.stringify(textOf(request.body))} signs ${text}`;
}
