/** The possible parts of a signed text. */

import type { HashName } from '../../crypto/hmac.ts';
import type { Delivery } from '../../delivery/delivery.ts';

/**
 * One part of the signed text.
 *
 * `body`: the received bytes. `timestamp`, `id`, `nonce`: the text at the place the description names, as received. `url`: the public URL.
 * `method`: in upper case. `sorted_form`: each field of a form body as name and value without a separator, sorted by name, a repeated name
 * once for each of its distinct sorted values.
 */
export type SignedPart =
  | 'body'
  | 'timestamp'
  | 'id'
  | 'nonce'
  | 'url'
  | 'method'
  | 'sorted_form'
  | { readonly text: string }
  | { readonly header: string }
  /**
   * The value at a path of the JSON body; without `otherwise` it is required. `free`: it may contain the text that separates it from its
   * neighbours. One part of a text may.
   */
  | { readonly json: string; readonly otherwise?: string; readonly free?: boolean }
  /**
   * A field of a form body, which must appear once. `payload`: it contains the whole event, so the body counts as signed and
   * `event.payload` only has the signed fields. `orBody`: if the body does not begin with the field's name, the body itself is the text.
   * `minLength`: minimum number of characters, which distinguishes deliveries from texts that a handshake signs.
   */
  | { readonly form: string; readonly payload?: boolean; readonly orBody?: boolean; readonly minLength?: number }
  /**
   * `sorted_form`; or nothing, if the query has a parameter with the digest of the body in hex, which is then checked: the signed URL binds
   * it.
   */
  | { readonly sortedFormOrQueryDigest: { readonly query: string; readonly hash: HashName } }
  /** The digest of the received body, as text. */
  | { readonly bodyDigest: HashName; readonly encoding: 'hex' | 'base64' }
  /** A text of name and value pairs that only one sender makes. */
  | ComputedPart;

/** A text that only one sender makes. */
export interface ComputedPart {
  /** Its description. */
  readonly name: string;
  /** The parts of the delivery that it binds. */
  readonly covers: readonly ('body' | 'id' | 'timestamp' | 'url')[];
  /** The text between the name and the value of a pair, and after each pair. */
  readonly layout: PairLayout;
  /** Number of pairs in every text. Required if another part follows directly. */
  readonly pairCount?: number;
  /** True if `event.payload` is made of the pairs, since the body contains more than the signed data. Default false. */
  readonly payload?: boolean;
  /** Headers with the values of most deliveries; for signers, never for the verifier. */
  readonly sends?: Readonly<Record<string, string>>;
  /**
   * The pairs of a delivery, in order.
   *
   * @throws WebhookError if the text cannot be built
   */
  readonly compute: (delivery: Delivery, url: () => string) => readonly SignedPair[];
}

/** One line of a canonical text. */
export interface SignedPair {
  /** Empty if the text only has values. */
  readonly name: string;
  readonly value: string;
  /** True if the value may contain the text that separates pairs. One of a text may. */
  readonly free?: boolean;
}

/** The text between the name and the value of a pair, and after each pair. */
export interface PairLayout {
  readonly assign: string;
  readonly end: string;
}
