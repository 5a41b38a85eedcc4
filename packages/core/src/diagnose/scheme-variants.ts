/** Descriptions that differ from the preset's in one respect, derived from the signature of the delivery. */

import type { Provider } from '../provider/provider.ts';
import { hmac } from '../schemes/described-hmac.ts';
import { publicKey } from '../schemes/described-public-key.ts';
import type { HmacDescription } from '../schemes/hmac-description.ts';
import type { PublicKeyDescription } from '../schemes/public-key-description.ts';
import type { OwnScheme, Scheme } from '../schemes/scheme.ts';
import { sharedToken } from '../schemes/shared-token.ts';
import type { SharedTokenDescription } from '../schemes/shared-token-description.ts';
import { sourcesOf } from '../schemes/signed-text/description.ts';
import type { SignedPart } from '../schemes/signed-text/signed-part.ts';
import type { CauseCode } from './causes.ts';
import { readingsOf } from './signature-readings.ts';
import type { HeaderPairs, Situation, Variant } from './situation.ts';

type Description = HmacDescription | PublicKeyDescription;
type Codes = readonly [CauseCode, ...CauseCode[]];
type Make = (codes: Codes, other: () => Scheme, at?: string, what?: string) => Variant | undefined;

/** Every description that may be right, the most likely first. */
export function* schemeVariants({ provider, headers }: Situation): Generator<Variant> {
  const { scheme } = provider;
  const make: Make = (codes, other, at, what) => {
    try {
      return { kind: 'scheme', codes, at, what, change: { provider: { ...provider, scheme: other() } } };
    } catch {
      return undefined;
    }
  };
  switch (scheme.kind) {
    case 'hmac':
    case 'public_key':
      return yield* textVariants(scheme.description, headers, make);
    case 'shared_token':
      return yield* present(tokenVariants(scheme.description, make));
    case 'jwt':
    case 'detached_jws':
    case 'http_signature':
      return;
    default:
      scheme satisfies OwnScheme;
  }
}

function* textVariants(description: Description, headers: HeaderPairs, make: Make): Generator<Variant> {
  // Another binding would fetch the certificate again.
  if ('certificate' in description) return;
  const remake = (change: Partial<Description>) => () => remakeScheme(description, change);
  const { timestamp } = description;
  if (timestamp !== undefined) {
    const place = 'header' in timestamp ? timestamp.header.toLowerCase() : undefined;
    for (const unit of ['seconds', 'milliseconds', 'iso8601'] as const) {
      if (unit === timestamp.unit) continue;
      yield* present([
        make(
          ['timestamp_unit'],
          remake({ timestamp: { ...timestamp, unit } }),
          place,
          `The signed time is in ${unitNames[unit]}, and the scheme reads ${unitNames[timestamp.unit]}.`,
        ),
      ]);
    }
  }
  const hash = 'hash' in description ? description.hash : undefined;
  const readings = sourcesOf(description).flatMap((source) => readingsOf(source, headers, hash));
  readings.sort((left, right) => left.codes.length - right.codes.length);
  for (const { source, hash: other, codes, at, what } of readings) {
    yield* present([
      make(codes, remake({ signature: source, ...(other === undefined ? {} : { hash: other }) }), at, what),
    ]);
  }
  if (description.guards !== undefined) {
    yield* present([
      make(['other_version'], remake({ guards: {} }), Object.keys(description.guards)[0]?.toLowerCase()),
    ]);
  }
  for (const other of otherAlgorithms(description)) {
    yield* present([make([other.code], remake(other.change))]);
  }
  for (const signs of usualTexts(description)) yield* present([make(['signed_text'], remake({ signs }))]);
}

const unitNames = { seconds: 'seconds', milliseconds: 'milliseconds', iso8601: 'ISO 8601' };

function remakeScheme(description: Description, change: Partial<Description>): Scheme {
  return 'hash' in description ? hmac({ ...description, ...change }) : publicKey({ ...description, ...change });
}

function* present(variants: Iterable<Variant | undefined>): Generator<Variant> {
  for (const variant of variants) if (variant !== undefined) yield variant;
}

function* tokenVariants(description: SharedTokenDescription, make: Make): Generator<Variant | undefined> {
  const { token } = description;
  if (!('header' in token)) return;
  const { header, scheme } = token;
  for (const other of [undefined, 'Bearer', 'Basic', 'JWT'] as const) {
    if (other === scheme) continue;
    const source = other === undefined ? { header } : { header, scheme: other };
    yield make(
      ['token_scheme'],
      () => sharedToken({ ...description, token: source }),
      [header].flat()[0]?.toLowerCase(),
    );
  }
}

function otherAlgorithms(description: Description): readonly { readonly code: CauseCode; readonly change: object }[] {
  if (!('algorithm' in description)) return [];
  const { algorithm } = description;
  if (algorithm.name === 'Ed25519') return [];
  const hashes = (['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const).filter((hash) => hash !== algorithm.hash);
  const others = hashes.map((hash) => ({ code: 'other_hash' as const, change: { algorithm: { ...algorithm, hash } } }));
  if (algorithm.name !== 'ECDSA') return others;
  const format = algorithm.format === 'der' ? 'p1363' : 'der';
  return [{ code: 'signature_encoding', change: { algorithm: { ...algorithm, format } } }, ...others];
}

/** The texts that senders usually sign, built from the values that the description knows. */
function usualTexts({ signs, timestamp, id }: Description): readonly (readonly SignedPart[])[] {
  if (!signs.includes('body')) return [];
  const texts: (readonly SignedPart[])[] = [['body']];
  const dot = { text: '.' };
  if (timestamp !== undefined) {
    texts.push(
      ['timestamp', dot, 'body'],
      ['timestamp', { text: ':' }, 'body'],
      ['timestamp', 'body'],
      ['body', 'timestamp'],
    );
    if (id !== undefined) texts.push(['id', dot, 'timestamp', dot, 'body'], ['id', 'timestamp', 'body']);
  }
  const written = JSON.stringify(signs);
  return texts.filter((text) => JSON.stringify(text) !== written);
}

/** Presets of other senders, unchanged. */
export function* providerVariants({ provider }: Situation, others: readonly Provider[]): Generator<Variant> {
  for (const other of others) {
    if (other.scheme === provider.scheme || other.scheme.material !== provider.scheme.material) continue;
    const name = /^[a-z0-9-]{1,64}$/.test(other.name) ? other.name : 'another';
    yield {
      kind: 'provider',
      codes: ['other_provider'],
      at: name,
      what: `It verifies by the preset ${name}.`,
      change: { provider: other },
    };
  }
}
