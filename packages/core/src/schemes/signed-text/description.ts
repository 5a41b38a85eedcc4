/** The closed vocabulary of signatures over a text, as types, and conclusions from a description. */

import type { ListGrammar } from '../../delivery/header-fields.ts';
import type { UrlForm } from '../../delivery/public-url.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { SignedParts } from '../signed-parts.ts';
import type { SignedPart } from './signed-part.ts';

/** The place of a value in a delivery: a header, a JSON path in the body, a field of a form body. */
export type SignatureLocation = { readonly header: string } | { readonly json: string } | { readonly form: string };

/** The place of a signature and its format. */
export type SignatureSource = SignatureLocation & {
  /** The encoding of the MAC. Hex is accepted in either case; base64 and base64url only in canonical form. */
  readonly encoding: 'hex' | 'base64' | 'base64url';
  /** Required text before the MAC, such as `sha256=`. */
  readonly prefix?: string;
  /** True if the prefix may be missing. Default false. */
  readonly prefixOptional?: boolean;
  /** For lists of pairs (`t=...,v1=...`): the keys whose values are signatures. Items under other keys are ignored. */
  readonly key?: string | readonly string[];
  /** Between the items of a list. Default `,` where there is a `key`; without one, the value is a single signature. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
  /** True if a space may follow a separator. Default false. */
  readonly spaced?: boolean;
};

/** The place of the timestamp. It counts as signed if `signs` has the part `timestamp`. */
export type TimestampSource = SignatureLocation & {
  readonly unit: TimestampUnit;
  /** For lists of pairs: the key of the item with the timestamp. It may appear only once. */
  readonly key?: string;
  /** Between the items of a list. Default `,`. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
  /** True if a space may follow a separator. Default false. */
  readonly spaced?: boolean;
};

/** The places of a delivery's signatures and the text that they cover; the same for shared secrets and public keys. */
export interface SignatureDescription {
  /** One place, or several of which any may have a matching signature (a sender that rotates with a second header). */
  readonly signature: SignatureSource | readonly SignatureSource[];
  /** Inside a signed body it also counts as signed, even if `signs` does not name it. */
  readonly timestamp?: TimestampSource;
  /** The header with the value of the part `id`. */
  readonly id?: { readonly header: string };
  /** The header with the value of the part `nonce`. */
  readonly nonce?: { readonly header: string };
  /** The header that names the key. If secrets or keys have ids, only the one with that id is tried. */
  readonly keyId?: { readonly header: string };
  /** The signed text, part by part. */
  readonly signs: readonly SignedPart[];
  /**
   * True if the sender's own text can be read in several ways, for example if the names and values of a form run together. `signed.body` is
   * then false, and the digest of the text is the identity of an event. Default false: such a text is refused.
   */
  readonly ambiguous?: boolean;
  /** Forms of the public URL to try, in order, if the part `url` is signed. Default: only `exact`. */
  readonly urlForms?: readonly [UrlForm, ...UrlForm[]];
  /**
   * For a body with individually signed events: the path of the events. JSON places and parts then start at each of them, and every event
   * must have a matching signature.
   */
  readonly each?: string;
  /** Headers that must have a fixed value, such as the version of the scheme. */
  readonly guards?: Readonly<Record<string, string>>;
}

/** The parts that a description signs. */
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
  // A time inside the body is signed if the whole body is, but not if only one field of it or some pairs are.
  const isTimeInBody = signsWholeBody(signs) && timestamp !== undefined && !('header' in timestamp);
  return Object.freeze({
    body,
    id: signs.includes('id') || covers('id'),
    timestamp: signs.includes('timestamp') || covers('timestamp') || (body && isTimeInBody),
  });
}

/** True if the body is signed as it is, directly or by its digest. */
export function signsWholeBody(signs: readonly SignedPart[]): boolean {
  return signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part));
}

/** True if the URL of a request is part of the signed data. */
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

/** A place's name in errors. */
export function placeOf(source: SignatureLocation | undefined): string {
  if (source === undefined) return 'signature';
  return 'header' in source
    ? source.header.toLowerCase()
    : 'json' in source
      ? `body ${source.json}`
      : `form ${source.form}`;
}

/** True if signature and timestamp are in one list. */
export function isSamePlace(left: SignatureSource, right: TimestampSource): boolean {
  const [one, other] = [grammarOf(left), grammarOf(right)];
  const isSameGrammar = one.separator === other.separator && one.assign === other.assign && one.spaced === other.spaced;
  return placeOf(left) === placeOf(right) && isSameGrammar;
}

/** The format of a list, with its defaults. */
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
