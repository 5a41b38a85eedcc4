/** The head of a delivery and its proof as bytes, without secrets, and back. */

import type { Delivery } from '../delivery/delivery.ts';
import { describeScheme } from '../describe/scheme-facts.ts';
import { decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { Provider } from '../provider/provider.ts';
import type { Proof } from '../schemes/scheme.ts';

/** Names of headers and query fields that carry secrets or tokens of proxies, platforms and senders. */
const secretNames =
  /auth|cookie|credential|passw|secret|session|signature|token|api-?key|^x-.*-key$|^(?:key|sig|hmac|code)$/;
const removed = 'removed';

/** The names of headers that are not stored for a provider. */
export interface HeadRule {
  readonly isSecretHeader: (name: string) => boolean;
  readonly secretFields: ReadonlySet<string>;
}

/**
 * The rule for a provider: nothing that its scheme reads as a signature or token, no required header of the app, and no name that sounds
 * like a secret, unless the provider reads an id, a type or a time there.
 */
export function headRuleFor(provider: Provider, requiredHeaders: readonly string[]): HeadRule {
  const facts = describeScheme(provider.scheme);
  const signatures = facts.signatures.flatMap(({ header }) => (header === undefined ? [] : [header].flat()));
  const expected = facts.headers.flat();
  const secret = new Set([
    ...signatures.map((name) => name.toLowerCase()),
    ...expected.flatMap(({ name, role }) => (role === 'signature' ? [name] : [])),
    ...requiredHeaders,
  ]);
  const sources = [provider.eventId, provider.eventType, provider.eventCreatedAt];
  const read = new Set([
    ...sources.flatMap((source) => (source !== undefined && 'header' in source ? [source.header.toLowerCase()] : [])),
    ...expected.flatMap(({ name, role }) => (role === 'id' || role === 'timestamp' ? [name] : [])),
  ]);
  return {
    isSecretHeader: (name) => secret.has(name) || (secretNames.test(name) && !read.has(name)),
    secretFields: new Set(facts.signatures.flatMap(({ query }) => query ?? [])),
  };
}

/** Everything that a handler sees of a request besides its body. */
export function encodeHead(event: VerifiedEvent, rule: HeadRule): Uint8Array {
  const { headers, url, method } = event.head;
  const { payload, headers: signed, headerValues, signed: parts, ...proof } = event.proof;
  const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const kept = fields.flatMap(([name, value]) =>
    rule.isSecretHeader(name.toLowerCase()) ? [] : [value ?? []].flat().map((line) => [name, line]),
  );
  return encodeUtf8(
    JSON.stringify({
      version: 1,
      method,
      url: url === undefined ? undefined : withoutSecrets(url, (name) => secretNames.test(name), rule),
      headers: kept,
      proof: {
        secretId: proof.secretId,
        signedAt: proof.signedAt,
        id: proof.id,
        tenant: proof.tenant,
        url: proof.url === undefined ? undefined : withoutSecrets(proof.url, () => false, rule),
        signedUrl: proof.signedUrl === undefined ? undefined : withoutSecrets(proof.signedUrl, () => false, rule),
        signed: parts,
        payload: payload === undefined ? undefined : encodeValue(payload.value),
        headers: signed === undefined ? undefined : [...signed],
        headerValues:
          headerValues === undefined ? undefined : [...headerValues].filter(([name]) => !rule.isSecretHeader(name)),
      },
    }),
  );
}

/** @returns undefined if it is not such a head */
export function decodeHead(bytes: Uint8Array, body: Uint8Array): { delivery: Delivery; proof: Proof } | undefined {
  try {
    const { version, method, url, headers, proof } = JSON.parse(decodeUtf8(bytes) ?? '') as {
      readonly version: number;
      readonly method?: string;
      readonly url?: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly proof: Omit<Proof, 'payload' | 'headers' | 'headerValues'> & {
        readonly payload?: EncodedValue;
        readonly headers?: readonly string[];
        readonly headerValues?: readonly (readonly [string, string])[];
      };
    };
    if (version !== 1) return undefined;
    const { payload, headers: signed, headerValues, ...rest } = proof;
    return {
      delivery: { body, headers, ...(url !== undefined && { url }), ...(method !== undefined && { method }) },
      proof: {
        ...rest,
        signedAt: rest.signedAt ?? undefined,
        ...(payload !== undefined && { payload: { value: decodeValue(payload) } }),
        ...(signed !== undefined && { headers: new Set(signed) }),
        ...(headerValues !== undefined && { headerValues: new Map(headerValues) }),
      },
    };
  } catch {
    return undefined;
  }
}

type EncodedValue = { readonly json: unknown } | { readonly bytes: string } | Record<string, never>;

function encodeValue(value: unknown): EncodedValue {
  if (value === undefined) return {};
  return value instanceof Uint8Array ? { bytes: encodeBase64Url(value) } : { json: value };
}

function decodeValue(value: EncodedValue): unknown {
  return 'bytes' in value ? decodeBase64Url(value.bytes as string) : value.json;
}

/** Replaces the values of query fields with secrets, byte by byte the same otherwise. */
function withoutSecrets(url: string, isSecret: (name: string) => boolean, { secretFields }: HeadRule): string {
  const start = url.indexOf('?');
  if (start < 0) return url;
  const fields = url
    .slice(start + 1)
    .split('&')
    .map((field) => {
      const [name = ''] = field.split('=');
      const plain = decodeName(name);
      return secretFields.has(plain) || isSecret(plain.toLowerCase()) ? `${name}=${removed}` : field;
    });
  return `${url.slice(0, start)}?${fields.join('&')}`;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
