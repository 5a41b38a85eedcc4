/** Bearer tokens, as data. */

import type { SecretFormat } from '../keys/decode-secret.ts';

/** The place of the token. */
export type TokenSource =
  | {
      /** One header name, or several of which at least one must be present; each that is present must match. */
      readonly header: string | readonly string[];
      /** `Bearer` and `JWT` come before the token; with `Basic` the secret is `name:password`. */
      readonly scheme?: 'Basic' | 'Bearer' | 'JWT';
    }
  | { readonly query: string }
  /** A path in a JSON body; with `*` every element must contain the token. */
  | { readonly json: string };

/** A bearer token, described as data. */
export interface SharedTokenDescription {
  readonly token: TokenSource;
  /** Default: the token's text, at least 16 bytes. */
  readonly secret?: SecretFormat;
}
