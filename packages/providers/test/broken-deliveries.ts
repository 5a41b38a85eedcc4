/** Genuine deliveries broken the way frameworks, proxies and configurations break them, each with the cause to be found. */

import type { Provider } from '@countersign/core';
import type { SignatureDescription, SignatureSource } from '@countersign/core/describe';
import type { CauseCode, DiagnoseOptions } from '@countersign/core/diagnose';
import { createSigningKeys, type SignedDelivery, type SigningKeys, signDelivery } from '@countersign/testing';

/** What a diagnosis is asked about. */
export interface Broken {
  readonly delivery: Omit<SignedDelivery, 'headers'> & { readonly headers: unknown };
  /** In place of the receiver's own. */
  readonly secret?: string;
  readonly options?: DiagnoseOptions;
}

/** A genuine delivery and what goes with it. */
export interface Genuine {
  readonly provider: Provider;
  readonly delivery: SignedDelivery;
  readonly keys: SigningKeys;
  readonly other: SigningKeys;
}

/** One way to break a delivery. */
export interface Breakage {
  readonly name: string;
  readonly expected: CauseCode | 'unexplained';
  /** Undefined where a sender's deliveries cannot be broken so. */
  break(genuine: Genuine): Broken | undefined | Promise<Broken | undefined>;
}

export const signedAt = new Date(1_795_251_600_000);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** A body that is damaged behind the signature. */
function body(name: string, expected: CauseCode, damage: (given: string) => string | Buffer | undefined): Breakage {
  return {
    name,
    expected,
    break({ provider, delivery }) {
      const damaged = provider.scheme.signed.body ? damage(text(delivery.body)) : undefined;
      if (damaged === undefined) return undefined;
      const bytes = Buffer.from(damaged as string);
      return bytes.equals(delivery.body) ? undefined : { delivery: { ...delivery, body: bytes } };
    },
  };
}

/** A secret that is not written as it was given. */
function secret(
  name: string,
  expected: CauseCode,
  spoil: (given: string, provider: Provider) => string | undefined,
): Breakage {
  return {
    name,
    expected,
    break({ provider, delivery, keys }) {
      if (!('secrets' in keys.receiver)) return undefined;
      const spoilt = spoil(keys.receiver.secrets, provider);
      return spoilt === undefined ? undefined : { delivery, secret: spoilt };
    },
  };
}

/** A signature header that is not as it was sent. */
function header(
  name: string,
  expected: CauseCode,
  change: (value: string, source: SignatureSource) => string | undefined,
): Breakage {
  return {
    name,
    expected,
    break({ provider, delivery }) {
      const source = sourceOf(provider);
      if (source === undefined || !('header' in source)) return undefined;
      const at = source.header.toLowerCase();
      const value = delivery.headers[at];
      const changed = value === undefined ? undefined : change(value, source);
      if (changed === undefined || changed === value) return undefined;
      return { delivery: { ...delivery, headers: { ...delivery.headers, [at]: changed } } };
    },
  };
}

/** The first place of a signature, for HMAC and public keys. */
function sourceOf({ scheme }: Provider): SignatureSource | undefined {
  if (scheme.kind !== 'hmac' && scheme.kind !== 'public_key') return undefined;
  const [source] = [(scheme.description as SignatureDescription).signature].flat();
  return source;
}

const signsUrl = ({ scheme }: Provider) => /"url"|urlHash|target-uri/.test(JSON.stringify(scheme.description));
const isJson = (given: string) => {
  try {
    return typeof JSON.parse(given) === 'object';
  } catch {
    return false;
  }
};
const isTextSecret = ({ scheme }: Provider) => {
  const { secret: format = {} } = scheme.description as { secret?: { encoding?: string } };
  return scheme.kind === 'hmac' && (format.encoding ?? 'utf8') === 'utf8';
};
const later = (seconds: number) => ({ clock: () => new Date(signedAt.getTime() + seconds * 1000) });

export const breakages: readonly Breakage[] = [
  body('pretty-printed', 'body_reserialised', (given) =>
    isJson(given) ? JSON.stringify(JSON.parse(given), null, 2) : undefined,
  ),
  body('a byte order mark before it', 'body_byte_order_mark', (given) => `\ufeff${given}`),
  body('a line feed behind it', 'body_trailing_newline', (given) => `${given}\n`),
  body('CR and LF behind it', 'body_trailing_newline', (given) => `${given}\r\n`),
  body('base64', 'body_base64', (given) => Buffer.from(given).toString('base64')),
  body('a JSON string', 'body_quoted', (given) => JSON.stringify(given)),
  body('a Buffer as JSON', 'body_stringified', (given) => JSON.stringify(Buffer.from(given))),
  body('gone', 'body_empty', () => ''),
  body('a form made an object', 'body_form_decoded', (given) =>
    !isJson(given) && given.includes('=') ? JSON.stringify(Object.fromEntries(new URLSearchParams(given))) : undefined,
  ),
  {
    name: 'letters read as Latin-1',
    expected: 'body_charset',
    async break(genuine) {
      const delivery = await withLetters(genuine);
      return (
        delivery && { delivery: { ...delivery, body: Buffer.from(Buffer.from(delivery.body).toString('latin1')) } }
      );
    },
  },
  {
    name: 'CR and LF for line feeds',
    expected: 'body_line_ends',
    async break(genuine) {
      const delivery = await withLetters(genuine);
      return delivery && { delivery: { ...delivery, body: Buffer.from(text(delivery.body).replaceAll('\n', '\r\n')) } };
    },
  },
  secret('with a line feed', 'secret_whitespace', (given) => `${given}\n`),
  secret('with spaces', 'secret_whitespace', (given) => ` ${given} `),
  secret('in quotes', 'secret_quoted', (given) => `"${given}"`),
  secret('with a prefix it does not have', 'secret_prefix', (given, provider) =>
    isTextSecret(provider) && !given.startsWith('whsec_') ? `whsec_${given}` : undefined,
  ),
  secret('in base64', 'secret_encoding', (given, provider) =>
    isTextSecret(provider) ? Buffer.from(given).toString('base64') : undefined,
  ),
  secret('in hex', 'secret_encoding', (given, provider) =>
    isTextSecret(provider) ? Buffer.from(given).toString('hex') : undefined,
  ),
  {
    name: 'the secret of another endpoint',
    expected: 'other_secret',
    break({ delivery, keys, other }) {
      if (!('secrets' in keys.receiver && 'secrets' in other.receiver)) return undefined;
      return {
        delivery,
        secret: other.receiver.secrets,
        options: { otherSecrets: { billing: keys.receiver.secrets } },
      };
    },
  },
  {
    name: 'the secret of test mode',
    expected: 'other_mode',
    break({ delivery, keys, other }) {
      if (!('secrets' in keys.receiver && 'secrets' in other.receiver)) return undefined;
      return {
        delivery,
        secret: other.receiver.secrets,
        options: { otherSecrets: { TEST_MODE: keys.receiver.secrets } },
      };
    },
  },
  header('a space around it', 'header_altered', (value) => ` ${value} `),
  header('escaped as in a URL', 'header_altered', (value) => encodeURIComponent(value)),
  header('joined with itself', 'header_repeated', (value) => `${value}, ${value}`),
  header('base64 for hex', 'signature_encoding', (value, { encoding }) =>
    encoding === 'hex'
      ? value.replace(/[0-9a-f]{40,}/g, (hex) => Buffer.from(hex, 'hex').toString('base64'))
      : undefined,
  ),
  header('another version tag', 'other_version', (value, { key, assign = '=' }) => {
    const tag = [key].flat()[0];
    return tag === undefined ? undefined : value.replace(tag + assign, `v9${assign}`);
  }),
  header('without its prefix', 'signature_prefix', (value, { prefix, prefixOptional }) =>
    prefix === undefined || prefixOptional ? undefined : value.replaceAll(prefix, ''),
  ),
  {
    name: 'a header that a proxy has renamed',
    expected: 'header_renamed',
    break({ provider, delivery }) {
      const source = sourceOf(provider);
      // A preset with several places takes any of them.
      if (
        source === undefined ||
        !('header' in source) ||
        Array.isArray((provider.scheme.description as SignatureDescription).signature)
      )
        return undefined;
      const { [source.header.toLowerCase()]: value, ...rest } = delivery.headers;
      const name = source.header.toLowerCase();
      return {
        delivery: { ...delivery, headers: { ...rest, [name.startsWith('x-') ? name.slice(2) : `x-${name}`]: value } },
      };
    },
  },
  {
    name: 'a header that did not come',
    expected: 'header_missing',
    break({ provider, delivery }) {
      const source = sourceOf(provider);
      if (source === undefined || !('header' in source)) return undefined;
      const { [source.header.toLowerCase()]: _, ...headers } = delivery.headers;
      return { delivery: { ...delivery, headers } };
    },
  },
  {
    name: 'a header that came twice',
    expected: 'header_repeated',
    break({ provider, delivery }) {
      const source = sourceOf(provider);
      if (source === undefined || !('header' in source)) return undefined;
      const name = source.header.toLowerCase();
      return {
        delivery: { ...delivery, headers: [...Object.entries(delivery.headers), [name, delivery.headers[name]]] },
      };
    },
  },
  {
    name: 'read half a day later',
    expected: 'timestamp_too_old',
    break: ({ provider, delivery }) => (isTimed(provider) ? { delivery, options: later(43_200) } : undefined),
  },
  {
    name: 'read on a machine whose clock is behind',
    expected: 'timestamp_too_new',
    break: ({ provider, delivery }) =>
      isTimed(provider) && provider.scheme.kind !== 'jwt' ? { delivery, options: later(-43_200) } : undefined,
  },
  {
    name: 'a slash more at the end of the address',
    expected: 'url_trailing_slash',
    break: ({ provider, delivery }) =>
      signsUrl(provider) ? { delivery: { ...delivery, url: `${delivery.url}/` } } : undefined,
  },
  {
    name: 'http for https',
    expected: 'url_protocol',
    break: ({ provider, delivery }) =>
      signsUrl(provider) ? { delivery: { ...delivery, url: delivery.url.replace('https:', 'http:') } } : undefined,
  },
  {
    name: 'a forged signature',
    expected: 'unexplained',
    async break({ provider, delivery, other }) {
      const forged = await signDelivery(provider, {
        ...other.signing,
        at: signedAt,
        body: delivery.body,
        url: delivery.url,
      });
      const isSame = JSON.stringify(forged.headers) === JSON.stringify(delivery.headers);
      return isSame ? undefined : { delivery: { ...delivery, headers: forged.headers } };
    },
  },
  {
    name: 'another amount in the body',
    expected: 'unexplained',
    break({ provider, delivery }) {
      const changed = text(delivery.body).replace(/evt_(.)/, (_, digit: string) => `evt_${digit === '7' ? '8' : '7'}`);
      const isChanged = provider.scheme.signed.body && changed !== text(delivery.body);
      return isChanged ? { delivery: { ...delivery, body: Buffer.from(changed) } } : undefined;
    },
  },
];

function isTimed({ scheme }: Provider): boolean {
  return scheme.signed.timestamp;
}

/** With letters beyond ASCII and several lines, where a body of one's own can be signed. */
async function withLetters({ provider, keys }: Genuine): Promise<SignedDelivery | undefined> {
  const { signs = [] } = provider.scheme.description as Partial<SignatureDescription>;
  if (!signs.includes('body')) return undefined;
  const given = '{\n  "id": "evt_1",\n  "name": "Zoë 東京"\n}';
  try {
    const delivery = await signDelivery(provider, { ...keys.signing, at: signedAt, body: given });
    return text(delivery.body) === given ? delivery : undefined;
  } catch {
    return undefined;
  }
}

/** A genuine delivery of a preset, and keys that have nothing to do with it. */
export async function genuineOf(provider: Provider): Promise<Genuine> {
  const [keys, other] = [createSigningKeys(provider), createSigningKeys(provider)];
  return { provider, keys, other, delivery: await signDelivery(provider, { ...keys.signing, at: signedAt }) };
}
