/** Verifies signatures of a described text, with any kind of key: the code shared by HMAC and public keys. */

import { joinChunks } from '../../crypto/chunks.ts';
import type { Chunk } from '../../crypto/hmac.ts';
import { type Delivery, deliveryOf } from '../../delivery/delivery.ts';
import { findHeader } from '../../delivery/header-fields.ts';
import { decodeUtf8, encodeUtf8 } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import { type MatcherSource, type NamedMatcher, selectKeys } from '../../keys/matcher.ts';
import type { BoundScheme, Proof, SchemeOptions } from '../scheme.ts';
import type { SignedParts } from '../signed-parts.ts';
import { placeOf, type SignatureDescription, signedHeadersOf, signsUrl, sourcesOf } from './description.ts';
import { type CompleteReading, createReader, type SignatureForm, type SignatureReading } from './reader.ts';
import {
  createParts,
  createTemplate,
  isSettledLater,
  type SchemeFeature,
  type SignedValues,
  type Template,
  type UrlFeature,
} from './template.ts';

/** Maximum length of a text that a handshake signs for a stranger, in characters. */
const maxReservedLength = 256;

/** Binds a description to its keys. Synchronous if the keys are. */
export function bindSignature(
  description: SignatureDescription,
  signed: SignedParts,
  options: SchemeOptions,
  form: SignatureForm,
  findKeys: MatcherSource,
  features: readonly SchemeFeature[],
): Pick<BoundScheme, 'open'> {
  const { signs, timestamp, urlForms, each, ambiguous = false } = description;
  const template = createTemplate(signs, timestamp?.unit, ambiguous, features);
  const isAsync = urlForms !== undefined || isSettledLater(signs);
  const contentOf = createContent(description, features);
  const strictOf = contentOf === undefined ? createStrictContent(description, features) : undefined;
  const payloadOf = features.map((feature) => feature.payloadOf?.(signs)).find((found) => found !== undefined);
  const headers = signedHeadersOf(description);
  const needsUrl = signsUrl(description);
  const urlFeature = needsUrl ? features.find(({ url }) => url !== undefined)?.url : undefined;
  const urlOf = urlFeature?.createReader(options) ?? (() => '');
  const read = createReader(description, signed, options, form, features, urlOf);
  const { isReserved } = options;
  const keyIdName = description.keyId?.header.toLowerCase();
  const findNamed: MatcherSource =
    keyIdName === undefined
      ? findKeys
      : async (now, delivery) => selectKeys(await findKeys(now, delivery), findHeader(delivery.headers, keyIdName));

  const prove = (
    matched: NamedMatcher,
    delivery: Delivery,
    { signedAt, values }: SignatureReading,
    url: string | undefined,
    content: readonly Chunk[] | undefined,
    strict: readonly Chunk[] | undefined,
  ): Proof => ({
    secretId: matched.id,
    tenant: matched.tenant,
    marks: matched.marks,
    signedAt,
    id: signed.id ? values.id : undefined,
    signed,
    headers,
    content: content && joinContent(content, ambiguous),
    strict: strict && joinContent(strict, ambiguous),
    url: urlForms === undefined ? undefined : url,
    signedUrl: needsUrl ? (url ?? values.url()) : undefined,
    payload: payloadOf === undefined ? undefined : { value: payloadOf(delivery, values) },
  });
  const compareText = (
    keys: readonly NamedMatcher[],
    chunks: readonly Chunk[],
    candidates: readonly Uint8Array[],
  ): NamedMatcher | undefined | Promise<NamedMatcher | undefined> => {
    // A text that a handshake signs for anyone proves nothing about a delivery.
    if (isReserved !== undefined && isReservedText(chunks, isReserved)) return undefined;
    let matched: NamedMatcher | undefined;
    const pending: Promise<boolean>[] = [];
    // Every key is tried, even after a match: the duration must not reveal which one matched.
    for (const named of keys) {
      const result = named.key.matches(chunks, candidates);
      if (typeof result !== 'boolean') pending.push(result);
      else if (result) matched ??= named;
    }
    if (pending.length === 0) return matched;
    return Promise.all(pending).then((results) => keys[results.indexOf(true)]);
  };
  /** The signed text if there is one and it is available synchronously. Built before the keys are looked up: an invalid text needs none. */
  const textOf = (delivery: Delivery, { values }: SignatureReading) =>
    isAsync ? undefined : (template(delivery, values) as readonly Chunk[]);
  const compare = (
    keys: readonly NamedMatcher[],
    delivery: Delivery,
    reading: SignatureReading,
    text: readonly Chunk[] | undefined,
  ): Proof | Promise<Proof> => {
    if (text === undefined) return compareSpellings(keys, delivery, reading);
    const { values, candidates } = reading;
    const matched = compareText(keys, text, candidates);
    const finish = (one: NamedMatcher | undefined) => {
      if (one === undefined) throw mismatch(description, urlFeature, () => urlOf(delivery));
      const content = contentOf?.(delivery, values) as readonly Chunk[] | undefined;
      const strict = strictOf?.(delivery, values) as readonly Chunk[] | undefined;
      return prove(one, delivery, reading, undefined, content, strict);
    };
    return matched instanceof Promise ? matched.then(finish) : finish(matched);
  };
  const compareSpellings = async (
    keys: readonly NamedMatcher[],
    delivery: Delivery,
    reading: SignatureReading,
  ): Promise<Proof> => {
    const { values, candidates } = reading;
    const urls = urlForms === undefined ? [undefined] : (urlFeature?.spellingsOf(values.url(), urlForms) ?? []);
    let found: { readonly key: NamedMatcher; readonly url: string | undefined } | undefined;
    for (const url of urls) {
      const chunks = template(delivery, spelledAs(url, values));
      const key = await compareText(keys, await Promise.all(chunks), candidates);
      if (key !== undefined) found ??= { key, url };
    }
    if (found === undefined) throw mismatch(description, urlFeature, () => urlOf(delivery));
    const { key, url } = found;
    // The signed spelling, not the requested one, which a stranger chooses.
    const spelled = spelledAs(url, values);
    const content = contentOf && (await Promise.all(contentOf(delivery, spelled)));
    const strict = strictOf && (await Promise.all(strictOf(delivery, spelled)));
    return prove(key, delivery, reading, url, content, strict);
  };
  const compareElements = async (
    delivery: Delivery,
    now: number,
    path: string,
    complete: CompleteReading,
  ): Promise<Proof> => {
    const roots = features.find(({ elementsAt }) => elementsAt)?.elementsAt?.(delivery.body, path) ?? [];
    const keys = await findNamed(now, delivery);
    let proof: Proof | undefined;
    const elements: Uint8Array[] = [];
    for (const root of roots) {
      const reading = complete(delivery.body, root);
      const one = await compare(keys, delivery, reading, textOf(delivery, reading));
      proof ??= one;
      // One tenant's secret must not vouch for another's events.
      if (one.tenant !== proof.tenant) throw mismatch(description, urlFeature, () => urlOf(delivery));
      if (one.content !== undefined) elements.push(one.content);
    }
    const first = proof as Proof;
    // The result for the whole is that of all its events together.
    const joined = elements.length === roots.length ? { content: joinLengthFirst(elements), elements } : {};
    return { ...first, ...joined };
  };

  return {
    open(head, now) {
      const complete = read(head, now);
      return {
        verify(body) {
          const delivery = deliveryOf(head, body);
          if (each !== undefined) return compareElements(delivery, now, each, complete);
          const reading = complete(body);
          const text = textOf(delivery, reading);
          const keys = findNamed(now, delivery);
          return keys instanceof Promise
            ? keys.then((active) => compare(active, delivery, reading, text))
            : compare(keys, delivery, reading, text);
        },
      };
    },
  };
}

function spelledAs(url: string | undefined, values: SignedValues): SignedValues {
  return url === undefined ? values : { ...values, url: () => url };
}

function isReservedText(chunks: readonly Chunk[], isReserved: (text: string) => boolean): boolean {
  if (chunks.reduce((sum, { length }) => sum + length, 0) > maxReservedLength) return false;
  const text = decodeUtf8(joinChunks(chunks));
  return text !== undefined && isReserved(text);
}

/**
 * The identity of an event if the body is not signed as a whole: otherwise unsigned bytes could change the body and make a replay look new.
 * Time and nonce differ between attempts and are left out. If the rest is the same in every event to one URL, it does not tell events
 * apart: then the received body identifies the event, as if nothing were signed.
 */
function createContent(
  { signs, ambiguous = false }: SignatureDescription,
  features: readonly SchemeFeature[],
): Template | undefined {
  const isBodyAsItIs = signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part));
  if (isBodyAsItIs) return undefined;
  const lasting = signs.filter((part) => part !== 'timestamp' && part !== 'nonce');
  const isUnique = lasting.some((part) => {
    if (typeof part === 'string') return part === 'id' || part === 'sorted_form';
    if ('compute' in part) return part.covers.includes('body') || part.covers.includes('id');
    return 'json' in part || 'form' in part || 'sortedFormOrQueryDigest' in part;
  });
  const parts = lasting.filter((part) => !(typeof part === 'object' && 'text' in part));
  if (!isUnique) return undefined;
  return createParts(ambiguous ? lasting : parts, features);
}

/**
 * All signed data except the time, if only a nonce tells deliveries apart, for an app that is strict. The nonce of a captured delivery
 * stays the same, whatever its body becomes.
 */
function createStrictContent(
  { signs, ambiguous = false }: SignatureDescription,
  features: readonly SchemeFeature[],
): Template | undefined {
  const isBodyAsItIs = signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part));
  if (isBodyAsItIs || !signs.includes('nonce')) return undefined;
  return createParts(
    signs.filter((part) => part !== 'timestamp' && (ambiguous || typeof part === 'string' || !('text' in part))),
    features,
  );
}

/** Length before each part, so that nothing moves from one to the next; for an ambiguous text, only the text itself is stable. */
function joinContent(chunks: readonly Chunk[], ambiguous: boolean): Uint8Array {
  return ambiguous ? joinChunks(chunks) : joinLengthFirst(chunks.map((chunk) => joinChunks([chunk])));
}

function mismatch(description: SignatureDescription, feature: UrlFeature | undefined, url: () => string): WebhookError {
  const at = placeOf(sourcesOf(description)[0]);
  if (feature === undefined || !description.signs.includes('url'))
    return new WebhookError('signature_mismatch', { at });
  const { urlForms = ['exact'] } = description;
  const tried = feature.spellingsOf(url(), urlForms).map(feature.shown);
  return new WebhookError('signature_mismatch', {
    at,
    hint: `The sender signs the URL it posts to; tried, with the query of the request: ${[...new Set(tried)].join(', ')}. Compare it to the letter with the one entered at the sender, and see publicUrl.`,
  });
}

function joinLengthFirst(parts: readonly Uint8Array[]): Uint8Array {
  const texts = parts.map((part) => `${part.length}:`);
  const bytes = new Uint8Array(
    parts.reduce((sum, part, index) => sum + part.length + (texts[index] as string).length, 0),
  );
  let at = 0;
  for (const [index, part] of parts.entries()) {
    bytes.set(encodeUtf8(texts[index] as string), at);
    at += (texts[index] as string).length;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
