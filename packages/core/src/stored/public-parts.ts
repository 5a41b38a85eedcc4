/** Decides what of a delivery may be stored where others can read it: nothing that is a secret, by its place, its name or its value. */

import { describeScheme } from '../describe/scheme-facts.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { EventContext } from '../event/event.ts';

/** Names of headers and query fields that carry secrets or tokens of proxies, platforms and senders. */
const secretNames =
  /auth|cookie|credential|passw|secret|session|signature|token|api-?key|^x-.*-key$|^(?:key|sig|hmac|code)$/;
const removed = 'removed';
/** A shorter secret may stand in a text by chance. */
const leastRevealed = 8;

/** The parts of a delivery that may be stored. */
export interface PublicParts {
  /** False for a header that carries a signature, a token, a required value, or whose name sounds like a secret. */
  keeps(name: string): boolean;
  /** True if a text contains one of the secrets that are known. */
  reveals(text: string): boolean;
  /**
   * A URL in which the values of fields with secrets are replaced, byte by byte the same otherwise.
   *
   * @param isSigned true for one that the sender signed: then only its token is a secret, not what a name sounds like
   */
  url(url: string, isSigned: boolean): string;
}

/** The rule for a receiver. What the preset reads as an id, a type or a time is kept, whatever its name. */
export function publicPartsOf({ provider, requiredHeaders, fixedSecrets }: EventContext): PublicParts {
  const facts = describeScheme(provider.scheme);
  const expected = facts.headers.flat();
  const secretHeaders = new Set([
    ...requiredHeaders.map(([name]) => name.toLowerCase()),
    ...expected.flatMap(({ name, role }) => (role === 'signature' ? [name.toLowerCase()] : [])),
    ...facts.signatures.flatMap(({ header }) => [header ?? []].flat().map((name) => name.toLowerCase())),
  ]);
  const sources = [provider.eventId, provider.eventType, provider.eventCreatedAt];
  const read = new Set([
    ...sources.flatMap((source) => (source !== undefined && 'header' in source ? [source.header.toLowerCase()] : [])),
    ...expected.flatMap(({ name, role }) => (role === 'id' || role === 'timestamp' ? [name.toLowerCase()] : [])),
  ]);
  const tokenFields = new Set(facts.signatures.flatMap(({ query }) => query ?? []));
  const secrets = [...fixedSecrets, ...requiredHeaders.map(([, value]) => value)]
    .map((bytes) => decodeUtf8(bytes))
    .filter((text) => text !== undefined && text.length >= leastRevealed) as string[];
  const reveals = (text: string) => secrets.some((secret) => text.includes(secret));
  return {
    keeps(given) {
      const name = given.toLowerCase();
      return !secretHeaders.has(name) && (read.has(name) || !secretNames.test(name));
    },
    reveals,
    url(url, isSigned) {
      const start = url.indexOf('?');
      const path = start < 0 ? url : url.slice(0, start);
      const kept = reveals(path) || reveals(decoded(path)) ? '' : path;
      if (start < 0) return kept;
      const fields = url.slice(start + 1).split('&');
      const publicFields = fields.map((field) => {
        const name = field.split('=', 1)[0] as string;
        const plain = decoded(name);
        if (reveals(name) || reveals(plain)) return removed;
        const isSecret = tokenFields.has(plain) || (!isSigned && secretNames.test(plain.toLowerCase()));
        return isSecret || reveals(field) || reveals(decoded(field)) ? `${name}=${removed}` : field;
      });
      return `${kept}?${publicFields.join('&')}`;
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
