/** `@countersign/core/preset/public-key`: building blocks of presets with public keys, in addition to `@countersign/core/preset`. */

export { certificates } from './schemes/certificates.ts';
export type { PublicKeyMaterial } from './schemes/public-key.ts';
export { publicKeyScheme as publicKey } from './schemes/public-key.ts';
export type { PublicKeyDescription } from './schemes/public-key-description.ts';
