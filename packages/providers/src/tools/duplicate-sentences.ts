/** Explains a sender's rule for duplicates in sentences, for docs and tools. */

import type { Provider } from '@countersign/core';
import { describeScheme } from '@countersign/core/describe';
import { type DuplicateRule, duplicateRuleOf, isUnsignedHeader } from './duplicate-rule.ts';
import { durationText, replayableText } from './replay-window.ts';

/**
 * Returns the rule, the effect of a retry, and the effect of replaying a captured delivery; one or two sentences each.
 */
export function duplicateSentencesOf(provider: Provider): readonly string[] {
  const rule = duplicateRuleOf(provider);
  return [...ruleSentences(rule, provider), ...retrySentences(rule, provider), ...replaySentences(rule, provider)];
}

function ruleSentences(rule: DuplicateRule, provider: Provider): readonly string[] {
  const { from, id, withoutId, joined } = rule;
  const subject = provider.batch === undefined ? 'A delivery' : 'An event of a delivery';
  if (from === 'none') {
    return [
      `${provider.batch === undefined ? 'No delivery' : 'No event'} counts as a duplicate: two events can have the same bytes, and nothing else in a delivery tells them apart. So each delivery runs, including the sender’s retries. Make the handler safe to run twice.`,
    ];
  }
  if (from === 'id') {
    const also =
      withoutId === 'none'
        ? ' A delivery without that id cannot be told apart from another event with the same bytes, so each such delivery runs, including the sender’s retries.'
        : '';
    const isMixed = provider.batch?.each !== undefined && withoutId === 'digest';
    const mixed = isMixed
      ? ' An event without such an id is identified by the digest of the body and its position in it.'
      : '';
    return [`${subject} is a duplicate if its id was handled before: ${id}.${also}${mixed}`];
  }
  const content = contentText(rule, provider);
  if (joined === null) return [`${subject} is a duplicate if ${content}.`];
  return [
    `${subject} is a duplicate if ${content}, with the same ${joined.by} in \`${joined.header}\`. That ${joined.by} is not signed; it is part of the key because two events can have the same bytes.`,
  ];
}

function contentText({ digestOf }: DuplicateRule, provider: Provider): string {
  const place = provider.batch === undefined ? '' : '; within the delivery, an event is identified by its position';
  switch (digestOf) {
    case 'body':
      return `the same signed body, byte for byte, was handled before${signedUrl(provider)}${place}`;
    case 'unsigned_body':
      return `the same body, byte for byte, was handled before${place}`;
    case 'text':
      return `the same signed text was handled before${place}`;
    case 'claims':
      return 'a token with the same claims was handled before';
    case 'fields':
      return `the same signed values were handled before (${signedNames(provider)})`;
  }
}

/** A request without a body is identified by the URL that the sender signed. */
function signedUrl(provider: Provider): string {
  const hasOthers = provider.methods?.some((method) => method !== 'POST') === true;
  return hasOthers && describeScheme(provider.scheme).isUrlIdentity
    ? ' (for a request without a body, the same signed URL)'
    : '';
}

function signedNames(provider: Provider): string {
  const names = describeScheme(provider.scheme).parts.flatMap((part) => {
    if (typeof part === 'string') return part === 'id' ? ['the id'] : [];
    if ('json' in part) return [`\`${part.json}\``];
    if ('form' in part) return [`\`${part.form}\``];
    return 'compute' in part ? [part.name] : [];
  });
  return names.join(', ');
}

function retrySentences(
  { from, withoutId, digestOf }: DuplicateRule,
  { retries, identity }: Provider,
): readonly string[] {
  const isDigest = from === 'digest' || withoutId === 'digest';
  if (!isDigest) return [];
  const changes = retries?.keepsBody === false && (digestOf === 'body' || digestOf === 'unsigned_body');
  if (changes && from === 'id') {
    return [
      'Without that id the digest of the body is used, and the sender changes the body in a retry, so such a retry runs again.',
    ];
  }
  if (changes) return ['The sender changes the body in a retry, so a retry runs again.'];
  if (from === 'digest' && digestOf === 'claims') return ['A retry with a new token runs again.'];
  if (from === 'digest' && retries?.keepsBody === undefined && identity?.idKept !== true) {
    return retries?.horizonSeconds === undefined && retries?.delaysSeconds === undefined && retries?.note === undefined
      ? []
      : ['It is not known whether a retry has the same bytes; a retry with different bytes runs again.'];
  }
  return [];
}

function replaySentences(rule: DuplicateRule, provider: Provider): readonly string[] {
  const { from, joined, digestOf } = rule;
  const replayable = replayableText(provider);
  const strict = "`dedupe: { identity: 'strict' }`";
  if (from === 'none') {
    return [
      `If a captured delivery is replayed, it runs too, ${replayable}. With ${strict} only the first delivery with the same bytes runs; later ones are dropped, whether they are retries, replays or new events.`,
      ...bodySentences(rule, provider),
    ];
  }
  if (joined !== null && from === 'digest') {
    return [
      `If someone replays a captured delivery with another ${joined.by}, or with none, it runs again, ${replayable}. ${strict} prevents that, but then drops the second of two events with the same bytes.`,
      ...bodySentences(rule, provider),
    ];
  }
  const isSameBody = from === 'digest' && digestOf === 'unsigned_body';
  const again = isSameBody ? 'again with the same body' : 'again';
  const captured =
    rule.withoutId === 'none' ? 'A captured delivery that has an id and is' : 'A captured delivery that is';
  return [
    `${captured} sent ${again} is a duplicate, whatever is changed in ${unsignedText(provider)}${untilText(provider)}.`,
    ...bodySentences(rule, provider),
  ];
}

/** The parts of the body that the signature leaves open, and the effect on duplicates. */
function bodySentences({ from, digestOf }: DuplicateRule, provider: Provider): readonly string[] {
  const { scheme } = provider;
  const { parts, ambiguous } = describeScheme(scheme);
  if (ambiguous && digestOf === 'text') {
    return [
      'Its names and values can be cut and joined in other ways without breaking the signature; all such forms are the same event.',
    ];
  }
  if (scheme.signed.body) return [];
  if (digestOf === 'fields')
    return ['The rest of the body is not signed: changing it does not make a new event, and nothing proves it.'];
  if (from === 'id') return ['The body is not signed: it can be changed, and the delivery is still the same event.'];
  // A checksum is signed, and a body can be made to match it.
  const isFitted = parts.some((part) => typeof part === 'object' && 'compute' in part);
  const body = isFitted ? 'a body made to match the same signature' : 'any other body';
  return [
    `The ${scheme.kind === 'shared_token' || scheme.kind === 'jwt' ? 'token' : 'signature'} does not prove the body: anyone who has captured a delivery can send it with ${body}, which runs as a new event, ${replayableText(provider)}.`,
  ];
}

function unsignedText(provider: Provider): string {
  const names = [provider.eventId, provider.eventType].flatMap((source) =>
    isUnsignedHeader(provider, source) ? [`\`${source.header}\``] : [],
  );
  return names.length === 0 ? 'its unsigned headers' : `its unsigned headers, such as ${names.join(' and ')}`;
}

const week = 604_800;

/** Without a signed timestamp, only the store's memory stops a replay. */
function untilText({ scheme, retries }: Provider): string {
  if (scheme.signed.timestamp) return '';
  const horizon = retries?.horizonSeconds ?? 0;
  // One hour for late retries, as in the receiver.
  const retention = horizon + 3600 > week ? `${durationText(horizon)} and an hour` : durationText(week);
  return `, until the store forgets the event (${retention} unless you set \`retentionSeconds\`). Then it runs again, because no timestamp is signed`;
}
