/** Detached JWS, as data. The scheme itself is in `jwt/`, so that only its users load jose. */

import type { Chunk } from '../crypto/hmac.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { JwtAlgorithm } from './jwt-description.ts';
import type { TimestampUnit } from './replay-window.ts';

/** A sender that signs the request by a detached JWS, described as data. */
export interface DetachedJwsDescription {
  /** The header that holds the JWS without its payload: `<header>..<signature>`. */
  readonly header: string;
  /** The algorithms the sender uses, all of one family of public keys. Never taken from the JWS. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  /** Whether the payload is signed as it is, with `b64: false` and `crit` in the header (RFC 7797). Default false. */
  readonly unencoded?: boolean;
  /**
   * Whether the header has to list `b64` in `crit`. Only with `unencoded`.
   *
   * RFC 7797 section 6 demands it, and `required` is the default. `optional` is for senders whose library leaves `crit` out, such as
   * PyJWT; `b64: false` has to be there all the same.
   *
   * @throws options_invalid for another value, or without `unencoded`
   * @see https://www.rfc-editor.org/rfc/rfc7797#section-6
   */
  readonly crit?: 'required' | 'optional';
  /** Where the time stands: in the header of the JWS, or in a field of the request that the payload covers. */
  readonly timestamp?: { readonly unit: TimestampUnit } & ({ readonly jose: string } | { readonly header: string });
  /** Values that the header of the JWS has to have. */
  readonly requires?: Readonly<Record<string, string | number | boolean>>;
  /** What may have been signed, where it is not the received body alone; one text that fits is enough. */
  readonly payloads?: {
    readonly name: string;
    /** Fields of the JWS header that take part, as most deliveries have them; for signers, never for the verifier. */
    readonly sends?: Readonly<Record<string, string>>;
    /** At most 4. @throws WebhookError for a delivery of which the text cannot be made */
    readonly compute: (
      delivery: Delivery,
      joseHeader: Readonly<Record<string, unknown>>,
      url: () => string,
    ) => readonly (readonly Chunk[])[];
  };
}
