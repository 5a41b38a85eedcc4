/** `@countersign/core/preset/public-key`: what the presets of senders with public keys are made of beside `@countersign/core/preset`. */

export { certificates } from './schemes/certificates.ts';
export type { PublicKeyMaterial } from './schemes/public-key.ts';
export { publicKeyScheme as publicKey } from './schemes/public-key.ts';
export type { PublicKeyDescription } from './schemes/public-key-description.ts';
