/** Verifies signatures over a described text, whatever kind of key checks them: what HMAC and public keys share. */

import type { Chunk } from '../crypto/hmac.ts';
import { type Delivery, parseJson } from '../delivery.ts';
import { encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { findHeader } from '../header-fields.ts';
import { spellingsOf, withoutQuery } from '../public-url.ts';
import { valuesAt } from '../value-path.ts';
import type { BoundScheme, Proof, SchemeOptions, SignedParts } from './scheme.ts';
import { placeOf, type SignatureDescription, sourcesOf } from './signature-description.ts';
import { createReader, type HeadReading, type SignatureForm } from './signature-reader.ts';
import { createTemplate, isSettledLater } from './template.ts';

/** A key that can tell whether it made one of several signatures over a text. */
export interface Matcher {
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
}

/** A key and the name under which a proof tells of it. */
export interface NamedMatcher {
  readonly id: string;
  readonly key: Matcher;
}

/** Finds the keys to try. @throws WebhookError */
export type MatcherSource = (
  now: number,
  delivery: Delivery,
) => readonly NamedMatcher[] | Promise<readonly NamedMatcher[]>;

/** Most events of one body that are signed one by one. */
const maxElements = 1000;

/** Binds a description to its keys. Synchronous throughout where the keys are. */
export function bindSignature(
  description: SignatureDescription,
  signed: SignedParts,
  options: SchemeOptions,
  form: SignatureForm,
  findKeys: MatcherSource,
): Pick<BoundScheme, 'screen' | 'verify'> {
  const { signs, timestamp, urlForms, each } = description;
  const fixedWidth = timestamp?.unit === 'seconds' ? 10 : timestamp?.unit === 'milliseconds' ? 13 : undefined;
  const template = createTemplate(signs, fixedWidth);
  const isAsync = urlForms !== undefined || isSettledLater(signs);
  // Where the body is not signed as it is, bytes that nobody signed could change it and make a replay look new: then
  // what is signed stands for the event. Time and nonce differ between attempts and are left out.
  const lastingParts = signs.filter((part) => part !== 'timestamp' && part !== 'nonce');
  const isBodyAsItIs = signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part));
  const content = isBodyAsItIs || lastingParts.length === 0 ? undefined : createTemplate(lastingParts, undefined);
  const read = createReader(description, signed, options, form);

  const toContent = (chunks: readonly Chunk[]) => encodeUtf8(chunks.join(''));
  const keyIdName = description.keyId?.header.toLowerCase();
  const findNamed: MatcherSource =
    keyIdName === undefined
      ? findKeys
      : async (now, delivery) => selectKeys(await findKeys(now, delivery), findHeader(delivery.headers, keyIdName));

  const prove = (
    matched: NamedMatcher | undefined,
    delivery: Delivery,
    reading: HeadReading,
    lastingContent: Uint8Array | undefined,
    url?: string,
  ): Proof => {
    if (matched === undefined) throw mismatch(description, delivery, options);
    return {
      secretId: matched.id,
      signedAt: reading.signedAt,
      id: signed.id ? reading.values.id : undefined,
      signed,
      content: lastingContent,
      url,
    };
  };
  const compareText = (
    keys: readonly NamedMatcher[],
    chunks: readonly Chunk[],
    candidates: readonly Uint8Array[],
  ): NamedMatcher | undefined | Promise<NamedMatcher | undefined> => {
    let matched: NamedMatcher | undefined;
    const pending: Promise<boolean>[] = [];
    // Every key is tried, also after a match: the time taken must not tell which one it was.
    for (const named of keys) {
      const result = named.key.matches(chunks, candidates);
      if (typeof result !== 'boolean') pending.push(result);
      else if (result) matched ??= named;
    }
    if (pending.length === 0) return matched;
    return Promise.all(pending).then((results) => keys[results.indexOf(true)]);
  };
  const compare = (keys: readonly NamedMatcher[], delivery: Delivery, reading: HeadReading): Proof | Promise<Proof> => {
    if (isAsync) return compareSpellings(keys, delivery, reading);
    const { values, candidates } = reading;
    const matched = compareText(keys, template(delivery, values) as readonly Chunk[], candidates);
    const finish = (one: NamedMatcher | undefined) =>
      prove(one, delivery, reading, content && toContent(content(delivery, values) as readonly Chunk[]));
    return matched instanceof Promise ? matched.then(finish) : finish(matched);
  };
  const compareSpellings = async (
    keys: readonly NamedMatcher[],
    delivery: Delivery,
    reading: HeadReading,
  ): Promise<Proof> => {
    const { values, candidates } = reading;
    const urls = urlForms === undefined ? [undefined] : spellingsOf(values.url(), urlForms);
    let found: { readonly key: NamedMatcher; readonly url: string | undefined } | undefined;
    for (const url of urls) {
      const chunks = template(delivery, url === undefined ? values : { ...values, url: () => url });
      const key = await compareText(keys, await Promise.all(chunks), candidates);
      if (key !== undefined) found ??= { key, url };
    }
    const lasting = content && toContent(await Promise.all(content(delivery, values)));
    return prove(found?.key, delivery, reading, lasting, found?.url);
  };
  const compareElements = async (delivery: Delivery, now: number, path: string): Promise<Proof> => {
    const roots = valuesAt(parseJson(delivery.body), path);
    if (roots.length === 0 || roots.includes(undefined))
      throw new WebhookError('header_missing', { at: `body ${path}` });
    if (roots.length > maxElements) throw new WebhookError('header_malformed', { at: `body ${path}` });
    const keys = await findNamed(now, delivery);
    let proof: Proof | undefined;
    const elements: Uint8Array[] = [];
    for (const root of roots) {
      const reading = read(delivery, delivery.body, now, root);
      const one = await compare(keys, delivery, reading);
      proof ??= one;
      if (one.content !== undefined) elements.push(one.content);
    }
    const first = proof as Proof;
    // The whole is what all its events are together.
    const joined = elements.length === roots.length ? { content: joinLengthFirst(elements), elements } : {};
    return { ...first, ...joined };
  };

  return {
    screen(head, now) {
      read(head, undefined, now);
    },
    verify(delivery, now) {
      if (each !== undefined) return compareElements(delivery, now, each);
      const reading = read(delivery, delivery.body, now);
      const keys = findNamed(now, delivery);
      return keys instanceof Promise
        ? keys.then((active) => compare(active, delivery, reading))
        : compare(keys, delivery, reading);
    },
  };
}

/** The keys that a name stands for; all of them where none is named, or where they have no names. @throws key_unknown */
export function selectKeys(keys: readonly NamedMatcher[], keyId: string | undefined): readonly NamedMatcher[] {
  const areNamed = keys.some(({ id }, index) => id !== String(index));
  if (keyId === undefined || !areNamed) return keys;
  const named = keys.filter(({ id }) => id === keyId);
  if (named.length === 0) throw new WebhookError('key_unknown', { at: 'keyid' });
  return named;
}

function mismatch(description: SignatureDescription, delivery: Delivery, options: SchemeOptions): WebhookError {
  const at = placeOf(sourcesOf(description)[0]);
  if (!description.signs.includes('url')) return new WebhookError('signature_mismatch', { at });
  const { urlForms = ['exact'] } = description;
  const tried = spellingsOf(options.publicUrlOf(delivery), urlForms).map(withoutQuery);
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
