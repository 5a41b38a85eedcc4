/** Works out the rule for duplicates from the description of a sender. */

import type { Provider } from '@countersign/core';
import type { ValueSource } from '@countersign/core/describe';
import { describeScheme } from '@countersign/core/describe';

/** The material from which a receiver with `dedupe` makes the key of an event. */
export interface DuplicateRule {
  /** `id`: a signed id. `digest`: the digest of `digestOf`. `none`: nothing, so each delivery runs. */
  readonly from: 'id' | 'digest' | 'none';
  /** The place of the signed id; null if the sender signs none. */
  readonly id: string | null;
  /** Used instead of the signed id in a delivery that has none; null if the sender signs none. */
  readonly withoutId: 'digest' | 'none' | null;
  /**
   * The input of the digest. `body`: the signed body. `text`: the signed text. `fields`: the signed fields. `claims`:
   * the claims of the token. `unsigned_body`: the received body, which the signature does not cover.
   */
  readonly digestOf: 'body' | 'text' | 'fields' | 'claims' | 'unsigned_body';
  /** The unsigned header value that is part of the key in addition to the digest; null if there is none. */
  readonly joined: { readonly by: 'id' | 'type'; readonly header: string } | null;
}

/** Returns the rule that a receiver with `dedupe` follows for this sender. */
export function duplicateRuleOf(provider: Provider): DuplicateRule {
  const id = signedIdOf(provider) ?? null;
  const { kind, joined } = unsignedRule(provider);
  return {
    from: id === null ? kind : 'id',
    id,
    withoutId: id === null ? null : kind,
    digestOf: digestOf(provider),
    joined,
  };
}

/** Returns the rule in a few words, for a table: `id`, `digest`, `digest + unsigned id`, `none: each delivery runs`. */
export function duplicateText({ from, withoutId, joined }: DuplicateRule): string {
  if (from === 'none') return 'none: each delivery runs';
  const digest = joined === null ? 'digest' : `digest + unsigned ${joined.by}`;
  if (from === 'digest') return digest;
  return withoutId === 'none' ? 'id, or none' : 'id';
}

type EventList = NonNullable<NonNullable<Provider['batch']>['each']>[number];

/** The place of an id that the signature covers. In a batch, only an id in each event counts. */
function signedIdOf(provider: Provider): string | undefined {
  const { scheme, eventId, batch } = provider;
  const { id } = describeScheme(scheme);
  const inBatch = idsInBatch(provider).flatMap((source) => ('header' in source ? [] : [pathsOf(source)]));
  if (inBatch.length > 0) return scheme.signed.body ? `${inBatch.join(', or ')} in the signed body` : undefined;
  if (batch === undefined && scheme.signed.id && id !== undefined) {
    return 'header' in id ? `the signed header \`${id.header}\`` : `the claim \`${id.claim}\` of the token`;
  }
  if (eventId === undefined) return undefined;
  if ('header' in eventId) {
    const counts = batch === undefined && isSignedHeader(provider, eventId.header);
    return counts ? `the signed header \`${eventId.header}\`` : undefined;
  }
  return scheme.signed.body ? `${pathsOf(eventId)} in the signed body` : undefined;
}

/** The places of the ids in a batch; some lists have their own. */
function idsInBatch({ batch, eventId }: Provider): readonly ValueSource[] {
  const collect = (list: EventList, inherited: ValueSource | undefined): readonly (ValueSource | undefined)[] => {
    const own = list.eventId ?? inherited;
    return list.each === undefined ? [own] : list.each.flatMap((one) => collect(one, own));
  };
  return batch === undefined ? [] : collect(batch, eventId).filter((source) => source !== undefined);
}

/** Returns the paths of the events in a delivery, from the body on; empty if a delivery is one event. */
export function eventPathsOf({ batch }: Provider): readonly string[] {
  const collect = (list: EventList, before: string): readonly string[] => {
    const path = `${before}${list.json}`;
    return list.each === undefined ? [path] : list.each.flatMap((one) => collect(one, `${path}.`));
  };
  return batch === undefined ? [] : collect(batch, '');
}

/** The rule for deliveries without a signed id. */
function unsignedRule(provider: Provider): Pick<DuplicateRule, 'joined'> & { readonly kind: 'digest' | 'none' } {
  const { identity, eventId, eventType, batch } = provider;
  if (identity?.bytesRepeat !== true) return { kind: 'digest', joined: null };
  if (isUnsignedHeader(provider, eventId)) {
    if (identity.idKept !== true) return { kind: 'none', joined: null };
    // The id of a delivery does not identify each event in it.
    return { kind: 'digest', joined: batch === undefined ? { by: 'id', header: eventId.header } : null };
  }
  if (isUnsignedHeader(provider, eventType)) {
    return { kind: 'digest', joined: { by: 'type', header: eventType.header } };
  }
  return { kind: 'none', joined: null };
}

/** Returns whether a value is read from an unsigned header. */
export function isUnsignedHeader(
  provider: Provider,
  source: ValueSource | undefined,
): source is Extract<ValueSource, { header: string }> {
  return source !== undefined && 'header' in source && !isSignedHeader(provider, source.header);
}

function isSignedHeader({ scheme }: Provider, header: string): boolean {
  return describeScheme(scheme).signedHeaders.has(header.toLowerCase());
}

function digestOf({ scheme }: Provider): DuplicateRule['digestOf'] {
  const { content, parts, ambiguous, payload } = describeScheme(scheme);
  if (payload === 'claims') return 'claims';
  if (content.kind !== 'parts') return scheme.signed.body ? 'body' : 'unsigned_body';
  if (parts.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part))) return 'body';
  // Time and nonce differ between attempts, and the URL is the same in every delivery, so only the other parts tell
  // events apart.
  const isUnique = parts.some((part) => {
    if (typeof part === 'string') return part === 'id' || part === 'sorted_form';
    if ('compute' in part) return part.covers.includes('body') || part.covers.includes('id');
    return 'json' in part || 'form' in part || 'sortedFormOrQueryDigest' in part;
  });
  if (!isUnique) return 'unsigned_body';
  return ambiguous ? 'text' : 'fields';
}

function pathsOf(source: Exclude<ValueSource, { header: string }>): string {
  const paths = [source.json].flat().map((path) => `\`${path}\``);
  if (paths.length === 1) return String(paths[0]);
  const all = `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)}`;
  const isPartial = 'join' in source && (source.optional?.length ?? 0) > 0;
  return `${all} (together${isPartial ? ', as far as present' : ''})`;
}
