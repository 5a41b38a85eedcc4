/** All kinds of schemes with their descriptions: the closed list against which tools are checked. */

import type { DetachedJwsDescription } from './detached-jws-description.ts';
import type { HmacDescription } from './hmac-description.ts';
import type { JwtDescription } from './jwt-description.ts';
import type { HttpSignatureDescription } from './message-signature/description.ts';
import type { PublicKeyDescription } from './public-key-description.ts';
import type { SharedTokenDescription } from './shared-token-description.ts';

/**
 * The kind of a scheme and its description, for signers, docs and linters.
 *
 * A closed union, so that `kind` narrows `description`, with one open member for your own schemes: their kinds begin with `custom_`, and
 * nothing reads their descriptions.
 */
export type SchemeDescription =
  | { readonly kind: 'hmac'; readonly description: HmacDescription }
  | { readonly kind: 'public_key'; readonly description: PublicKeyDescription }
  | { readonly kind: 'shared_token'; readonly description: SharedTokenDescription }
  | { readonly kind: 'jwt'; readonly description: JwtDescription }
  | { readonly kind: 'detached_jws'; readonly description: DetachedJwsDescription }
  | { readonly kind: 'http_signature'; readonly description: HttpSignatureDescription }
  | { readonly kind: OwnSchemeKind; readonly description: unknown };

/** The kind of your own scheme, such as `custom_acme`. Part of the dedupe key. */
export type OwnSchemeKind = `custom_${string}`;

/** Short name of a scheme. Part of the dedupe key. */
export type SchemeKind = SchemeDescription['kind'];
