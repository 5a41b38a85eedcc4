/** What makes a delivery a duplicate, read off the description of its sender. */

import type { Provider, SignedPart, ValueSource } from '@countersign/core';

/** What the key of an event is made from, as a receiver with `dedupe` makes it. */
export interface DuplicateRule {
  /** `id`: a signed id. `digest`: the digest of `digestOf`. `none`: nothing, so each delivery runs. */
  readonly from: 'id' | 'digest' | 'none';
  /** Where the signed id is; null where the sender signs none. */
  readonly id: string | null;
  /** What takes the place of the signed id in a delivery that has none; null where the sender signs none. */
  readonly withoutId: 'digest' | 'none' | null;
  /**
   * What the digest is of. `body`: the signed body. `text`: the signed text. `fields`: the signed fields. `claims`: those of the
   * token. `unsigned_body`: the received body, which the signature does not cover.
   */
  readonly digestOf: 'body' | 'text' | 'fields' | 'claims' | 'unsigned_body';
  /** What of the unsigned head is part of the key beside the digest, and in which header it is; null where nothing is. */
  readonly joined: { readonly by: 'id' | 'type'; readonly header: string } | null;
}

/** The rule that a receiver with `dedupe` follows for this sender. */
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

/** The same in a few words, for a table: `id`, `digest`, `digest + id`, `none: each delivery runs`. */
export function duplicateText({ from, withoutId, joined }: DuplicateRule): string {
  if (from === 'none') return 'none: each delivery runs';
  const digest = joined === null ? 'digest' : `digest + unsigned ${joined.by}`;
  if (from === 'digest') return digest;
  return withoutId === 'none' ? 'id, or none' : 'id';
}

/** What the descriptions of all schemes may hold, as far as it matters for duplicates. */
interface Described {
  readonly id?: { readonly header: string } | { readonly claim: string };
  readonly signs?: readonly SignedPart[];
  readonly components?: readonly string[];
  readonly ambiguous?: boolean;
  readonly each?: string;
  readonly token?: 'body' | object;
  readonly binds?: { readonly urlHash?: unknown };
  readonly payload?: unknown;
}

type EventList = NonNullable<NonNullable<Provider['batch']>['each']>[number];

export const describedBy = ({ scheme }: Provider) => scheme.description as Described;

/** Where an id is that the signature covers. Inside a batch only one in each event counts. */
function signedIdOf(provider: Provider): string | undefined {
  const { scheme, eventId, batch } = provider;
  const { id } = describedBy(provider);
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

/** Where the ids of a batch are: some lists have a place of their own. */
function idsInBatch({ batch, eventId }: Provider): readonly ValueSource[] {
  const collect = (list: EventList, inherited: ValueSource | undefined): readonly (ValueSource | undefined)[] => {
    const own = list.eventId ?? inherited;
    return list.each === undefined ? [own] : list.each.flatMap((one) => collect(one, own));
  };
  return batch === undefined ? [] : collect(batch, eventId).filter((source) => source !== undefined);
}

/** The paths of the events that a delivery reports, from the body on; empty where it reports one. */
export function eventPathsOf({ batch }: Provider): readonly string[] {
  const collect = (list: EventList, before: string): readonly string[] => {
    const path = `${before}${list.json}`;
    return list.each === undefined ? [path] : list.each.flatMap((one) => collect(one, `${path}.`));
  };
  return batch === undefined ? [] : collect(batch, '');
}

/** What counts where no id is signed. */
function unsignedRule(provider: Provider): Pick<DuplicateRule, 'joined'> & { readonly kind: 'digest' | 'none' } {
  const { identity, eventId, eventType, batch } = provider;
  if (identity?.bytesRepeat !== true) return { kind: 'digest', joined: null };
  if (isUnsignedHeader(provider, eventId)) {
    if (identity.idKept !== true) return { kind: 'none', joined: null };
    // The id of a delivery is not that of each event in it.
    return { kind: 'digest', joined: batch === undefined ? { by: 'id', header: eventId.header } : null };
  }
  if (isUnsignedHeader(provider, eventType)) {
    return { kind: 'digest', joined: { by: 'type', header: eventType.header } };
  }
  return { kind: 'none', joined: null };
}

/** Whether a value is read from a header that nobody signs. */
export function isUnsignedHeader(
  provider: Provider,
  source: ValueSource | undefined,
): source is Extract<ValueSource, { header: string }> {
  return source !== undefined && 'header' in source && !isSignedHeader(provider, source.header);
}

function isSignedHeader(provider: Provider, header: string): boolean {
  const { id, signs = [], components = [] } = describedBy(provider);
  const names = signs.flatMap((part) => (typeof part === 'object' && 'header' in part ? [part.header] : []));
  if (provider.scheme.signed.id && id !== undefined && 'header' in id) names.push(id.header);
  return [...names, ...components].some((name) => name.toLowerCase() === header.toLowerCase());
}

function digestOf(provider: Provider): DuplicateRule['digestOf'] {
  const { scheme } = provider;
  const { signs, ambiguous = false, token, payload } = describedBy(provider);
  if (scheme.kind === 'jwt') {
    const isInBody = typeof token !== 'object' || 'json' in token;
    if (payload === undefined ? isInBody : payload !== 'body') return 'claims';
  }
  if (signs === undefined) return scheme.signed.body ? 'body' : 'unsigned_body';
  if (signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part))) return 'body';
  // Time and nonce differ between attempts, and a URL is the same in every delivery: the rest has to tell events apart.
  const isUnique = signs.some((part) => {
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
  return `${all} (together${isPartial ? ', as far as they are there' : ''})`;
}
