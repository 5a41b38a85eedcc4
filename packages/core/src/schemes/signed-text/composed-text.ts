/** Texts that are more than the body with fixed texts between it and other values. */

import type { Delivery } from '../../delivery/delivery.ts';
import { WebhookError } from '../../errors.ts';
import type { NamedMatcher } from '../../keys/matcher.ts';
import type { Proof } from '../scheme.ts';
import { createContents, joinLengthFirst } from './content.ts';
import { boundParts } from './neighbours.ts';
import type { CompleteReading, SchemeFeature, SignatureReading, SignedValues, TextVerifier } from './template.ts';

/**
 * For descriptions that sign something other than `body` with a fixed text, or the digits of a time, between it and each other value: parts of
 * the body, the method, the URL, a body without its neighbour's end. Also for `each` and `urlForms`.
 */
export const composedText: SchemeFeature = {
  step: (part) => (part === 'method' ? methodOf : undefined),
  composed: {
    boundsOf: boundParts,
    contentsOf: createContents,
    isSettledLater: ({ signs, urlForms }) =>
      urlForms !== undefined ||
      // A runtime's digests may be asynchronous.
      signs.some((part) => typeof part === 'object' && ('bodyDigest' in part || 'sortedFormOrQueryDigest' in part)),
    compareSpellings,
    compareElements,
  },
};

/** @throws method_unsupported for a method that is not made of letters */
function methodOf({ method = 'POST' }: Delivery): string {
  const name = method.toUpperCase();
  if (!/^[A-Z]+$/.test(name)) throw new WebhookError('method_unsupported');
  return name;
}

async function compareSpellings(
  verifier: TextVerifier,
  keys: readonly NamedMatcher[],
  delivery: Delivery,
  reading: SignatureReading,
): Promise<Proof> {
  const { contents, description, template, url: urlFeature } = verifier;
  const { values, candidates } = reading;
  const { urlForms } = description;
  const urls = urlForms === undefined ? [undefined] : (urlFeature?.spellingsOf(values.url(), urlForms) ?? []);
  let found: { readonly key: NamedMatcher; readonly url: string | undefined } | undefined;
  for (const url of urls) {
    const chunks = await Promise.all(template(delivery, spelledAs(url, values)));
    const key = await verifier.compareText(keys, chunks, candidates);
    if (key !== undefined) found ??= { key, url };
  }
  if (found === undefined) throw verifier.mismatch(delivery);
  const { key, url } = found;
  // The signed spelling, not the requested one, which a stranger chooses.
  const spelled = spelledAs(url, values);
  const content = contents?.content && (await Promise.all(contents.content(delivery, spelled)));
  const strict = contents?.strict && (await Promise.all(contents.strict(delivery, spelled)));
  return verifier.prove(key, delivery, reading, url, content, strict);
}

function spelledAs(url: string | undefined, values: SignedValues): SignedValues {
  return url === undefined ? values : { ...values, url: () => url };
}

async function compareElements(
  verifier: TextVerifier,
  delivery: Delivery,
  now: number,
  path: string,
  complete: CompleteReading,
): Promise<Proof> {
  const roots = verifier.features.find(({ elementsAt }) => elementsAt)?.elementsAt?.(delivery.body, path) ?? [];
  const keys = await verifier.findKeys(now, delivery);
  let proof: Proof | undefined;
  const elements: Uint8Array[] = [];
  for (const root of roots) {
    const one = await verifier.compare(keys, delivery, complete(delivery.body, root));
    proof ??= one;
    // One tenant's secret must not vouch for another's events.
    if (one.tenant !== proof.tenant) throw verifier.mismatch(delivery);
    if (one.content !== undefined) elements.push(one.content);
  }
  const first = proof as Proof;
  // The result for the whole is that of all its events together.
  const joined = elements.length === roots.length ? { content: joinLengthFirst(elements), elements } : {};
  return { ...first, ...joined };
}
