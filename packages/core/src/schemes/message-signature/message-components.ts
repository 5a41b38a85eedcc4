/** The values of the components that a message signature covers (RFC 9421 section 2), for requests. */

import type { DeliveryHead } from '../../delivery/delivery.ts';
import { groupFields, parseFields } from '../../delivery/form-fields.ts';
import { joinedHeader } from '../../delivery/header-fields.ts';
import { WebhookError } from '../../errors.ts';
import type { ListItem } from './structured-fields.ts';

/** A component by its identifier as in Signature-Input: a field name in lower case, or `@method`, `@authority`, ... */
export interface Component {
  readonly name: string;
  /** The identifier with its parameters as sent. */
  readonly text: string;
  /** The parameter `name` of `@query-param`. */
  readonly parameter: string | undefined;
}

const derived = new Set([
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
  '@query-param',
]);

/** True if requests can have this component: a field, or one of the derived components. */
export function isComponentName(name: string): boolean {
  return !name.startsWith('@') || derived.has(name);
}

/** Parses an identifier. @throws header_malformed for one that no request has, or with unknown parameters */
export function requireComponent({ value, parameters, text }: ListItem, at: string): Component {
  const refuse = (hint: string) => new WebhookError('header_malformed', { at, hint });
  if (typeof value !== 'string' || !/^@?[a-z0-9!#$%&'*+.^_`|~-]+$/.test(value))
    throw refuse('A component has no name.');
  if (!isComponentName(value)) throw refuse('It covers a component that no request has.');
  const names = [...parameters.values.keys()];
  const parameter = parameters.values.get('name');
  if (value === '@query-param') {
    if (names.length === 1 && typeof parameter === 'string') return { name: value, text, parameter };
    throw refuse('@query-param has to have one parameter, its name.');
  }
  // sf, key, bs, req and tr need the field in a form that servers do not preserve.
  if (names.length > 0) throw refuse('A component has a parameter that is not supported.');
  return { name: value, text, parameter: undefined };
}

/** The value of a component. @throws header_missing, header_malformed, options_invalid if the origin is not known */
export function componentValue(component: Component, head: DeliveryHead, publicUrl: () => string): string {
  const { name, parameter } = component;
  if (!name.startsWith('@')) {
    const value = joinedHeader(head.headers, name);
    if (value === undefined) throw new WebhookError('header_missing', { at: name });
    return value;
  }
  if (name === '@method') return head.method ?? 'POST';
  const target = targetOf(head, publicUrl, name);
  const from = target.indexOf('?');
  const path = from < 0 ? target : target.slice(0, from);
  switch (name) {
    case '@request-target':
      return target === '' ? '/' : target;
    case '@path':
      return path === '' ? '/' : path;
    case '@query':
      return from < 0 ? '?' : target.slice(from);
    case '@query-param':
      return queryParameter(head, from < 0 ? '' : target.slice(from + 1), parameter as string);
  }
  const url = publicUrl();
  const { protocol, host } = parseUrl(url, name);
  if (name === '@scheme') return protocol.slice(0, -1);
  return name === '@authority' ? host : (url.split('#', 1)[0] as string);
}

/** Path and query as the sender wrote them: after the path of the public URL, if it is known and has one. */
function targetOf(head: DeliveryHead, publicUrl: () => string, at: string): string {
  const withoutFragment = (url: string) => url.split('#', 1)[0] as string;
  const received = withoutFragment((head.url ?? '/').replace(/^https?:\/\/[^/?#]*/, ''));
  // Anything else would run into the host of the public URL.
  if (!/^(?:[/?]|$)/.test(received)) throw new WebhookError('header_malformed', { at });
  try {
    return withoutFragment(publicUrl().replace(/^https?:\/\/[^/?#]*/i, ''));
  } catch {
    return received;
  }
}

/** @throws header_malformed: with an absolute target, the request chooses the host */
function parseUrl(url: string, at: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new WebhookError('header_malformed', { at });
  }
}

/** Section 2.2.8: parsed as a form, then percent-encoded again; a repeated name cannot be covered by one value. */
function queryParameter(head: DeliveryHead, query: string, encodedName: string): string {
  const at = '@query-param';
  const [only, ...more] = parametersOf(head, query).get(encodedName) ?? [];
  if (only === undefined) throw new WebhookError('header_missing', { at });
  if (more.length > 0) throw new WebhookError('header_repeated', { at });
  return encode(only);
}

/** The parameters of each request by their encoded names, parsed once however many are covered. */
const parameters = new WeakMap<
  DeliveryHead,
  { readonly query: string; readonly byName: ReadonlyMap<string, readonly string[]> }
>();

function parametersOf(head: DeliveryHead, query: string): ReadonlyMap<string, readonly string[]> {
  const known = parameters.get(head);
  if (known?.query === query) return known.byName;
  const fields = parseFields(query);
  if (fields === undefined) throw new WebhookError('header_malformed', { at: '@query-param' });
  const byName = groupFields([...fields].map(([name, value]) => [encode(name), value] as const));
  parameters.set(head, { query, byName });
  return byName;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
