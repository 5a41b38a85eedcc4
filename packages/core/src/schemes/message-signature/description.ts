/** HTTP message signatures, as data. */

/** An algorithm by its name in the IANA registry (RFC 9421 section 6.2). */
export type HttpSignatureAlgorithm =
  | 'hmac-sha256'
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'ecdsa-p384-sha384'
  | 'rsa-v1_5-sha256'
  | 'rsa-pss-sha512';

/** A sender that signs messages with RFC 9421, described as data. */
export interface HttpSignatureDescription {
  /** The one algorithm that the sender uses. A parameter `alg` must name the same one; it is never followed. */
  readonly algorithm: HttpSignatureAlgorithm;
  /**
   * Identifiers that must be covered: fields in lower case, `@method`, `@target-uri`, `@authority`, `@path`, ... A
   * signature may cover more. Without `content-digest` the body is not proved, and `signed.body` is false.
   */
  readonly components: readonly [string, ...string[]];
  /** The label of the signature. Default: every signature of the message is checked. */
  readonly label?: string;
  /** The parameter `tag` of the sender's signatures. */
  readonly tag?: string;
  /**
   * Sets whether the parameter `created` is required. Default `required`.
   *
   * `optional` is for senders whose protocol leaves it out, and only if something else detects a replay: the
   * description must have
   * `requires: ['nonce']`, or `id`, and the receiver needs `dedupe`, without which it warns. If `created` is present, it must
   * still be in the replay window. Without it, `event.signedAt` is undefined and `event.signed.timestamp` false.
   *
   * @throws options_invalid for another value, or for `optional` without a required `nonce` and without `id`
   */
  readonly created?: 'required' | 'optional';
  /**
   * The header whose value is the id of the event, such as `idempotency-key`. It must be one of `components`. A
   * delivery in which it is missing or blank is refused.
   *
   * @throws options_invalid if `components` do not name it
   */
  readonly id?: { readonly header: string };
  /**
   * Parameters that a signature must have besides `created`. Default none.
   *
   * @throws options_invalid for another name
   */
  readonly requires?: readonly ('nonce' | 'keyid')[];
}
