/** Binds a token to its request: hashes of the body, of the URL, or of Atlassian's query string. */

import { crypto } from '#crypto';
import type { Delivery } from '../delivery/delivery.ts';
import { groupFields, maxFields, parseFields } from '../delivery/form-fields.ts';
import { decodeBetween } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { BoundHash, JwtBindings } from '../schemes/jwt-description.ts';

/** @throws token_invalid if a bound hash, including that of the body, is missing or differs */
export async function checkBindings(
  claims: Readonly<Record<string, unknown>>,
  bindings: JwtBindings,
  delivery: Delivery,
  publicUrlOf: (delivery: Delivery) => string,
  at: string,
): Promise<void> {
  const { bodyHash, urlHash, queryStringHash } = bindings;
  if (bodyHash !== undefined) await checkHash(claims, bodyHash, delivery.body, delivery, at);
  if (urlHash !== undefined) await checkHash(claims, urlHash, publicUrlOf(delivery), delivery, at);
  if (queryStringHash !== undefined) {
    const { claim, basePath = '' } = queryStringHash;
    const rule: BoundHash = { claim, hash: 'SHA-256', encoding: 'hex' };
    await checkHash(claims, rule, canonicalRequest(delivery, basePath), delivery, at);
  }
}

async function checkHash(
  claims: Readonly<Record<string, unknown>>,
  rule: BoundHash,
  content: string | Uint8Array,
  delivery: Delivery,
  at: string,
): Promise<void> {
  const given = Object.hasOwn(claims, rule.claim) ? claims[rule.claim] : undefined;
  const refuse = (hint: string) => new WebhookError('token_invalid', { at: `${at} ${rule.claim}`, hint });
  if (rule.presence === 'with_body' && delivery.body.byteLength === 0) {
    if (given !== undefined) throw refuse('The claim has a hash, and the request has no body.');
    return;
  }
  const bytes = typeof given === 'string' ? decodeBetween(given, 0, given.length, rule.encoding) : undefined;
  const matches = bytes !== undefined && crypto.equalBytes(bytes, await crypto.digest(rule.hash, [content]));
  if (!matches) throw refuse('The hash in this claim is missing, or belongs to another request.');
}

/**
 * `METHOD&path&query`: parameters sorted by name, values of one name sorted and joined by commas, without `jwt`.
 *
 * @throws header_malformed for a query of more than 1,000 parameters
 */
function canonicalRequest(delivery: Delivery, basePath: string): string {
  const target = (delivery.url ?? '/').replace(/^https?:\/\/[^/?#]*/, '').split('#', 1)[0] as string;
  const at = target.indexOf('?');
  const query = parseFields(at < 0 ? '' : target.slice(at + 1));
  if (query === undefined)
    throw new WebhookError('header_malformed', { at: 'query', hint: `It has more than ${maxFields} parameters.` });
  let path = at < 0 ? target : target.slice(0, at);
  if (basePath !== '' && path.startsWith(basePath)) path = path.slice(basePath.length);
  path = withoutTrailingSlashes(path).replaceAll('&', '%26');
  const pairs = [...groupFields(query)]
    .filter(([name]) => name !== 'jwt')
    .map(([name, values]) => [encode(name), values.map(encode).sort().join(',')] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, values]) => `${name}=${values}`);
  return `${(delivery.method ?? 'POST').toUpperCase()}&${path === '' ? '/' : path}&${pairs.join('&')}`;
}

/** An expression such as /\/+$/ takes quadratic time on many slashes before another character. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

/** RFC 3986 percent-encoding; encodeURIComponent leaves five characters that it reserves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
