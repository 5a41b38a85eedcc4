/** `@countersign/core/http-signature`: HTTP Message Signatures (RFC 9421). */

export {
  type HttpSignatureAlgorithm,
  type HttpSignatureDescription,
  type HttpSignatureMaterial,
  httpSignature,
} from './schemes/message-signature/http-signature.ts';
