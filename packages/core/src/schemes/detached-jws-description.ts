/** Detached JWS, as data. The scheme itself is in `jwt/`, so that only its users load jose. */

import type { Chunk } from '../crypto/hmac.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { JwtAlgorithm } from './jwt-description.ts';
import type { TimestampUnit } from './replay-window.ts';

/** A sender that signs the request with a detached JWS, described as data. */
export interface DetachedJwsDescription {
  /** The header that holds the JWS without its payload: `<header>..<signature>`. */
  readonly header: string;
  /** The algorithms the sender uses, all from one public-key family. Never taken from the JWS. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  /** True if the payload is signed unencoded, with `b64: false` and `crit` in the header (RFC 7797). Default false. */
  readonly unencoded?: boolean;
  /**
   * Sets whether the header must list `b64` in `crit`. Only with `unencoded`.
   *
   * RFC 7797 section 6 requires it, and `required` is the default. `optional` is for senders whose library leaves out
   * `crit`, such as PyJWT; `b64: false` must still be there.
   *
   * @throws options_invalid for another value, or without `unencoded`
   * @see https://www.rfc-editor.org/rfc/rfc7797#section-6
   */
  readonly crit?: 'required' | 'optional';
  /** The place of the timestamp: in the header of the JWS, or in a field of the request that the payload covers. */
  readonly timestamp?: { readonly unit: TimestampUnit } & ({ readonly jose: string } | { readonly header: string });
  /** Values that the header of the JWS must have. */
  readonly requires?: Readonly<Record<string, string | number | boolean>>;
  /** The texts that may have been signed, if it is not just the received body; one matching text is enough. */
  readonly payloads?: {
    readonly name: string;
    /** Fields of the JWS header with their usual values; for signers, never for the verifier. */
    readonly sends?: Readonly<Record<string, string>>;
    /** At most 4. @throws WebhookError if the text cannot be built */
    readonly compute: (
      delivery: Delivery,
      joseHeader: Readonly<Record<string, unknown>>,
      url: () => string,
    ) => readonly (readonly Chunk[])[];
  };
}
