/** `@countersign/core/http-signature`: HTTP Message Signatures (RFC 9421). */

export type { HttpSignatureAlgorithm, HttpSignatureDescription } from './schemes/message-signature/description.ts';
export { type HttpSignatureMaterial, httpSignature } from './schemes/message-signature/http-signature.ts';
