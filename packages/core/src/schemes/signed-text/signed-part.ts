/** What a signed text can be made of. */

import type { HashName } from '../../crypto/hmac.ts';
import type { Delivery } from '../../delivery/delivery.ts';

/**
 * One part of the signed text.
 *
 * `body`: the received bytes. `timestamp`, `id`, `nonce`: the text at the place the description names, as received.
 * `url`: the public URL. `method`: in upper case. `sorted_form`: each field of a form body as name and value without
 * anything between, sorted by name, a repeated name once for each of its distinct sorted values.
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
   * The value at a path of the JSON body; without `otherwise` it has to be there. `free`: it may contain the text that
   * separates it from its neighbours. One part of a text may.
   */
  | { readonly json: string; readonly otherwise?: string; readonly free?: boolean }
  /**
   * A field of a form body, which has to be there once. `payload`: it holds the whole event, so that the body counts as
   * signed and `event.payload` has the signed fields alone. `orBody`: where the body does not begin with the field's name, the
   * body itself is the text. `minLength`: fewest characters, which sets deliveries apart from what a handshake signs.
   */
  | { readonly form: string; readonly payload?: boolean; readonly orBody?: boolean; readonly minLength?: number }
  /**
   * `sorted_form`; or nothing, where the query has a parameter with the digest of the body in hex, which is then checked:
   * the signed URL binds it.
   */
  | { readonly sortedFormOrQueryDigest: { readonly query: string; readonly hash: HashName } }
  /** The digest of the received body, as text. */
  | { readonly bodyDigest: HashName; readonly encoding: 'hex' | 'base64' }
  /** A text that one sender alone makes, of name and value pairs. */
  | ComputedPart;

/** A text that one sender alone makes. */
export interface ComputedPart {
  /** What it is. */
  readonly name: string;
  /** What of the delivery it binds. */
  readonly covers: readonly ('body' | 'id' | 'timestamp' | 'url')[];
  /** What stands between the name and the value of a pair, and behind each pair. */
  readonly layout: PairLayout;
  /** How many pairs every text has. Needed where another part follows at once. */
  readonly pairCount?: number;
  /** True if `event.payload` is made of the pairs, since the body holds more than what is signed. Default false. */
  readonly payload?: boolean;
  /** Headers that take part, with the values that most deliveries have; for signers, never for the verifier. */
  readonly sends?: Readonly<Record<string, string>>;
  /**
   * The pairs of a delivery, in their order.
   *
   * @throws WebhookError for a delivery of which the text cannot be made
   */
  readonly compute: (delivery: Delivery, url: () => string) => readonly SignedPair[];
}

/** One line of a canonical text. */
export interface SignedPair {
  /** Empty where the text has values alone. */
  readonly name: string;
  readonly value: string;
  /** True if the value may hold what separates pairs. One of a text may. */
  readonly free?: boolean;
}

/** What stands between the name and the value of a pair, and behind each pair. */
export interface PairLayout {
  readonly assign: string;
  readonly end: string;
}
