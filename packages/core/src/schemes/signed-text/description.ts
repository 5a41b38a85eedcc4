/** The closed vocabulary of signatures over a text, as types, and what follows from a description. */

import type { ListGrammar } from '../../delivery/header-fields.ts';
import type { UrlForm } from '../../delivery/public-url.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { SignedParts } from '../signed-parts.ts';
import type { SignedPart } from './signed-part.ts';

/** Where a value stands in a delivery: a header, a JSON path in the body, a field of a form body. */
export type SignatureLocation = { readonly header: string } | { readonly json: string } | { readonly form: string };

/** Where a signature stands and in which grammar. */
export type SignatureSource = SignatureLocation & {
  /** How the MAC is written. Hex is accepted in either case; base64 and base64url in canonical form only. */
  readonly encoding: 'hex' | 'base64' | 'base64url';
  /** Text that has to stand before the MAC, such as `sha256=`. */
  readonly prefix?: string;
  /** True if the prefix may be missing. Default false. */
  readonly prefixOptional?: boolean;
  /** For lists of pairs (`t=...,v1=...`): the keys whose values are signatures. Items under other keys are ignored. */
  readonly key?: string | readonly string[];
  /** Between the items of a list. Default `,` where there is a `key`; without one, the value is a single signature. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
  /** True if a space may stand behind a separator. Default false. */
  readonly spaced?: boolean;
};

/** Where the timestamp stands. It counts as signed when `signs` has the part `timestamp`. */
export type TimestampSource = SignatureLocation & {
  readonly unit: TimestampUnit;
  /** For lists of pairs: the key of the item that holds the timestamp. It may stand once. */
  readonly key?: string;
  /** Between the items of a list. Default `,`. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
  /** True if a space may stand behind a separator. Default false. */
  readonly spaced?: boolean;
};

/** Where the signatures of a delivery stand and what they are made over; the same for shared secrets and public keys. */
export interface SignatureDescription {
  /** One place, or several of which any may carry a matching signature (a sender that rotates by a second header). */
  readonly signature: SignatureSource | readonly SignatureSource[];
  /** Inside a signed body it counts as signed too, also where `signs` does not name it. */
  readonly timestamp?: TimestampSource;
  /** The header whose value the part `id` stands for. */
  readonly id?: { readonly header: string };
  /** The header whose value the part `nonce` stands for. */
  readonly nonce?: { readonly header: string };
  /** The header that names the key. Where secrets or keys have ids, only the one of that id is tried. */
  readonly keyId?: { readonly header: string };
  /** The signed text, part by part. */
  readonly signs: readonly SignedPart[];
  /**
   * True if the sender's own text can be read in several ways, as where the names and values of a form run together. Then
   * `signed.body` is false, and the digest of the text is the identity of an event. Default false: such a text is refused.
   */
  readonly ambiguous?: boolean;
  /** Forms of the public URL to try, in their order, where the part `url` is signed. Default: `exact` alone. */
  readonly urlForms?: readonly [UrlForm, ...UrlForm[]];
  /**
   * For a body whose events are signed one by one: the path of the events. JSON places and parts then start at each
   * of them, and every one has to have a matching signature.
   */
  readonly each?: string;
  /** Headers that must hold a fixed value, such as the version of the scheme. */
  readonly guards?: Readonly<Record<string, string>>;
}

/** Which parts a description signs. */
export function signedPartsOf({ signs, timestamp, ambiguous = false }: SignatureDescription): SignedParts {
  const covers = (what: 'body' | 'id' | 'timestamp') =>
    signs.some((part) => typeof part === 'object' && 'compute' in part && part.covers.includes(what));
  const body =
    !ambiguous &&
    (covers('body') ||
      signs.some((part) => {
        if (typeof part !== 'object') return part === 'body';
        return 'bodyDigest' in part || ('form' in part && part.payload === true);
      }));
  // A time inside the body is signed where the whole body is, and not where one field of it or some pairs are.
  const isWhole = signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part));
  const isTimeInBody = isWhole && timestamp !== undefined && !('header' in timestamp);
  return Object.freeze({
    body,
    id: signs.includes('id') || covers('id'),
    timestamp: signs.includes('timestamp') || covers('timestamp') || (body && isTimeInBody),
  });
}

/** True if the address of a request takes part in what is signed. */
export function signsUrl({ signs }: SignatureDescription): boolean {
  return signs.some(
    (part) => part === 'url' || (typeof part === 'object' && 'compute' in part && part.covers.includes('url')),
  );
}

/** The headers whose values are signed, in lower case. */
export function signedHeadersOf({ signs, id }: SignatureDescription): ReadonlySet<string> {
  const names = signs.flatMap((part) =>
    typeof part === 'object' && 'header' in part ? [part.header.toLowerCase()] : [],
  );
  return new Set(id !== undefined && signs.includes('id') ? [...names, id.header.toLowerCase()] : names);
}

/** What errors call a place. */
export function placeOf(source: SignatureLocation | undefined): string {
  if (source === undefined) return 'signature';
  return 'header' in source
    ? source.header.toLowerCase()
    : 'json' in source
      ? `body ${source.json}`
      : `form ${source.form}`;
}

/** True if signature and timestamp stand in one list. */
export function isSamePlace(left: SignatureSource, right: TimestampSource): boolean {
  const [one, other] = [grammarOf(left), grammarOf(right)];
  const isSameGrammar = one.separator === other.separator && one.assign === other.assign && one.spaced === other.spaced;
  return placeOf(left) === placeOf(right) && isSameGrammar;
}

/** The grammar of a list, with its defaults. */
export function grammarOf(source: {
  readonly separator?: string;
  readonly assign?: string;
  readonly spaced?: boolean;
}): ListGrammar {
  return { separator: source.separator ?? ',', assign: source.assign ?? '=', spaced: source.spaced ?? false };
}

/** The places of signatures, always as a list. */
export function sourcesOf(description: SignatureDescription): readonly SignatureSource[] {
  return [description.signature].flat();
}
