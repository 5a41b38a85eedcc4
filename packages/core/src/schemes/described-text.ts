/** The description of a signed text, if a scheme has one. */

import type { Scheme } from './scheme.ts';
import type { SignatureDescription } from './signed-text/description.ts';

/** Undefined for schemes whose signed text is not described part by part. */
export function describedText(scheme: Scheme): SignatureDescription | undefined {
  return scheme.kind === 'hmac' || scheme.kind === 'public_key' ? scheme.description : undefined;
}
