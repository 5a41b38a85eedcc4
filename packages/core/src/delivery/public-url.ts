/** The URL as the sender wrote it: the origin from configuration or a trusted proxy, and the spellings that senders sign. */

import { WebhookError } from '../errors.ts';
import type { DeliveryHead } from './delivery.ts';
import { groupFields, parseFields, queryOf } from './form-fields.ts';
import { findHeader, requireHeader } from './header-fields.ts';

/**
 * The way to find the public URL that the sender posts to.
 *
 * String: its origin, such as `https://example.com`, which comes before the path and query of each request; a path in it comes before
 * theirs. `trustForwarded`: origins that `X-Forwarded-Proto` and `X-Forwarded-Host` (or `Host`) may name, for an app that serves several
 * behind a proxy that sets both on every request. Without either form, those headers are never read.
 */
export type PublicUrl = string | { readonly trustForwarded: readonly [origin: string, ...more: string[]] };

/**
 * A spelling of a URL.
 *
 * `exact`: unchanged. `without_query`: up to the question mark. `with_port`, `without_port`: with the port written out, or omitted.
 * `..._legacy_query`: in addition, the query is parsed as a form and serialized again with JavaScript's own escapes. `parsed`,
 * `parsed_with_port`, `parsed_without_port`: as a URL parser writes it (WHATWG URL), which escapes `'` and similar characters. `decoded`:
 * with the escapes of `:/?@!$'()*,;` undone.
 */
export type UrlForm =
  | 'exact'
  | 'without_query'
  | 'with_port'
  | 'without_port'
  | 'with_port_legacy_query'
  | 'without_port_legacy_query'
  | 'parsed'
  | 'parsed_with_port'
  | 'parsed_without_port'
  | 'decoded';

const forms: Readonly<Record<UrlForm, (url: string) => string>> = {
  exact: (url) => url,
  without_query: (url) => url.split('?', 1)[0] as string,
  with_port: withPort,
  without_port: withoutPort,
  with_port_legacy_query: (url) => withLegacyQuery(withPort(url)),
  without_port_legacy_query: (url) => withLegacyQuery(withoutPort(url)),
  parsed: asParsed,
  parsed_with_port: (url) => withPort(asParsed(url)),
  parsed_without_port: (url) => withoutPort(asParsed(url)),
  decoded: (url) => url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, decodeURIComponent),
};

export const urlFormNames = () => Object.keys(forms);

/** The different spellings of a URL that a description allows. */
export function spellingsOf(url: string, wanted: readonly UrlForm[]): readonly string[] {
  return [...new Set(wanted.map((form) => forms[form](url)))];
}

/** The URL of a request, for a message: without its query, user name and password, which may be secret. */
export function withoutSecrets(url: string): string {
  return forms.without_query(url).replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
}

/**
 * The absolute URL of a request.
 *
 * @throws options_invalid if the origin is not known; header_missing, header_malformed if the proxy's headers do not
 *   name one of the trusted origins
 */
export function publicUrlOf(head: DeliveryHead, publicUrl: PublicUrl | undefined): string {
  const { url = '' } = head;
  const isAbsolute = /^https?:\/\//.test(url);
  const target = isAbsolute ? url.replace(/^https?:\/\/[^/?#]*/, '') : url;
  if (typeof publicUrl === 'string') return publicUrl + target;
  if (publicUrl !== undefined) return forwardedOrigin(head, publicUrl.trustForwarded) + target;
  if (isAbsolute) return url;
  throw new WebhookError('options_invalid', {
    at: 'publicUrl',
    hint: 'This sender signs the URL it posts to, but the server sees only part of it. Set its origin, such as https://example.com.',
  });
}

/** The sources of a request's URL. */
export interface UrlOptions {
  readonly publicUrl?: PublicUrl | undefined;
  /** The whole URL of a request, for a diagnosis that tries others; undefined to use `publicUrl`. */
  readonly addressOf?: ((head: DeliveryHead) => string | undefined) | undefined;
}

/**
 * The function that returns the public URL of each request.
 *
 * @throws options_invalid for an invalid `publicUrl`
 */
export function createUrlReader({ publicUrl, addressOf }: UrlOptions): (head: DeliveryHead) => string {
  const checked = requirePublicUrl(publicUrl);
  return (head) => addressOf?.(head) ?? publicUrlOf(head, checked);
}

/** @throws options_invalid */
export function requirePublicUrl(value: unknown): PublicUrl | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return requireOrigin(value);
  const list = (value as { trustForwarded?: unknown } | null)?.trustForwarded;
  if (!Array.isArray(list) || list.length === 0) throw refuse('Expected a URL, or { trustForwarded: [origins] }.');
  return { trustForwarded: list.map(requireOrigin) as [string, ...string[]] };
}

function requireOrigin(value: unknown): string {
  try {
    const url = new URL(value as string);
    const isPlain = url.search === '' && url.hash === '';
    if (/^https?:$/.test(url.protocol) && isPlain) return (value as string).replace(/\/$/, '');
  } catch {
    // Reported below.
  }
  throw refuse('Expected an absolute http or https URL without query, such as https://example.com.');
}

function refuse(hint: string): WebhookError {
  return new WebhookError('options_invalid', { at: 'publicUrl', hint });
}

function forwardedOrigin(head: DeliveryHead, trusted: readonly string[]): string {
  const protocol = requireHeader(head.headers, 'x-forwarded-proto').toLowerCase();
  const host = findHeader(head.headers, 'x-forwarded-host') ?? requireHeader(head.headers, 'host');
  const origin = `${protocol}://${host.toLowerCase()}`;
  const known = trusted.find((one) => one.toLowerCase() === origin);
  if (known !== undefined) return known;
  throw new WebhookError('header_malformed', {
    at: 'x-forwarded-host',
    hint: 'The proxy names several origins, or one that publicUrl.trustForwarded does not list.',
  });
}

/** Scheme, authority, and the rest, with the port separate. */
function partsOf(url: string) {
  const found = /^(https?):\/\/((?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*))(?::(\d*))?(.*)$/s.exec(url);
  const [, protocol = '', host = '', port, rest = ''] = found ?? [];
  return found === null ? undefined : { protocol, host, port, rest };
}

function withPort(url: string): string {
  const parts = partsOf(url);
  if (parts === undefined || parts.port !== undefined) return url;
  return `${parts.protocol}://${parts.host}:${parts.protocol === 'https' ? 443 : 80}${parts.rest}`;
}

function withoutPort(url: string): string {
  const parts = partsOf(url);
  return parts === undefined ? url : `${parts.protocol}://${parts.host}${parts.rest}`;
}

function withLegacyQuery(url: string): string {
  const query = queryOf(url) ?? '';
  const fields = query === '' ? undefined : parseFields(query);
  if (fields === undefined) return url;
  // One name at a time, each at its first position.
  const pairs = [...groupFields(fields)].flatMap(([name, values]) =>
    values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return `${forms.without_query(url)}?${pairs.join('&')}`;
}

function asParsed(url: string): string {
  try {
    return new URL(url).href;
  } catch {
    return url;
  }
}
