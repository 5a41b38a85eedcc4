/** The head of a delivery and its proof as JSON, without secrets, and back. */

import type { DeliveryHead } from '../delivery/delivery.ts';
import { decodeBase64Url, encodeBase64Url } from '../encoding.ts';
import type { Proof } from '../schemes/scheme.ts';
import type { PublicParts } from './public-parts.ts';

/** Everything that a handler sees of a request besides its body. */
export interface StoredHead {
  readonly method?: string;
  readonly url?: string;
  /** Names in lower case; a header of several lines has several pairs. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A proof without what only serves to find the identity, which is stored with the event. */
export interface StoredProof extends Pick<Proof, 'secretId' | 'signed'> {
  readonly signedAt?: number;
  readonly id?: string;
  readonly tenant?: string;
  readonly payload?: StoredValue;
  readonly headers?: readonly string[];
  readonly headerValues?: readonly (readonly [name: string, value: string])[];
  readonly url?: string;
  readonly signedUrl?: string;
}

/** A payload that a token held: JSON, bytes in base64url, or none. */
type StoredValue = { readonly json: unknown } | { readonly bytes: string } | Record<string, never>;

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
    ...(url !== undefined && { url: parts.url(url, false) }),
    headers: kept,
  };
}

export function storedProofOf(proof: Proof, parts: PublicParts): StoredProof {
  const { secretId, signedAt, id, tenant, signed, payload, headers, headerValues, url, signedUrl } = proof;
  const isPublic = ([name, value]: readonly [string, string]) => parts.keeps(name) && !parts.reveals(value);
  return {
    secretId,
    signed,
    ...(signedAt !== undefined && { signedAt }),
    ...(id !== undefined && { id }),
    ...(tenant !== undefined && { tenant }),
    ...(payload !== undefined && { payload: storedValueOf(payload.value) }),
    ...(headers !== undefined && { headers: [...headers] }),
    ...(headerValues !== undefined && { headerValues: [...headerValues].filter(isPublic) }),
    ...(url !== undefined && { url: parts.url(url, true) }),
    ...(signedUrl !== undefined && { signedUrl: parts.url(signedUrl, true) }),
  };
}

export function restoredProofOf(stored: StoredProof): Proof {
  const { secretId, signed, signedAt, id, tenant, payload, headers, headerValues, url, signedUrl } = stored;
  return {
    secretId,
    signed,
    signedAt,
    id,
    tenant,
    url,
    signedUrl,
    ...(payload !== undefined && { payload: { value: restoredValueOf(payload) } }),
    ...(headers !== undefined && { headers: new Set(headers) }),
    ...(headerValues !== undefined && { headerValues: new Map(headerValues) }),
  };
}

function storedValueOf(value: unknown): StoredValue {
  if (value === undefined) return {};
  return value instanceof Uint8Array ? { bytes: encodeBase64Url(value) } : { json: value };
}

function restoredValueOf(value: StoredValue): unknown {
  return 'bytes' in value ? decodeBase64Url(value.bytes as string) : value.json;
}
