/** Makes `docs/providers.md` and a page for each sender out of the presets. */

import type { Handshake } from '../packages/core/src/handshake.ts';
import type { Provider, ValueSource } from '../packages/core/src/provider.ts';
import { lintProvider } from '../packages/core/src/provider-lint.ts';
import { exampleAnswers } from '../packages/providers/src/tools/preset-questions.ts';
import { receiverCode } from '../packages/providers/src/tools/receiver-code.ts';
import type { Example, Sender } from './senders.ts';

const notice = '<!-- Made by `npm run docs` from the presets; change packages/providers/src instead. -->';
const confidences = {
  documented: 'documented by the sender',
  sdk_source: 'read in a package of the sender’s',
  integration_code: 'read in public code of others',
  unconfirmed: 'from memory, unconfirmed',
} as const;

/** The page with the table. */
export function providersPage(senders: readonly Sender[]): string {
  const verifiable = senders.filter(({ provider }) => provider !== undefined);
  const proved = verifiable.filter(({ vectors }) => vectors.valid + vectors.invalid > 0);
  const sum = (verdict: 'valid' | 'invalid') => proved.reduce((total, { vectors }) => total + vectors[verdict], 0);
  return `${notice}

# Senders

${verifiable.length} senders that can be verified, and ${senders.length - verifiable.length} that cannot. ${proved.length} are proved by ${sum('valid') + sum('invalid')} test vectors that
the sender, its package or the standard published (${sum('valid')} to be accepted, ${sum('invalid')} to be refused); all others by a worked example, computed from
the facts by other code than ours, which stands on their page. Every one runs on node:crypto and on Web Crypto.

Signed: what the signature covers. Identity: the key under which a delivery counts as a duplicate; digest is that of what
is signed. Window: how far the signed time may be from now, in seconds. Proof: published vectors to be accepted and
refused; *example* where none was published. A preset that asks is called with what the facts leave open.

| sender | carried in | scheme | signed | window | identity | retries | answer within | handshake | secret or key | facts | source | proof |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${verifiable.map(row).join('\n')}

## Not to be verified

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

${unverifiable?.unverifiable} \`createReceiver\` refuses to be built for it.

${unverifiable?.instead}

Source: ${link(unverifiable?.source)}
`;
}

function verifiablePage({ id, exportName, kind, vectors, example }: Sender, provider: Provider): string {
  const { title, secretHelp, rotation, retries, handshakes = [], events, unsaid = [], assumptions = [] } = provider;
  const lines: string[] = [
    notice,
    '',
    `# ${title}`,
    '',
    `\`${exportName}\` from \`@countersign/providers/${id}\`${kind === 'asks' ? ', which is called with what the facts leave open' : ''}.`,
    '',
    '```ts',
    receiverCode({ id, provider, framework: 'node', answers: exampleAnswers(id) }),
    '```',
    '',
    '| | |',
    '|---|---|',
    `| carried in | ${carriedIn(provider)} |`,
    `| scheme | ${schemeOf(provider)} |`,
    `| signed text | ${signedText(provider)} |`,
    `| covers | ${coverage(provider)} |`,
    `| window | ${windowOf(provider)} |`,
    `| id of an event | ${idPlace(provider)} |`,
    `| type of an event | ${place(provider.eventType)} |`,
    `| counts as a duplicate by | ${identityOf(provider)} |`,
    `| several events in one delivery | ${provider.batch === undefined ? 'no' : `yes, at \`${provider.batch.json}\``} |`,
    `| secret or key | ${secretHelp ?? 'not known'} |`,
    `| rotation | ${rotation ?? 'not known'} |`,
    `| retries | ${retriesOf(retries)} |`,
    `| answer within | ${provider.responseDeadlineSeconds === undefined ? 'not known' : `${provider.responseDeadlineSeconds} s`} |`,
    `| facts | ${confidences[provider.confidence ?? 'unconfirmed']}: ${link(provider.source)} |`,
    `| proof | ${proofOf(vectors)} |`,
  ];
  if (handshakes.length > 0) lines.push('', '## Checks of the address', '', ...handshakes.map(handshakeLine));
  const doubts = lintProvider(provider);
  if (doubts.length > 0) lines.push('', '## Mind', '', ...doubts.map(({ message }) => `- ${message}`));
  if (assumptions.length > 0) {
    lines.push('', '## Assumed', '', ...assumptions.map(({ what, because }) => `- That ${what}. ${because}`));
  }
  if (provider.unverified !== undefined)
    lines.push('', '## Not confirmed', '', ...provider.unverified.map((one) => `- ${one}`));
  if (unsaid.length > 0) lines.push('', '## Not known', '', ...unsaid.map((one) => `- ${one}`));
  if (events !== undefined) lines.push('', '## Events', '', events.map((name) => `\`${name}\``).join(', '));
  if (example !== undefined) lines.push('', '## A delivery', '', ...exampleLines(example));
  return `${lines.join('\n')}\n`;
}

function row({ id, provider, vectors }: Sender): string {
  if (provider === undefined) return '';
  const cells = [
    `[${provider.title}](providers/${id}.md)`,
    carriedIn(provider),
    schemeOf(provider),
    coverage(provider),
    provider.scheme.signed.timestamp ? String(provider.toleranceSeconds ?? 300) : 'none',
    identityOf(provider),
    provider.retries?.horizonSeconds === undefined ? '' : `${provider.retries.horizonSeconds} s`,
    provider.responseDeadlineSeconds === undefined ? '' : `${provider.responseDeadlineSeconds} s`,
    (provider.handshakes ?? []).map(({ name }) => name).join(', '),
    provider.secretHelp ?? '',
    provider.confidence === undefined ? '' : provider.confidence.replace('_', ' '),
    link(provider.source),
    vectors.valid + vectors.invalid === 0 ? '*example*' : `${vectors.valid} + ${vectors.invalid}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function exampleLines({ source, signedBy, at, secret, key, headers, url, publicUrl, body }: Example): string[] {
  const date = new Date(at * 1000).toISOString();
  const lines = [
    `${source} Signed by: ${signedBy}. Valid at ${date}${publicUrl === undefined ? '' : `, posted to ${publicUrl}${url ?? ''}`}.`,
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

interface Described {
  readonly signature?: object | readonly object[];
  readonly hash?: string;
  readonly construction?: string;
  readonly algorithm?: string | { readonly name: string; readonly hash?: string; readonly namedCurve?: string };
  readonly algorithms?: readonly string[];
  readonly token?: unknown;
  readonly header?: string;
  readonly components?: readonly string[];
  readonly signs?: readonly unknown[];
  readonly payloads?: { readonly name: string };
  readonly each?: string;
}

function described(provider: Provider): Described {
  return provider.scheme.description as Described;
}

function carriedIn(provider: Provider): string {
  const { signature, token, header, components } = described(provider);
  if (components !== undefined) return '`signature`, `signature-input`';
  const places = signature === undefined ? [token ?? { header }] : [signature].flat();
  const texts = places.map((one) => {
    if (typeof one !== 'object' || one === null) return 'the body';
    const [kind, name] = Object.entries(one).find(([key]) => ['header', 'json', 'form', 'query'].includes(key)) ?? [
      '',
      '',
    ];
    const names = [name].flat().map((text) => `\`${text}\``);
    return `${kind === 'header' ? '' : `${kind} `}${names.join(' or ')}`;
  });
  return texts.length > 3 ? `${texts.slice(0, 2).join(', ')} and ${texts.length - 2} more` : texts.join(', ');
}

function schemeOf({ scheme }: Provider): string {
  const { hash, construction, algorithm, algorithms, components } = scheme.description as Described;
  switch (scheme.kind) {
    case 'hmac':
      return construction === 'secret_prefix' ? `plain ${hash}` : `HMAC-${hash}`;
    case 'public_key': {
      if (typeof algorithm !== 'object') return 'public key';
      const parts = [algorithm.name, algorithm.namedCurve, algorithm.hash].filter((part) => part !== undefined);
      return parts.join(' ');
    }
    case 'shared_token':
      return 'stored token';
    case 'jwt':
      return `JWT ${algorithms?.join(', ')}`;
    case 'detached_jws':
      return `detached JWS ${algorithms?.join(', ')}`;
    default:
      return `HTTP message signature over ${components?.join(', ')}`;
  }
}

function signedText(provider: Provider): string {
  const { signs, payloads, each } = described(provider);
  if (provider.scheme.kind === 'shared_token') return 'nothing; the token is repeated';
  if (payloads !== undefined) return payloads.name;
  if (signs === undefined) return provider.scheme.kind === 'jwt' ? 'the claims of the token' : 'the body';
  const text = signs.map((part) => partText(part)).join('');
  return `\`${text}\`${each === undefined ? '' : `, for each event at \`${each}\``}`.replaceAll('|', '\\|');
}

function partText(part: unknown): string {
  if (typeof part === 'string') return `{${part}}`;
  const [[kind, value]] = Object.entries(part as object) as [[string, unknown]];
  if (kind === 'text') return String(value).replaceAll('\n', '\\n');
  if (kind === 'bodyDigest') return `{${value} of body}`;
  if (kind === 'sortedFormOrQueryDigest') return '{sorted form}';
  return kind === 'name' ? `{${value}}` : `{${kind} ${value}}`;
}

function coverage({ scheme }: Provider): string {
  const { body, id, timestamp } = scheme.signed;
  const { signs = [] } = scheme.description as Described;
  const hasFields = signs.some((part) => typeof part === 'object' && part !== null && 'json' in part);
  return (
    [body ? 'body' : hasFields && 'some fields', id && 'id', timestamp && 'time'].filter(Boolean).join(', ') ||
    'nothing'
  );
}

function windowOf(provider: Provider): string {
  if (!provider.scheme.signed.timestamp) return 'none: no time is signed';
  const { toleranceSeconds } = provider;
  return toleranceSeconds === undefined ? '300 s, since no figure is known' : `${toleranceSeconds} s`;
}

function idPlace({ scheme, eventId }: Provider): string {
  const { id } = scheme.description as { readonly id?: { readonly header?: string } };
  return scheme.signed.id && id?.header !== undefined ? `header \`${id.header}\`, which is signed` : place(eventId);
}

function place(source: ValueSource | undefined): string {
  if (source === undefined) return 'not known';
  if ('header' in source) return `header \`${source.header}\`, which is not signed`;
  return [source.json]
    .flat()
    .map((path) => `\`${path}\``)
    .join(' and ');
}

function identityOf({ scheme, eventId }: Provider): string {
  if (scheme.signed.id) return 'id';
  return eventId !== undefined && 'json' in eventId && scheme.signed.body ? 'id' : 'digest';
}

function retriesOf(retries: Provider['retries']): string {
  if (retries === undefined) return 'not known';
  const { delaysSeconds, horizonSeconds, resigns, note } = retries;
  const parts = [
    delaysSeconds && `after ${delaysSeconds.join(', ')} s`,
    horizonSeconds && `for ${horizonSeconds} s in all`,
    resigns === undefined ? undefined : resigns ? 'each signed anew' : 'with the first signature',
  ].filter((part) => part !== undefined);
  return [parts.join(', '), note].filter(Boolean).join('. ');
}

function proofOf({ valid, invalid }: Sender['vectors']): string {
  if (valid + invalid === 0) return 'no published vector is known; the example below, computed from the facts';
  return `${valid} published vectors to be accepted and ${invalid} to be refused, on node:crypto and on Web Crypto`;
}

function handshakeLine({ name, when, signed, verifyToken, asksApp, note }: Handshake): string {
  const asked = asksApp ? '`handshakes.accept` decides.' : 'It is answered.';
  const token = verifyToken === undefined ? '' : ' Its token has to be `handshakes.verifyToken`.';
  return `- \`${name}\` (${when.method}, ${signed ? 'verified first' : 'not signed: anybody can send one'}). ${asked}${token}${note === undefined ? '' : ` ${note}`}`;
}

function link(source: Provider['source']): string {
  if (source === undefined) return 'not known';
  const { title = source.url, url, readOn } = source;
  return `${url === undefined ? title : `[${title}](${url})`}, ${readOn}`;
}
