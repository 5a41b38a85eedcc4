/** Signatures by private keys, as data. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import type { CertificateSource } from '../keys/certificate-keys.ts';
import type { SignatureDescription } from './signed-text/description.ts';

/** A signature made with a private key, described as data. */
export interface PublicKeyDescription extends SignatureDescription {
  readonly algorithm: SignatureAlgorithm;
  /** A prefix of the text form of keys that may stand before it, such as `whpk_`. */
  readonly keyPrefix?: string;
  /** The place of the certificate whose key made the signature. The receiver then has no `keys`. */
  readonly certificate?: CertificateSource;
}
