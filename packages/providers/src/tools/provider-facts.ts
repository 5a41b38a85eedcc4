/** The facts of a sender's description, as data for scripts and in words for people. */

import type { Provider } from '@countersign/core';
import type { RedirectFact, SignedPart, ValueSource } from '@countersign/core/describe';
import { type DescribedPlace, describeScheme, type SchemeFacts } from '@countersign/core/describe';
import { duplicateRuleOf } from './duplicate-rule.ts';
import { duplicateSentencesOf } from './duplicate-sentences.ts';
import { tokenMaxAgeOf, windowOf, windowText } from './replay-window.ts';

/**
 * The facts of one sender, as `providers show --json` prints them. Unknown facts are null.
 *
 * `toleranceSeconds` is always `{ past, future }`, even if the description has one figure for both. It is null if no
 * timestamp is signed, and for tokens, whose own claims limit their age (`tokenMaxAgeSeconds`).
 */
export type ProviderFacts = ReturnType<typeof factsOf>;

/** Reads the facts of a provider. */
export function factsOf(provider: Provider) {
  const { scheme, toleranceSeconds, retries, source, identity, wrongSecrets = {} } = provider;
  const window = windowOf(provider);
  const described = describeScheme(scheme);
  return {
    scheme: {
      kind: scheme.kind,
      algorithm: described.algorithm ?? notKnown,
      hash: described.hash ?? null,
      material: scheme.material,
      signature: signaturePlaces(scheme),
      encoding: [
        ...new Set(described.signatures.flatMap(({ encoding }) => (encoding === undefined ? [] : [encoding]))),
      ],
      timestamp: described.timestamp ?? null,
      id: described.id ?? null,
      signedText: signedTextOf(described),
      covers: scheme.signed,
    },
    eventId: provider.eventId ?? null,
    eventType: provider.eventType ?? null,
    eventCreatedAt: provider.eventCreatedAt ?? null,
    /** The rule for duplicates; see `DuplicateRule`. */
    identity: {
      ...duplicateRuleOf(provider),
      sentences: duplicateSentencesOf(provider),
      bytesRepeat: identity?.bytesRepeat ?? null,
      idKept: identity?.idKept ?? null,
      note: identity?.note ?? null,
      source: identity?.source ?? null,
    },
    toleranceSeconds: window ?? null,
    isToleranceKnown: window !== undefined && toleranceSeconds !== undefined,
    tokenMaxAgeSeconds: tokenMaxAgeOf(provider) ?? null,
    window: windowText(provider),
    responseDeadlineSeconds: provider.responseDeadlineSeconds ?? null,
    retries: {
      delaysSeconds: retries?.delaysSeconds ?? null,
      horizonSeconds: retries?.horizonSeconds ?? null,
      resigns: retries?.resigns ?? null,
      keepsBody: retries?.keepsBody ?? null,
      retriedOn: retries?.retriedOn ?? null,
      finalOn: retries?.finalOn ?? null,
      note: retries?.note ?? null,
      redirects: retries?.redirects ?? null,
    },
    handshakes: (provider.handshakes ?? []).map(({ name, when, signed }) => ({ name, method: when.method, signed })),
    secretHelp: provider.secretHelp ?? null,
    rotation: provider.rotation ?? null,
    /** Values that people paste instead of the secret; a receiver refuses them by name. */
    wrongSecrets: Object.entries(wrongSecrets).map(([prefix, kind]) => ({ prefix, kind })),
    source: { title: source?.title ?? null, url: source?.url ?? null, readOn: source?.readOn ?? null },
    confidence: provider.confidence ?? null,
    assumptions: provider.assumptions ?? [],
    unverified: provider.unverified ?? [],
    unsaid: provider.unsaid ?? [],
  };
}

/** Returns the facts as pairs of a name and a sentence. */
export function factLines(facts: ProviderFacts): readonly (readonly [name: string, value: string])[] {
  const { scheme, retries, source } = facts;
  const { body, id, timestamp } = scheme.covers;
  const covered = [body && 'body', id && 'id', timestamp && 'timestamp'].filter((one) => one !== false);
  const failure = failureText(retries);
  return [
    ['scheme', `${scheme.kind}, ${scheme.algorithm}`],
    ['signature', scheme.signature.join('; ') || 'the body'],
    ['timestamp', scheme.timestamp === null ? unknownTime(timestamp) : placeText(scheme.timestamp)],
    ['signed id', scheme.id === null ? 'none' : placeText(scheme.id)],
    ['signed text', scheme.signedText],
    ['covers', covered.join(', ') || 'nothing; the token is repeated'],
    ['window', facts.window],
    ['event id', sourceText(facts.eventId)],
    ['event type', sourceText(facts.eventType)],
    [
      'event time',
      facts.eventCreatedAt === null ? notKnown : `${sourceText(facts.eventCreatedAt)}, ${facts.eventCreatedAt.unit}`,
    ],
    ...facts.identity.sentences.map((sentence) => ['duplicates', sentence.replaceAll('`', '')] as const),
    ...(facts.identity.note === null ? [] : [['same bytes', facts.identity.note] as const]),
    ['retries', retriesText(retries)],
    ['redirects', redirectsText(retries)],
    ...(failure === undefined ? [] : [['a handler that throws', failure] as const]),
    ['response within', facts.responseDeadlineSeconds === null ? notKnown : `${facts.responseDeadlineSeconds} s`],
    ...facts.handshakes.map(
      ({ name, method, signed }) => ['handshake', `${name} (${method}, ${signed ? 'signed' : 'not signed'})`] as const,
    ),
    [scheme.material === 'keys' ? 'key' : 'secret', facts.secretHelp ?? notKnown],
    ...facts.wrongSecrets.map(({ prefix, kind }) => ['refused', `${prefix}...: ${kind}`] as const),
    ['rotation', facts.rotation ?? notKnown],
    [
      'source',
      `${[source.title, source.url].filter((one) => one !== null).join(', ') || notKnown}${source.readOn === null ? '' : `, read ${source.readOn}`}`,
    ],
    ['confidence', facts.confidence?.replace('_', ' ') ?? notKnown],
    ...facts.assumptions.map(({ what, because }) => ['assumed', `that ${what}. ${because}`] as const),
    ...facts.unverified.map((one) => ['not confirmed', one] as const),
    ...facts.unsaid.map((one) => ['not known', one] as const),
  ];
}

const notKnown = 'not known';

function signaturePlaces(scheme: Provider['scheme']): readonly string[] {
  if (scheme.kind === 'http_signature') return ['headers signature and signature-input'];
  return describeScheme(scheme).signatures.map((place) => (place.body === true ? 'the body' : placeText(place)));
}

/** `header stripe-signature, item v1, hex`. */
function placeText(place: DescribedPlace & { readonly unit?: string }): string {
  const kind = (['header', 'json', 'form', 'query', 'jose', 'claim'] as const).find(
    (word) => place[word] !== undefined,
  );
  const parts = [
    kind === undefined ? undefined : `${kind === 'json' ? 'body' : kind} ${[place[kind]].flat().join(' or ')}`,
    place.scheme,
    place.key === undefined ? undefined : `item ${[place.key].flat().join(' or ')}`,
    place.prefix === undefined ? undefined : `after prefix ${place.prefix}`,
    place.encoding,
    place.unit,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function signedTextOf({ content, parts, each }: SchemeFacts): string {
  switch (content.kind) {
    case 'nothing':
      return 'nothing';
    case 'parts':
      return `${parts.map(partText).join('')}${each === undefined ? '' : `, for each event at ${each}`}`;
    case 'components':
      return content.components.join(', ');
    case 'claims':
      return 'the claims of the token';
    case 'computed':
      return content.name;
    case 'body':
      return 'the body';
    case 'unknown':
      return notKnown;
  }
}

function partText(part: SignedPart): string {
  if (typeof part === 'string') return `{${part}}`;
  if ('text' in part) return part.text.replaceAll('\n', '\\n');
  if ('name' in part) return `{${part.name}}`;
  if ('bodyDigest' in part) return `{${part.bodyDigest} of body, ${part.encoding}}`;
  if ('sortedFormOrQueryDigest' in part) return '{sorted form}';
  const [[kind, value]] = Object.entries(part) as [[string, unknown]];
  return `{${kind === 'json' ? 'body' : kind} ${value}}`;
}

function sourceText(source: ValueSource | null): string {
  if (source === null) return notKnown;
  if ('header' in source) return `header ${source.header}`;
  return `body ${[source.json].flat().join(' and ')}`;
}

function unknownTime(isSigned: boolean): string {
  return isSigned ? 'in the signed text' : 'none';
}

/** Returns the delays, the total duration, and what stays the same in a retry. */
export function retriesText(retries: ProviderFacts['retries']): string {
  const { delaysSeconds, horizonSeconds, resigns, keepsBody, note } = retries;
  const parts = [
    delaysSeconds === null ? undefined : `after ${delaysSeconds.join(', ')} s`,
    horizonSeconds === null ? undefined : `for ${horizonSeconds} s in all`,
    resigns === null ? undefined : resigns ? 'each with a new signature' : 'with the first signature',
    keepsBody === null ? undefined : keepsBody ? 'with the same body' : 'with a changed body',
  ].filter((part) => part !== undefined);
  return [parts.join(', '), note ?? ''].filter((part) => part !== '').join('. ') || notKnown;
}

/** Returns how a 3xx counts, if that is documented. */
export function redirectsText({
  redirects,
  retriedOn,
}: Pick<ProviderFacts['retries'], 'redirects' | 'retriedOn'>): string {
  if (redirects === null) return retriedOn === null || retriedOn.includes('3xx') ? 'not documented' : 'Not retried.';
  return `${redirectSentences[redirects.count]}${redirects.note === undefined ? '' : ` ${redirects.note}`}`;
}

/** Returns what happens to an event whose handler throws, if the sender is known not to retry a 500; else undefined. */
export function failureText({
  retriedOn,
  finalOn,
}: Pick<ProviderFacts['retries'], 'retriedOn' | 'finalOn'>): string | undefined {
  const isAmong = (patterns: readonly unknown[]) => patterns.includes(500) || patterns.includes('5xx');
  const isFinal = retriedOn === null ? isAmong(finalOn ?? []) : !isAmong(retriedOn);
  return isFinal ? 'Not retried. With deadLetter, the event goes there on its first failure.' : undefined;
}

const redirectSentences: Readonly<Record<RedirectFact['count'], string>> = {
  failure: 'A 3xx counts as a failure and is retried like any other.',
  final: 'A 3xx counts as a failure that is not retried.',
  success: 'A 3xx counts as success: the event is not sent again.',
  followed: 'A redirect is followed.',
};
