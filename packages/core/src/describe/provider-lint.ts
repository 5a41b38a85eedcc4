/**
 * Lists the doubtful points in the description of a sender: not errors, but points that a receiver should compensate for.
 */

import { isIndistinct } from '../provider/event-source.ts';
import type { ProviderDescription } from '../provider/provider.ts';
import { requireTolerance } from '../schemes/replay-window.ts';
import type { OwnScheme, Scheme } from '../schemes/scheme.ts';
import { describeScheme } from './scheme-facts.ts';

/** The kinds of doubts. */
export type ProviderFindingCode =
  | 'body_unsigned'
  | 'body_partial'
  | 'time_unsigned'
  | 'identity_missing'
  | 'hash_weak'
  | 'hash_bare'
  | 'window_wide'
  | 'window_short'
  | 'events_alike'
  | 'body_ambiguous'
  | 'certificate_open';

/** One doubt, and what to do about it. */
export interface ProviderFinding {
  readonly code: ProviderFindingCode;
  readonly message: string;
}

const sentences: Readonly<Record<ProviderFindingCode, string>> = {
  body_unsigned:
    'No signature covers the body: anyone who has seen one delivery can send others with any content. Fetch important data from the sender before acting on it.',
  body_partial: 'Only some fields of the body are signed: anyone can set the others.',
  time_unsigned:
    'No timestamp is signed: a captured delivery can be replayed at any time. Only a dedupe store stops it.',
  identity_missing:
    'No signed id identifies an event, so the digest of the body does: if the sender changes a byte in a retry, the retry counts as a new event. See dedupe.identity.',
  hash_weak:
    'The scheme uses SHA-1. For HMAC that is not broken; for public-key signatures it is, if others choose the text.',
  hash_bare:
    'The scheme hashes the secret in front of the text, which is not an HMAC. Use a newer scheme of the sender if there is one.',
  window_wide:
    'Completed events are forgotten before twice the replay window has passed. Raise dedupe.retentionSeconds.',
  window_short:
    'Retries carry the first signature and come later than the window allows, so an event whose first attempt fails is never accepted. Raise the past side of toleranceSeconds to the horizon of the retries.',
  events_alike:
    'Two events can have the same signed bytes and nothing tells them apart, so each delivery runs, including retries. Make the handler safe to run twice; see dedupe.identity.',
  body_ambiguous:
    'The sender signs names and values that run into each other, so one signature fits several bodies: fields can be split and joined differently. Fetch important data from the sender before acting on it.',
  certificate_open: "The scheme accepts certificates from any host. Set the sender's hosts: certificate.hosts.",
};

const defaultRetentionSeconds = 604_800;

/**
 * Returns the doubts about a description, for tests and tools. `defineProvider` prints them for your own descriptions
 * if `NODE_ENV` is `development`.
 *
 * @example
 * expect(lintProvider(acme)).toEqual([]);
 *
 * @param options.retentionSeconds how long completed events are remembered; default seven days
 */
export function lintProvider(
  provider: ProviderDescription,
  options: { readonly retentionSeconds?: number } = {},
): readonly ProviderFinding[] {
  const { scheme, eventId, identity, retries, toleranceSeconds = 300 } = provider;
  const { past, future } = requireTolerance(toleranceSeconds, 'provider.toleranceSeconds');
  const { signed } = scheme;
  const { parts, ambiguous: isAmbiguous } = describeScheme(scheme);
  const signsFields = parts.some((part) => typeof part === 'object' && 'json' in part);
  const isIdSigned = signed.id || (eventId !== undefined && 'json' in eventId && signed.body);
  const doubts: Readonly<Record<ProviderFindingCode, boolean>> = {
    body_unsigned: !signed.body && !signsFields && !isAmbiguous,
    body_ambiguous: isAmbiguous,
    body_partial: !signed.body && signsFields,
    time_unsigned: !signed.timestamp,
    // If events can have the same bytes, the digest is not the only identity.
    identity_missing: !isIdSigned && identity?.bytesRepeat !== true,
    ...weaknesses(scheme),
    window_short: signed.timestamp && retries?.resigns === false && past < (retries.horizonSeconds ?? 0),
    events_alike: isIndistinct(provider),
    window_wide: signed.timestamp && past + future > (options.retentionSeconds ?? defaultRetentionSeconds),
  };
  return (Object.keys(doubts) as ProviderFindingCode[])
    .filter((code) => doubts[code])
    .map((code) => ({ code, message: sentences[code] }));
}

/** The doubts about a scheme's computation, each with the mistake it allows. */
function weaknesses(scheme: Scheme): Readonly<Record<'hash_weak' | 'hash_bare' | 'certificate_open', boolean>> {
  const none = { hash_weak: false, hash_bare: false, certificate_open: false };
  switch (scheme.kind) {
    case 'hmac': {
      const { hash, construction } = scheme.description;
      return { ...none, hash_weak: hash === 'SHA-1', hash_bare: construction === 'secret_prefix' };
    }
    case 'public_key': {
      const { algorithm, certificate } = scheme.description;
      return {
        ...none,
        hash_weak: 'hash' in algorithm && algorithm.hash === 'SHA-1',
        certificate_open: certificate !== undefined && !((certificate.hosts?.length ?? 0) > 0),
      };
    }
    case 'shared_token':
    case 'jwt':
    case 'detached_jws':
    case 'http_signature':
      return none;
    default:
      scheme satisfies OwnScheme;
      return none;
  }
}
