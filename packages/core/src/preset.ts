/**
 * `@countersign/core/preset`: building blocks of the presets in `@countersign/providers`. Use `@countersign/core` for your own
 * descriptions.
 */

export { handshakes } from './provider/answer-handshakes.ts';
export { batches } from './provider/batches.ts';
export { forms } from './provider/forms.ts';
export type { Handshakes } from './provider/handshake.ts';
export { definePreset } from './provider/preset.ts';
export type { EventMap, Provider, ProviderDescription } from './provider/provider.ts';
export { hmacScheme as hmac } from './schemes/hmac.ts';
export type { HmacDescription } from './schemes/hmac-description.ts';
export { rawBodyHmac, standardWebhooksHmac, timestampedHmac } from './schemes/hmac-shapes.ts';
export { plainHash } from './schemes/plain-hash.ts';
export type { KeyMaterial, Scheme } from './schemes/scheme.ts';
export { bodyValues } from './schemes/signed-text/body-values.ts';
export { composedText } from './schemes/signed-text/composed-text.ts';
export { computedText, joinPairs } from './schemes/signed-text/computed-text.ts';
export { signedUrl } from './schemes/signed-text/signed-url.ts';
export type { SchemeFeature } from './schemes/signed-text/template.ts';
