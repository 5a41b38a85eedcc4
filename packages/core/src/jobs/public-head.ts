/** The head of a delivery without the secrets in it: it is about to be stored where others can read it. */

import type { DeliveryHead } from '../delivery/delivery.ts';
import { describeScheme } from '../describe/scheme-facts.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { EventContext } from '../event/event.ts';

/** Headers that carry credentials whatever the sender: RFC 9110 section 11, RFC 6265, and what gateways add. */
const credentials = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-amz-security-token',
];

/** A head as it is stored. */
export interface StoredHead {
  readonly method?: string;
  readonly url?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Decides what of a delivery may be stored. */
export interface PublicParts {
  /** False for a header that carries a signature, a token or a required value. */
  keeps(name: string): boolean;
  /** True if a text contains one of the secrets. */
  reveals(text: string): boolean;
  /** A URL without the token in its query. */
  url(url: string): string;
}

/** The secret parts are found by the places that the scheme describes, and by their values. */
export function publicPartsOf({ provider, requiredHeaders, fixedSecrets }: EventContext): PublicParts {
  const { headers, signatures } = describeScheme(provider.scheme);
  const left = new Set([...credentials, ...requiredHeaders.map(([name]) => name.toLowerCase())]);
  for (const { name, role } of headers.flat()) if (role === 'signature') left.add(name);
  for (const { header } of signatures) for (const name of [header ?? []].flat()) left.add(name.toLowerCase());
  const parameters = new Set(signatures.flatMap(({ query }) => query ?? []));
  const secrets = [...fixedSecrets, ...requiredHeaders.map(([, value]) => value)]
    .map((bytes) => decodeUtf8(bytes))
    .filter((text) => text !== undefined && text.length >= 8) as string[];
  const reveals = (text: string) => secrets.some((secret) => text.includes(secret));
  return {
    keeps: (name) => !left.has(name.toLowerCase()),
    reveals,
    url(url) {
      const at = url.indexOf('?');
      if (at < 0) return reveals(url) ? '' : url;
      const kept = url
        .slice(at + 1)
        .split('&')
        .filter((field) => !parameters.has(decodedName(field)) && !reveals(field) && !reveals(decoded(field)));
      const path = url.slice(0, at);
      return `${reveals(path) ? '' : path}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
    },
  };
}

export function storedHeadOf({ headers, method, url }: DeliveryHead, parts: PublicParts): StoredHead {
  const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const kept = fields.flatMap(([name, value]) =>
    [value ?? []]
      .flat()
      .filter((line) => typeof line === 'string' && parts.keeps(name) && !parts.reveals(line))
      .map((line) => [name.toLowerCase(), line] as const),
  );
  return {
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url: parts.url(url) }),
    headers: kept,
  };
}

const decodedName = (field: string) => decoded(field.split('=', 1)[0] as string);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
