/** Verifies signatures of a described text, with any kind of key: the code shared by HMAC and public keys. */

import { joinChunks } from '../../crypto/chunks.ts';
import type { Chunk } from '../../crypto/hmac.ts';
import { type Delivery, deliveryOf } from '../../delivery/delivery.ts';
import { findHeader } from '../../delivery/header-fields.ts';
import { decodeUtf8 } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import { type MatcherSource, type NamedMatcher, selectKeys } from '../../keys/matcher.ts';
import { optionError } from '../../options/option-values.ts';
import type { BoundScheme, Proof, SchemeOptions } from '../scheme.ts';
import type { SignedParts } from '../signed-parts.ts';
import { placeOf, type SignatureDescription, signedHeadersOf, signsUrl, sourcesOf } from './description.ts';
import { createReader, type SignatureForm } from './reader.ts';
import {
  type ComposedFeature,
  createTemplate,
  findComposed,
  missingFeature,
  type SchemeFeature,
  type SignatureReading,
  type TextVerifier,
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
  const composed = findComposed(features);
  if (each !== undefined && composed === undefined) throw optionError('scheme.each', missingFeature);
  const isLater = composed?.isSettledLater(description) === true;
  const contents = composed?.contentsOf(description, features);
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
    content: content && contents?.join(content),
    strict: strict && contents?.join(strict),
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
    isLater ? undefined : (template(delivery, values) as readonly Chunk[]);
  const compare = (
    keys: readonly NamedMatcher[],
    delivery: Delivery,
    reading: SignatureReading,
    text: readonly Chunk[] | undefined,
  ): Proof | Promise<Proof> => {
    if (text === undefined) return (composed as ComposedFeature).compareSpellings(verifier, keys, delivery, reading);
    const { values, candidates } = reading;
    const matched = compareText(keys, text, candidates);
    const finish = (one: NamedMatcher | undefined) => {
      if (one === undefined) throw mismatch(delivery);
      const content = contents?.content?.(delivery, values) as readonly Chunk[] | undefined;
      const strict = contents?.strict?.(delivery, values) as readonly Chunk[] | undefined;
      return prove(one, delivery, reading, undefined, content, strict);
    };
    return matched instanceof Promise ? matched.then(finish) : finish(matched);
  };
  const mismatch = (delivery: Delivery) => {
    const at = placeOf(sourcesOf(description)[0]);
    const hint = signs.includes('url') && urlFeature?.mismatchHint(urlOf(delivery), urlForms ?? ['exact']);
    return new WebhookError('signature_mismatch', hint ? { at, hint } : { at });
  };
  const verifier: TextVerifier = {
    description,
    features,
    template,
    contents,
    url: urlFeature,
    findKeys: findNamed,
    compareText,
    compare: (keys, delivery, reading) => compare(keys, delivery, reading, textOf(delivery, reading)),
    prove,
    mismatch,
  };
  return {
    open(head, now) {
      const complete = read(head, now);
      return {
        verify(body) {
          const delivery = deliveryOf(head, body);
          if (each !== undefined)
            return (composed as ComposedFeature).compareElements(verifier, delivery, now, each, complete);
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

function isReservedText(chunks: readonly Chunk[], isReserved: (text: string) => boolean): boolean {
  if (chunks.reduce((sum, { length }) => sum + length, 0) > maxReservedLength) return false;
  const text = decodeUtf8(joinChunks(chunks));
  return text !== undefined && isReserved(text);
}
