/** Has a receiver sign and repeat whatever a stranger asks for, and posts all of it back as deliveries. */

import { memoryStore, type Provider } from '@countersign/core';
import { type ChangedRequest, deliveryOf, textOf } from './changed-request.ts';
import { requestFor, textsOf, verifyToken } from './handshake-asking.ts';
import { signedGrammarsOf } from './handshake-grammars.ts';
import { handshakeText } from './handshake-values.ts';
import { postedBack } from './posted-back.ts';
import type { Random } from './random.ts';
import type { Sample } from './samples.ts';

export interface HandshakeReport {
  /** Requests for an answer, and how many were answered. */
  asked: number;
  answered: number;
  /** Deliveries that were posted with what was answered. */
  posted: number;
  /** Those that were not refused, or reached a handler or a store. */
  forged: number;
  /** The shortest of them. */
  readonly examples: string[];
}

export const emptyReport = (): HandshakeReport => ({ asked: 0, answered: 0, posted: 0, forged: 0, examples: [] });

/** @param provider in place of the sample's own, for controls */
export async function checkHandshakes(
  sample: Sample,
  amount: number,
  random: Random,
  report: HandshakeReport,
  provider: Provider = sample.preset,
): Promise<void> {
  const reached = { handlers: 0, claims: 0 };
  const store = memoryStore();
  const watched = {
    ...store,
    claim: (...given: Parameters<typeof store.claim>) => {
      reached.claims++;
      return store.claim(...given);
    },
    extend: store.extend.bind(store),
    complete: store.complete.bind(store),
    release: store.release.bind(store),
  };
  const receiver = sample.receiver({
    provider,
    dedupe: watched,
    handshakes: { verifyToken, accept: () => true },
    onOutcome: () => undefined,
  } as never);
  const handle = () => {
    reached.handlers++;
  };
  const { handshakes = [] } = provider;
  const grammars = signedGrammarsOf(provider);
  const { url = '/' } = sample.delivery();
  const known = textsIn(sample);
  for (let count = 0; count < amount; count++) {
    const handshake = random.pick(handshakes);
    const text = handshakeText(random, grammars, known);
    report.asked++;
    const request = requestFor(handshake, text, url);
    const isSigned = handshake.signed && sample.sign !== undefined;
    // Of those that only the sender can ask for, the sender asks too: what it had signed must be as useless.
    const question = isSigned ? await sample.sign({ body: request.body }) : deliveryOf(request, 'pairs');
    const outcome = await receiver.receive(question, handle);
    const answers = textsOf(outcome);
    if (outcome.kind === 'handshake') report.answered++;
    for (const delivery of postedBack(sample, text, answers, random)) {
      report.posted++;
      const { kind } = await receiver.receive(deliveryOf(delivery, 'pairs'), handle);
      if ((kind === 'rejected' || kind === 'handshake') && reached.handlers + reached.claims === 0) continue;
      report.forged++;
      report.examples.push(
        `${provider.name}: ${kind}: ${JSON.stringify(text)}, asked for by ${handshake.name}\n    ${written(delivery)}`,
      );
      report.examples.sort((left, right) => left.length - right.length);
      report.examples.length = Math.min(report.examples.length, 8);
      Object.assign(reached, { handlers: 0, claims: 0 });
    }
  }
}

/** What a genuine delivery has of texts: its body, and every text and number in it. */
function textsIn(sample: Sample): string[] {
  const body = textOf(sample.delivery().body) ?? '';
  const pieces = body.match(/"(?:[^"\\]|\\.)*"|[^\s"{}[\],:&=]+/g) ?? [];
  return [body, ...pieces, ...pieces.map((piece) => piece.replaceAll('"', ''))].filter((piece) => piece !== '');
}

function written({ method, url, headers, body }: ChangedRequest): string {
  return `${method} ${url} ${JSON.stringify(headers)} ${JSON.stringify(textOf(body))}`;
}
