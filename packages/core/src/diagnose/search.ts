/** Tries possible changes to a delivery: each alone, then the likely ones in pairs. */

import type { Delivery } from '../delivery/delivery.ts';
import { type PublicUrl, publicUrlOf } from '../delivery/public-url.ts';
import { describeScheme } from '../describe/scheme-facts.ts';
import { isWebhookError, type WebhookError } from '../errors.ts';
import type { Provider } from '../provider/provider.ts';
import type { Proof, Scheme } from '../schemes/scheme.ts';
import { alteredVariants } from './altered-headers.ts';
import { bodyVariants } from './body-variants.ts';
import { compressionVariants } from './compression.ts';
import { renamedVariants } from './renamed-headers.ts';
import { providerVariants, schemeVariants } from './scheme-variants.ts';
import { secretVariants } from './secret-variants.ts';
import type { Situation, Trier, Variant, VariantKind } from './situation.ts';
import { urlVariants } from './url-variants.ts';

/** Other configured secrets and presets. */
export interface Surroundings {
  readonly otherSecrets: Readonly<Record<string, string | Uint8Array>>;
  readonly otherProviders: readonly Provider[];
  readonly publicUrl: PublicUrl | undefined;
}

/** The changes to undo so that the delivery verifies. */
export interface Explanation {
  readonly variants: readonly Variant[];
  readonly proof: Proof;
  readonly situation: Situation;
}

type Pair = readonly [VariantKind, VariantKind];

/** If the headers can be parsed, the fault is elsewhere; if not, nothing else is worth trying alone. */
const readableOrder: readonly VariantKind[] = ['secrets', 'url', 'body', 'provider', 'scheme', 'headers'];
const unreadableOrder: readonly VariantKind[] = ['provider', 'scheme', 'headers', 'body'];
const readablePairs: readonly Pair[] = [
  ['secrets', 'body'],
  ['url', 'body'],
  ['secrets', 'url'],
  ['scheme', 'body'],
  ['provider', 'body'],
  ['headers', 'body'],
  ['secrets', 'scheme'],
  ['provider', 'secrets'],
];
const unreadablePairs: readonly Pair[] = [
  ['headers', 'scheme'],
  ['headers', 'body'],
  ['headers', 'secrets'],
  ['headers', 'url'],
  ['scheme', 'body'],
  ['scheme', 'secrets'],
  ['scheme', 'url'],
  ['provider', 'body'],
  ['provider', 'secrets'],
];
/** Number of each kind that take part in pairs. */
const shares: Readonly<Record<VariantKind, number>> = {
  body: 14,
  secrets: 16,
  url: 10,
  headers: 6,
  scheme: 8,
  provider: 6,
};

/** @param refusal the scheme's error for the unchanged delivery */
export async function findExplanation(
  base: Situation,
  refusal: WebhookError,
  surroundings: Surroundings,
  trier: Trier,
): Promise<Explanation | undefined> {
  const unpacked = bindsBody(base.provider.scheme) ? await compressionVariants(base) : [];
  const generate = (kind: VariantKind, from: Situation): Iterable<Variant> => {
    switch (kind) {
      case 'body':
        return bindsBody(base.provider.scheme) ? chain(unpacked, bodyVariants(from)) : [];
      case 'secrets':
        return secretVariants(from, surroundings.otherSecrets);
      case 'url':
        return describeScheme(from.provider.scheme).readsAddress
          ? chain(addressesOf(from, refusal, surroundings.publicUrl), methodVariants(from))
          : [];
      case 'headers':
        return chain(renamedVariants(from), alteredVariants(from));
      case 'scheme':
        return schemeVariants(from);
      case 'provider':
        return providerVariants(from, surroundings.otherProviders);
    }
  };
  const attempt = async (...variants: readonly Variant[]): Promise<Explanation | undefined> => {
    const situation: Situation = Object.assign({}, base, ...variants.map(({ change }) => change));
    const result = await trier.verify(situation);
    return isWebhookError(result) ? undefined : { variants, proof: result, situation };
  };

  const isReadable = trier.isReadable(base);
  for (const kind of isReadable ? readableOrder : unreadableOrder) {
    for (const variant of generate(kind, base)) {
      if (trier.isSpent()) return undefined;
      const found = await attempt(variant);
      if (found !== undefined) return found;
    }
  }
  const shareOf = (kind: VariantKind, from: Situation) => firstSingles(generate(kind, from), shares[kind]);
  for (const [left, right] of isReadable ? readablePairs : unreadablePairs) {
    for (const pair of pairsOfKinds(left, right)) {
      if (trier.isSpent()) return undefined;
      const found = await attempt(...pair);
      if (found !== undefined) return found;
    }
  }
  return undefined;

  /** Pairs of likely changes, the most likely first; those that cannot be parsed are skipped. */
  function* pairsOfKinds(left: VariantKind, right: VariantKind): Generator<readonly [Variant, Variant]> {
    const mends = (one: Variant) => isReadable || trier.isReadable({ ...base, ...one.change });
    const firsts = shareOf(left, base);
    if (right === 'scheme' && left === 'headers') {
      // The content of a header is known once it is found.
      for (const first of firsts)
        for (const second of shareOf(right, { ...base, ...first.change })) yield [first, second];
      return;
    }
    const readable = firsts.filter(mends);
    const seconds = readable.length === 0 ? [] : shareOf(right, base);
    for (let sum = 0; sum < readable.length + seconds.length - 1; sum++) {
      for (let at = Math.max(0, sum - seconds.length + 1); at <= Math.min(sum, readable.length - 1); at++) {
        yield [readable[at] as Variant, seconds[sum - at] as Variant];
      }
    }
  }
}

/** True if bytes of the body are part of the verified data. A bearer token covers none. */
export function bindsBody(scheme: Scheme): boolean {
  return scheme.signed.body || describeScheme(scheme).content.kind === 'parts';
}

function addressesOf(from: Situation, refusal: WebhookError, publicUrl: PublicUrl | undefined): readonly Variant[] {
  const isOriginNeeded = refusal.code === 'options_invalid' && refusal.at === 'publicUrl';
  const head: Pick<Delivery, 'headers' | 'url'> = {
    headers: from.headers,
    ...(from.url === undefined ? {} : { url: from.url }),
  };
  let known: string | undefined;
  try {
    known = publicUrlOf(head, publicUrl);
  } catch {
    // Built from the headers instead.
  }
  return urlVariants(from, known, publicUrl, isOriginNeeded);
}

function* methodVariants({ method = 'POST' }: Situation): Generator<Variant> {
  for (const other of ['POST', 'GET', 'PUT', 'PATCH']) {
    if (other !== method.toUpperCase())
      yield { kind: 'url', codes: ['method'], at: 'method', change: { method: other } };
  }
}

function* chain<Item>(...lists: readonly Iterable<Item>[]): Generator<Item> {
  for (const list of lists) yield* list;
}

function firstSingles(variants: Iterable<Variant>, count: number): readonly Variant[] {
  const found: Variant[] = [];
  for (const variant of variants) {
    if (variant.codes.length > 1) continue;
    found.push(variant);
    if (found.length === count) break;
  }
  return found;
}
