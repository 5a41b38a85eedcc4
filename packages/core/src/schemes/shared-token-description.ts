/** Bearer tokens, as data. */

import type { SecretFormat } from '../keys/decode-secret.ts';

/** Where the token stands. */
export type TokenSource =
  | {
      /** One header name, or several of which at least one has to be there; each that is there has to match. */
      readonly header: string | readonly string[];
      /** `Bearer` and `JWT` stand before the token; with `Basic` the secret is `name:password`. */
      readonly scheme?: 'Basic' | 'Bearer' | 'JWT';
    }
  | { readonly query: string }
  /** A path in a JSON body; with `*` every element has to hold the token. */
  | { readonly json: string };

/** A bearer token, described as data. */
export interface SharedTokenDescription {
  readonly token: TokenSource;
  /** Default: the token's text, at least 16 bytes. */
  readonly secret?: SecretFormat;
}
