/** `@countersign/core/public-key`: senders that sign with a private key: Ed25519, ECDSA or RSA. */

export { publicKey } from './schemes/described-public-key.ts';
export type { PublicKeyMaterial } from './schemes/public-key.ts';
export type { PublicKeyDescription } from './schemes/public-key-description.ts';
