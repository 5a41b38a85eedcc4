/** HTTP message signatures, as data. */

/** An algorithm by its name in the IANA registry (RFC 9421 section 6.2). */
export type HttpSignatureAlgorithm =
  | 'hmac-sha256'
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'ecdsa-p384-sha384'
  | 'rsa-v1_5-sha256'
  | 'rsa-pss-sha512';

/** A sender that signs messages by RFC 9421, described as data. */
export interface HttpSignatureDescription {
  /** The one algorithm the sender uses. A parameter `alg` has to say the same; it is never followed. */
  readonly algorithm: HttpSignatureAlgorithm;
  /**
   * Identifiers that have to be covered: fields in lower case, `@method`, `@target-uri`, `@authority`, `@path`, ... A signature
   * may cover more. Without `content-digest` nothing is said about the body, and `signed.body` is false.
   */
  readonly components: readonly [string, ...string[]];
  /** The label of the signature. Default: every signature of the message is looked at. */
  readonly label?: string;
  /** The parameter `tag` that a signature of the sender has. */
  readonly tag?: string;
  /**
   * Whether the parameter `created` has to be there. Default `required`.
   *
   * `optional` is for senders whose protocol leaves it out, and only where something tells a replay: then the description has
   * `nonce: true`, or `id`, and the receiver needs `dedupe`, without which it warns. A `created` that is there is held to the replay window all the same. Without one, `event.signedAt` is
   * undefined and `event.signed.timestamp` false.
   *
   * @throws options_invalid for another value, or for `optional` without `nonce: true` and without `id`
   */
  readonly created?: 'required' | 'optional';
  /** Whether the parameter `nonce` has to be there. Default false. */
  readonly nonce?: boolean;
  /**
   * The header whose value is the id of the event, such as `idempotency-key`. It has to be one of `components`. A delivery in which it
   * is missing or blank is refused.
   *
   * @throws options_invalid where `components` do not name it
   */
  readonly id?: { readonly header: string };
  /** Whether the parameter `keyid` has to be there. Default false. */
  readonly keyId?: boolean;
}
