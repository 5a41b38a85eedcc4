/** Generates `docs/providers.md` and a page for each sender from the presets. */

import { lintProvider } from '../packages/core/src/describe/provider-lint.ts';
import { describeScheme } from '../packages/core/src/describe/scheme-facts.ts';
import type { ValueSource } from '../packages/core/src/provider/event-source.ts';
import type { Handshake } from '../packages/core/src/provider/handshake.ts';
import type { Provider } from '../packages/core/src/provider/provider.ts';
import type { OwnScheme } from '../packages/core/src/schemes/scheme.ts';
import type { SignedPart } from '../packages/core/src/schemes/signed-text/signed-part.ts';
import { nodeFacts } from '../packages/http/src/facts.ts';
import type { SenderEvents } from '../packages/providers/src/events/sender-events.ts';
import { duplicateRuleOf, duplicateText, eventPathsOf } from '../packages/providers/src/tools/duplicate-rule.ts';
import { duplicateSentencesOf } from '../packages/providers/src/tools/duplicate-sentences.ts';
import { exampleAnswers, presetQuestions } from '../packages/providers/src/tools/preset-questions.ts';
import { factsOf, failureText, redirectsText, retriesText } from '../packages/providers/src/tools/provider-facts.ts';
import { receiverCode } from '../packages/providers/src/tools/receiver-code.ts';
import { durationText, tokenMaxAgeOf, windowOf, windowText } from '../packages/providers/src/tools/replay-window.ts';
import type { Example, Sender } from './senders.ts';

const notice = '<!-- Made by `npm run docs` from the presets; change packages/providers/src instead. -->';
const confidences = {
  documented: 'documented by the sender',
  sdk_source: 'read in the sender’s own package',
  integration_code: 'read in public third-party code',
  unconfirmed: 'from memory, unconfirmed',
} as const;

/** The page with the table of senders. */
export function providersPage(senders: readonly Sender[]): string {
  const verifiable = senders.filter(({ provider }) => provider !== undefined);
  const proved = verifiable.filter(({ vectors }) => vectors.valid + vectors.invalid > 0);
  const sum = (verdict: 'valid' | 'invalid') => proved.reduce((total, { vectors }) => total + vectors[verdict], 0);
  return `${notice}

# Senders

${verifiable.length} senders that can be verified, and ${senders.length - verifiable.length} that cannot. ${proved.length} are proved by ${sum('valid') + sum('invalid')} test vectors published by
the sender, its package or the standard (${sum('valid')} to be accepted, ${sum('invalid')} to be refused). All others are proved by a worked example on
their page, computed from the facts by code that is not ours. Everything runs on node:crypto and on Web Crypto.
[The audit](providers-audit.md) lists what each preset was checked against, what that changed and what is still open.

- Signed: the parts that the signature covers.
- Window: how old or early the signed timestamp may be; two figures if past and future differ.
- Identity: the rule for duplicates. *digest*: of the signed data. *unsigned id*, *unsigned type*: is part of the key and can
  be changed by anyone who replays a captured delivery. *none*: each delivery runs. Each page explains its rule.
- Retries: how long the sender retries, and, if known, whether with a new signature and the same body.
- Proof: published vectors to be accepted and refused; *example* if none are published.

Some presets are functions: call them with the facts that the sender’s documentation leaves open.

| sender | carried in | scheme | signed | window | identity | retries | response within | handshake | secret or key | facts | source | proof |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${verifiable.map(row).join('\n')}

## Senders that cannot be verified

${senders
  .flatMap(({ id, unverifiable }) => (unverifiable === undefined ? [] : [[id, unverifiable] as const]))
  .map(([id, { title, unverifiable, instead }]) => `- [${title}](providers/${id}.md): ${unverifiable} ${instead}`)
  .join('\n')}
`;
}

/** The page of one sender. */
export function senderPage(sender: Sender): string {
  const { unverifiable, provider } = sender;
  if (provider !== undefined) return verifiablePage(sender, provider);
  return `${notice}

# ${unverifiable?.title}

${unverifiable?.unverifiable} \`createReceiver\` refuses it.

${unverifiable?.instead}

Source: ${link(unverifiable?.source)}
`;
}

/** Above this number, the names of events are folded away. */
const shownEvents = 40;

function eventLines(events: SenderEvents): readonly string[] {
  if ('none' in events) return [events.none];
  const { names, source } = events;
  const list = names.map((name) => `\`${name}\``).join(', ');
  const from = `Names from ${link(source)}. Others are accepted too.`;
  if (names.length <= shownEvents) return [list, '', from];
  return ['<details>', `<summary>${names.length} names</summary>`, '', list, '', '</details>', '', from];
}

/** The types with a sample, and the shortest sample folded away. */
function sampleLines({ samples = {} }: SenderEvents): readonly string[] {
  const named = Object.entries(samples).filter(([type]) => type !== '*');
  const all = named.length > 0 ? named : Object.entries(samples);
  const [shortest] = all.toSorted(([, left], [, right]) => textOf(left).length - textOf(right).length);
  if (shortest === undefined) return [];
  const [type, payload] = shortest;
  const list = named.map(([name]) => `\`${name}\``).join(', ');
  const users = '[`signDelivery`](../testing.md#a-signed-delivery) and the [command line](../cli.md#sign-and-send)';
  return [
    '',
    '## Samples',
    '',
    `${users} send these payloads, with values of our own${named.length === 0 ? '.' : `: ${list}.`}`,
    '',
    '<details>',
    `<summary>${type === '*' ? 'The sample' : `The sample of ${type}`}</summary>`,
    '',
    '```json',
    ...textOf(payload).split('\n'),
    '```',
    '',
    '</details>',
  ];
}

function textOf(payload: object): string {
  return JSON.stringify(payload, undefined, 2);
}

function verifiablePage(
  { id, exportName, kind, events, vectors, example, others }: Sender,
  provider: Provider,
): string {
  const { title, secretHelp, rotation, handshakes = [], unsaid = [], assumptions = [] } = provider;
  const paths = eventPathsOf(provider).map((path) => `\`${path}\``);
  const lines: string[] = [
    notice,
    '',
    `# ${title}`,
    '',
    `\`${exportName}\` from \`@countersign/providers/${id}\`${kind === 'asks' ? ', a function that you call with the facts the documentation leaves open' : ''}.`,
    '',
    '```ts',
    receiverCode({ id, provider, framework: nodeFacts, answers: exampleAnswers(id) }),
    '```',
    '',
    ...table([
      ...schemeRows(provider),
      ['event id', idPlace(provider)],
      ['event type', place(provider, provider.eventType)],
      ['event time', timePlace(provider)],
      ['duplicates recognised by', duplicateText(duplicateRuleOf(provider))],
      ['several events in one delivery', paths.length === 0 ? 'no' : `yes, at ${paths.join(', ')}`],
      ['secret or key', secretHelp ?? 'not known'],
      ['refused as a secret', wrongSecrets(provider)],
      ['rotation', rotation ?? 'not known'],
      ['retries', retriesText(factsOf(provider).retries)],
      ['redirects (3xx)', redirects(provider)],
      ...failureRow(provider),
      [
        'response within',
        provider.responseDeadlineSeconds === undefined ? 'not known' : `${provider.responseDeadlineSeconds} s`,
      ],
      ['facts', confidences[provider.confidence ?? 'unconfirmed']],
      ['source', `${link(provider.source)}; [the audit](../providers-audit.md#${id}) lists everything that was read`],
      ['proof', proofOf(vectors)],
    ]),
    '',
    ...optionLines(id),
    '## Duplicates',
    '',
    ...duplicateLines(provider),
  ];
  if (handshakes.length > 0) lines.push('', '## URL checks', '', ...handshakes.map(handshakeLine));
  // Doubts about duplicates have their own section.
  const doubts = lintProvider(provider).filter(({ code }) => code !== 'identity_missing' && code !== 'events_alike');
  if (doubts.length > 0) lines.push('', '## Limitations', '', ...doubts.map(({ message }) => `- ${message}`));
  if (assumptions.length > 0) {
    lines.push(
      '',
      '## Assumptions',
      '',
      ...assumptions.map(({ what, because }) => `- ${what.charAt(0).toUpperCase()}${what.slice(1)}. ${because}`),
    );
  }
  if (provider.unverified !== undefined)
    lines.push('', '## Not confirmed', '', ...provider.unverified.map((one) => `- ${one}`));
  if (unsaid.length > 0) lines.push('', '## Not known', '', ...unsaid.map((one) => `- ${one}`));
  lines.push('', '## Events', '', ...eventLines(events), ...sampleLines(events));
  for (const other of others) lines.push('', ...otherLines(id, other));
  if (example !== undefined) lines.push('', '## Example delivery', '', ...exampleLines(example));
  return `${lines.join('\n')}\n`;
}

/** The options of a preset that needs some. */
function optionLines(id: string): readonly string[] {
  const questions = presetQuestions(id);
  if (questions.length === 0) return [];
  const lines = questions.map(({ name, what, isRequired, example, form }) => {
    const value = form === 'header' ? `{ header: '${example}' }` : example;
    return `- \`${name}\`${isRequired ? '' : ' (optional)'}: ${escapeText(what)}; for example \`${value}\`${form === 'list' ? ' (a list)' : ''}`;
  });
  return ['## Options', '', ...lines, ''];
}

/** Another preset from the same file, such as an older version. */
function otherLines(id: string, { exportName, provider }: Sender['others'][number]): string[] {
  return [
    `## ${provider.title}`,
    '',
    `\`${exportName}\` from \`@countersign/providers/${id}\`.`,
    '',
    ...table([
      ...schemeRows(provider),
      ['duplicates recognised by', duplicateText(duplicateRuleOf(provider))],
      ['facts', confidences[provider.confidence ?? 'unconfirmed']],
    ]),
    '',
    ...duplicateLines(provider),
  ];
}

/** The rows that another preset of the same file has too. */
function schemeRows(provider: Provider): readonly (readonly [name: string, value: string])[] {
  return [
    ['carried in', carriedIn(provider)],
    ['scheme', schemeOf(provider)],
    ['signed text', signedText(provider)],
    ['covers', coverage(provider)],
    ...urlRows(provider),
    ['window', windowText(provider)],
  ];
}

/** For senders that sign the URL they post to. */
function urlRows({ scheme }: Provider): readonly (readonly [name: string, value: string])[] {
  if (!describeScheme(scheme).needsPublicUrl) return [];
  return [
    [
      'URL',
      'signed exactly as it is registered at the sender: pass its origin as `publicUrl`; path, trailing slash and query have to arrive unchanged',
    ],
  ];
}

function duplicateLines(provider: Provider): string[] {
  const { note, source } = provider.identity ?? {};
  const lines = [duplicateSentencesOf(provider).join(' ')];
  if (note !== undefined) lines.push('', note);
  if (source !== undefined) lines.push('', `Read in: ${escapeText(source)}.`);
  return lines;
}

function wrongSecrets({ wrongSecrets = {} }: Provider): string {
  const kinds = Object.entries(wrongSecrets).map(([prefix, kind]) => `\`${prefix}...\`, ${kind}`);
  return kinds.length === 0 ? 'no known values' : kinds.join('; ');
}

function redirects(provider: Provider): string {
  const source = provider.retries?.redirects?.source;
  const text = redirectsText(factsOf(provider).retries);
  return source === undefined ? text : `${text} Read in ${link(source)}`;
}

function failureRow(provider: Provider): [name: string, value: string][] {
  const text = failureText(factsOf(provider).retries);
  return text === undefined ? [] : [['a handler that throws (500)', text.replace('deadLetter', '`$&`')]];
}

function timePlace(provider: Provider): string {
  const { eventCreatedAt } = provider;
  return eventCreatedAt === undefined ? 'not known' : `${place(provider, eventCreatedAt)}, ${eventCreatedAt.unit}`;
}

function table(rows: readonly (readonly [name: string, value: string])[]): string[] {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`)];
}

/** A cell ends at a bar, even inside code. */
export function escapeCell(text: string): string {
  return text.replaceAll(/\\?\|/g, '\\|').replaceAll('\n', ' ');
}

/** Escapes a text that is not Markdown: something that looks like a tag stays text. */
export function escapeText(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll(/\.$/g, '');
}

function row({ id, provider, vectors }: Sender): string {
  if (provider === undefined) return '';
  const cells = [
    `[${provider.title}](providers/${id}.md)`,
    carriedIn(provider),
    schemeOf(provider),
    coverage(provider),
    windowCell(provider),
    duplicateText(duplicateRuleOf(provider)),
    retriesCell(provider.retries),
    provider.responseDeadlineSeconds === undefined ? '' : `${provider.responseDeadlineSeconds} s`,
    (provider.handshakes ?? []).map(({ name }) => name).join(', '),
    provider.secretHelp ?? '',
    provider.confidence === undefined ? '' : provider.confidence.replace('_', ' '),
    link(provider.source),
    vectors.valid + vectors.invalid === 0 ? '*example*' : `${vectors.valid} + ${vectors.invalid}`,
  ];
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

function windowCell(provider: Provider): string {
  const window = windowOf(provider);
  const maxAge = tokenMaxAgeOf(provider);
  if (maxAge !== undefined) return durationText(maxAge);
  if (window === undefined) return provider.scheme.signed.timestamp ? 'token' : 'none';
  const [past, future] = [durationText(window.past), durationText(window.future)];
  return past === future ? past : `${past} / ${future}`;
}

function retriesCell(retries: Provider['retries']): string {
  const { horizonSeconds, resigns, keepsBody } = retries ?? {};
  const parts = [
    horizonSeconds === undefined ? undefined : durationText(horizonSeconds),
    resigns === undefined ? undefined : resigns ? 'new signature' : 'first signature',
    keepsBody === undefined ? undefined : keepsBody ? 'same body' : 'changed body',
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function exampleLines({ source, signedBy, at, secret, key, headers, url, publicUrl, body }: Example): string[] {
  const date = new Date(at * 1000).toISOString();
  const target = `${publicUrl ?? ''}${url ?? ''}`;
  const lines = [
    `${source} Signed by: ${signedBy.replace(/\.$/, '')}. Valid at ${date}${target === '' ? '' : `, posted to ${target}`}.`,
    '',
    '```text',
  ];
  if (secret !== undefined) lines.push(`secret: ${secret}`);
  if (key !== undefined && !key.includes('\n')) lines.push(`key: ${key}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${shorten(value)}`);
  lines.push('', ...shorten(body).split(/\r?\n/), '```');
  return lines;
}

function shorten(text: string): string {
  return text.length > 700 ? `${text.slice(0, 700)}... (${text.length} characters)` : text;
}

function carriedIn({ scheme }: Provider): string {
  const texts = describeScheme(scheme).signatures.map((one) => {
    if (one.body === true) return 'the body';
    const kind = (['header', 'json', 'form', 'query'] as const).find((key) => one[key] !== undefined);
    const names = kind === undefined ? [] : [one[kind]].flat().map((text) => `\`${text}\``);
    return `${kind === 'header' ? '' : `${kind} `}${names.join(' or ')}`;
  });
  return texts.length > 3 ? `${texts.slice(0, 2).join(', ')} and ${texts.length - 2} more` : texts.join(', ');
}

function schemeOf({ scheme }: Provider): string {
  const { algorithm } = describeScheme(scheme);
  switch (scheme.kind) {
    case 'hmac':
    case 'public_key':
      return String(algorithm);
    case 'shared_token':
      return 'stored token';
    case 'jwt':
      return `JWT ${algorithm}`;
    case 'detached_jws':
      return `detached JWS ${algorithm}`;
    case 'http_signature':
      return `HTTP message signature over ${scheme.description.components.join(', ')}`;
    default:
      scheme satisfies OwnScheme;
      return scheme.kind;
  }
}

function signedText({ scheme }: Provider): string {
  const { content, parts, each } = describeScheme(scheme);
  switch (content.kind) {
    case 'nothing':
      return 'nothing; the token is repeated';
    case 'parts':
      return `\`${parts.map(partText).join('')}\`${each === undefined ? '' : `, for each event at \`${each}\``}`;
    case 'components':
      return content.components.map((name) => `\`${name}\``).join(', ');
    case 'claims':
      return 'the claims of the token';
    case 'computed':
      return content.name;
    case 'body':
      return 'the body';
    case 'unknown':
      return 'not known';
  }
}

function partText(part: SignedPart): string {
  if (typeof part === 'string') return `{${part}}`;
  if ('text' in part) return part.text.replaceAll('\n', '\\n');
  if ('name' in part) return `{${part.name}}`;
  if ('bodyDigest' in part) return `{${part.bodyDigest} of body}`;
  if ('sortedFormOrQueryDigest' in part) return '{sorted form}';
  const [[kind, value]] = Object.entries(part) as [[string, unknown]];
  return `{${kind} ${value}}`;
}

function coverage(provider: Provider): string {
  const { scheme } = provider;
  const { body, id, timestamp } = scheme.signed;
  const { parts } = describeScheme(scheme);
  if (duplicateRuleOf(provider).digestOf === 'text') return 'names and values, run together';
  const hasFields = parts.some((part) => typeof part === 'object' && 'json' in part);
  return (
    [body ? 'body' : hasFields && 'some fields', id && 'id', timestamp && 'time'].filter(Boolean).join(', ') ||
    'nothing'
  );
}

function idPlace(provider: Provider): string {
  return duplicateRuleOf(provider).id ?? place(provider, provider.eventId);
}

function place(provider: Provider, source: ValueSource | undefined): string {
  if (source === undefined) return 'not known';
  const { signed } = provider.scheme;
  if ('header' in source) {
    const isSigned = describeScheme(provider.scheme).parts.some(
      (part) => typeof part === 'object' && 'header' in part && part.header === source.header,
    );
    return `header \`${source.header}\`, ${isSigned ? 'signed' : 'not signed'}`;
  }
  const paths = [source.json].flat().map((path) => `\`${path}\``);
  return `${paths.join(' and ')}${signed.body ? '' : ' in the body, not signed'}`;
}

function proofOf({ valid, invalid }: Sender['vectors']): string {
  if (valid + invalid === 0) return 'no published vectors are known; the example below is computed from the facts';
  const vectors = valid === 1 ? 'vector' : 'vectors';
  return `${valid} published ${vectors} to be accepted and ${invalid} to be refused, on node:crypto and on Web Crypto`;
}

function handshakeLine({ name, when, signed, verifyToken, asksApp, note }: Handshake): string {
  const asked = asksApp ? '`handshakes.accept` decides.' : 'The receiver answers it.';
  const token = verifyToken === undefined ? '' : ' Its token must equal `handshakes.verifyToken`.';
  return `- \`${name}\` (${when.method}, ${signed ? 'verified first' : 'not signed: anyone can send one'}). ${asked}${token}${note === undefined ? '' : ` ${note}`}`;
}

function link(source: Provider['source']): string {
  if (source === undefined) return 'not known';
  const { title = source.url, url, readOn } = source;
  return `${url === undefined ? title : `[${title}](${url})`}, ${readOn}`;
}
