/** Shared-secret signatures, as data. */

import type { HashName } from '../crypto/hmac.ts';
import type { SecretFormat } from '../keys/decode-secret.ts';
import type { SignatureDescription } from './signed-text/description.ts';

/** A shared-secret signature, described as data. */
export interface HmacDescription extends SignatureDescription {
  readonly hash: HashName;
  /**
   * `hmac` (default, RFC 2104), or `secret_prefix`: the plain hash of the secret followed by the signed text, which a few old schemes use.
   * Anyone who has seen one signature can extend it, unless the text has a fixed end.
   */
  readonly construction?: 'hmac' | 'secret_prefix';
  /** The way secrets become keys. Default: the text's UTF-8 bytes, at least 16 of them. */
  readonly secret?: SecretFormat;
}
