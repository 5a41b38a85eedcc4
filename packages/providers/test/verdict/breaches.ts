/** What an accepted change of a delivery may not do, and the check of it. */

import type { Provider } from '@countersign/core';
import { type Binding, isBound, strictByNonce } from './bindings.ts';
import { type ChangedRequest, isSameBytes } from './changed-request.ts';
import { type DeliveryFacts, type EventFacts, isSameValue } from './event-facts.ts';

/** The kinds: `error` is anything but a WebhookError that leaves `verify`. */
export type Breach = 'identity' | 'payload' | 'id' | 'time' | 'error';

export interface FoundBreach {
  readonly breach: Breach;
  readonly detail: string;
}

/** A genuine delivery, and what its receivers say of it. */
export interface Expected {
  readonly preset: Provider;
  readonly binding: Binding;
  readonly original: ChangedRequest;
  /** By a receiver with `dedupe: { identity: 'strict' }`, and by one without. */
  readonly strict: DeliveryFacts;
  readonly usual: DeliveryFacts;
}

/**
 * What an accepted request breaks of what is promised of a genuine one; undefined where it breaks nothing.
 *
 * @param others deliveries of which pieces were put into it
 */
export function findBreach(
  one: Expected,
  others: readonly Expected[],
  strict: DeliveryFacts,
  usual: DeliveryFacts,
  request: ChangedRequest,
): FoundBreach | undefined {
  const isSameBody = isSameBytes(request.body, one.original.body) && !isOtherQuery(one, request);
  const { binding, strict: first, usual: firstUsual } = one;
  const isKept = isBound(binding) || isSameBody;
  const isEither = !isKept && strictByNonce.has(one.preset.name);
  // Of a batch whose events are signed one by one, its events alone are bound.
  if (binding !== 'events') {
    const problem =
      (isEither ? undefined : strictProblem(first.whole, strict.whole, isKept)) ??
      usualProblem(one, firstUsual.whole, usual.whole, isKept);
    if (problem !== undefined) return { breach: 'identity', detail: problem };
  }
  if (strict.payload !== undefined) {
    const problem = eventsProblem(one, others, strict, usual, isSameBody);
    if (problem !== undefined) return { breach: 'identity', detail: problem };
    if (strict.signsBody && !isSameValue(strict.payload.value, first.payload?.value)) {
      return { breach: 'payload', detail: `payload is now ${JSON.stringify(strict.payload.value)}` };
    }
  }
  if (first.whole.isIdSigned && strict.whole.id !== first.whole.id) {
    return { breach: 'id', detail: `the signed id ${first.whole.id} is now ${strict.whole.id}` };
  }
  if (first.signsTime && strict.signedAt !== first.signedAt) {
    return { breach: 'time', detail: `the signed time ${first.signedAt} is now ${strict.signedAt}` };
  }
  return strict.secretId === first.secretId ? undefined : { breach: 'id', detail: 'another secret matched' };
}

/** Where the address is signed without its query, the query of a request without a body is what an unsigned body is to others. */
function isOtherQuery({ preset, original }: Expected, { url, body }: ChangedRequest): boolean {
  const { signs, urlForms } = preset.scheme.description as { signs?: readonly unknown[]; urlForms?: readonly string[] };
  if (body.length > 0 || signs?.includes('url') !== true || urlForms?.includes('without_query') !== true) return false;
  const queryOf = (text: string) => (text.split('#', 1)[0] as string).split('?').slice(1).join('?');
  return queryOf(url) !== queryOf(original.url);
}

function eventsProblem(
  one: Expected,
  others: readonly Expected[],
  strict: DeliveryFacts,
  usual: DeliveryFacts,
  isSameBody: boolean,
): string | undefined {
  const { binding, strict: first, usual: firstUsual } = one;
  if (binding === 'events') {
    const known = new Set([one, ...others].flatMap((is) => is.strict.events.map(({ identity }) => identity.key)));
    const other = strict.events.find(({ identity }) => !known.has(identity.key));
    return other === undefined ? undefined : `an event of the batch has the new identity ${other.identity.from}`;
  }
  if (!isBound(binding) && !isSameBody) {
    if (strictByNonce.has(one.preset.name)) return undefined;
    const known = new Set(first.events.map(({ identity }) => identity.key));
    return strict.events.some(({ identity }) => known.has(identity.key))
      ? 'another body has a known identity'
      : undefined;
  }
  if (strict.events.length !== first.events.length) {
    return `${first.events.length} events are now ${strict.events.length}`;
  }
  for (const [at, event] of strict.events.entries()) {
    const problem =
      strictProblem(first.events[at] as EventFacts, event, true) ??
      usualProblem(one, firstUsual.events[at] as EventFacts, usual.events[at] as EventFacts, true);
    if (problem !== undefined) return `event ${at}: ${problem}`;
  }
  return undefined;
}

/** @param isSame whether what stands for the event is the same */
function strictProblem(first: EventFacts, now: EventFacts, isSame: boolean): string | undefined {
  const { identity } = now;
  if (identity.from === 'none' || identity.joined !== undefined) return `strict, and from ${nameOf(identity)}`;
  const isKept = identity.key === first.identity.key;
  if (isKept === isSame) return undefined;
  return isSame
    ? `strict, and another key: ${nameOf(first.identity)} -> ${nameOf(identity)}`
    : 'strict, and the key of another body';
}

/** Without `strict`, the unsigned id or type may join, where the preset says so, and nothing else makes a difference. */
function usualProblem({ preset }: Expected, first: EventFacts, now: EventFacts, isSame: boolean): string | undefined {
  const { bytesRepeat, idKept, source } = preset.identity ?? {};
  const mayJoin = bytesRepeat === true && source !== undefined;
  const { from, joined } = now.identity;
  if (from === 'none' && bytesRepeat !== true) return 'from none, though the same bytes are the same event';
  if (joined !== undefined && !(mayJoin && (joined === 'type' || idKept === true)))
    return `an unsigned ${joined} has joined`;
  const isKept = now.identity.key === first.identity.key;
  const isExpected = isSame && from !== 'none' && standsFor(first) === standsFor(now);
  if (isKept === isExpected) return undefined;
  return isExpected ? `another key: ${nameOf(first.identity)} -> ${nameOf(now.identity)}` : 'the key of another event';
}

/** What of an event may make a difference besides its digest or signed id. */
function standsFor({ identity: { from, joined }, id, type }: EventFacts): string {
  return JSON.stringify([from, joined, joined === undefined ? undefined : joined === 'id' ? id : type]);
}

const nameOf = ({ from, joined }: EventFacts['identity']) => (joined === undefined ? from : `${from} with ${joined}`);
