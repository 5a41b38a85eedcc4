/** The reasons why a case cannot be tried for a sender, derived from its description. */

import type { Provider } from '@countersign/core';
import type { SignedPart } from '@countersign/core/describe';
import { describeScheme } from '@countersign/core/describe';
import type { WebhookContractOptions } from './webhook-contract-options.ts';

/** A case is tried if its function finds no reason against it. */
export type LeftOut = (options: WebhookContractOptions) => string | undefined;

/** The header in which a sender puts its signature or token; undefined if it is elsewhere. */
export function signatureHeaderOf({ scheme }: Provider): string | undefined {
  const [place] = describeScheme(scheme).signatures;
  return [place?.header].flat()[0]?.toLowerCase();
}

/** For cases that change the header with the signature. */
export const withoutHeader: LeftOut = ({ provider }) => {
  if (signatureHeaderOf(provider) !== undefined) return undefined;
  const [place] = describeScheme(provider.scheme).signatures;
  return place?.query !== undefined
    ? 'This sender puts its signature into the query of the URL.'
    : 'This sender puts its signature into the body.';
};

/** For cases about the age of a delivery. */
export const withoutTime: LeftOut = ({ provider }) =>
  provider.scheme.signed.timestamp ? undefined : 'This sender signs no timestamp.';

/** For the case in which some place in the body is changed. */
export const withoutBody: LeftOut = ({ provider }) => {
  const { ambiguous: isAmbiguous, parts } = describeScheme(provider.scheme);
  // Names and values that run together are all signed.
  if (provider.scheme.signed.body || isAmbiguous) return undefined;
  if (parts.some(isOfBody)) return 'This sender signs only some values of the body, so others can be changed.';
  return checksumReason(parts) ?? 'This sender does not sign the body.';
};

/** For cases with a body of the test's own, byte for byte. */
export const withoutOwnBytes: LeftOut = ({ provider }) => {
  const { payload = 'json', scheme } = provider;
  const { signatures, timestamp, parts, payload: source } = describeScheme(scheme);
  if (payload === 'form') return 'This sender posts forms, not JSON.';
  if (payload === 'text' || payload === 'bytes') return 'The bodies of this sender are not read as JSON.';
  if (scheme.kind === 'jwt') {
    if (signatures.some(({ body, json }) => body === true || json !== undefined))
      return 'The event of this sender is a token inside the body.';
    if (source === 'claims') return 'The event of this sender is in its token.';
    return scheme.signed.body ? undefined : 'This sender does not sign the body.';
  }
  if (!scheme.signed.body && !parts.some(isOfBody))
    return checksumReason(parts) ?? 'This sender does not sign the body.';
  const places = timestamp === undefined ? signatures : [...signatures, timestamp];
  if (places.some(({ json, form }) => json !== undefined || form !== undefined))
    return 'This sender writes values into the body when it signs, so the bytes cannot be chosen.';
  return parts.length === 0 || parts.some(isWholeBody)
    ? undefined
    : 'This sender signs values of the body, not its bytes.';
};

/** For the case of an event that is sent again with another signature. */
export const withoutId: LeftOut = ({ provider }) =>
  provider.eventId === undefined && describeScheme(provider.scheme).id === undefined && !hasBatchId(provider.batch)
    ? 'No event id is known for this sender, so a new body is a new event.'
    : undefined;

type List = NonNullable<Provider['batch']>;

function hasBatchId(list: List | undefined): boolean {
  return list !== undefined && (list.eventId !== undefined || (list.each ?? []).some((one) => hasBatchId(one)));
}

function isWholeBody(part: SignedPart): boolean {
  if (typeof part !== 'object') return part === 'body';
  return 'bodyDigest' in part || ('form' in part && part.orBody === true);
}

function isOfBody(part: SignedPart): boolean {
  if (isWholeBody(part) || part === 'sorted_form') return true;
  if (typeof part !== 'object') return false;
  if ('compute' in part) return part.covers.includes('body');
  return 'json' in part || 'form' in part || 'sortedFormOrQueryDigest' in part;
}

/** A part that binds nothing by itself, such as a checksum. */
function checksumReason(parts: readonly SignedPart[]): string | undefined {
  const part = parts.find((one) => typeof one === 'object' && 'compute' in one && one.covers.length === 0);
  return typeof part === 'object' && 'compute' in part
    ? `This sender signs the ${part.name}, not the body.`
    : undefined;
}
