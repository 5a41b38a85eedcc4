/** Verifies incoming webhooks over the received bytes, within a replay window, and handles each event once. */

export type { HashName } from './crypto/hmac.ts';
export type { CurveName, SignatureAlgorithm } from './crypto/signature-algorithm.ts';
export type {
  Claim,
  DeadLetterInfo,
  DedupeStore,
  StoredAnswer,
  StoreFinding,
  TransactionalStore,
} from './dedupe.ts';
export type { DeadLetterOptions, DedupeOptions, OrderingOptions } from './dedupe-options.ts';
export { type Delivery, type DeliveryHead, UnverifiedDelivery } from './delivery.ts';
export {
  type ErrorRow,
  errorTable,
  type Fault,
  isWebhookError,
  WebhookError,
  type WebhookErrorCode,
  type WebhookErrorOptions,
} from './errors.ts';
export type { AnyEvent, Identity, WebhookEvent } from './event.ts';
export {
  type EventOf,
  type Handler,
  type HandlerAnswer,
  type HandlerContext,
  type HandlersByType,
  handlers,
} from './handler.ts';
export type { Handshake, HandshakeRequest, HandshakeText, HandshakeValue } from './handshake.ts';
export type { HeaderSource } from './header-fields.ts';
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts';
export type { Outcome } from './outcome.ts';
export {
  type Assumption,
  type Confidence,
  defineProvider,
  type EventMap,
  type PayloadFormat,
  type Provider,
  type ProviderDescription,
  type RetryFacts,
  type SourceFact,
  type UnverifiableProvider,
  type ValueSource,
} from './provider.ts';
export { lintProvider, type ProviderFinding, type ProviderFindingCode } from './provider-lint.ts';
export type { PublicUrl, UrlForm } from './public-url.ts';
export { createReceiver, type ReceiveOptions, type Receiver } from './receiver.ts';
export type {
  HandshakeOptions,
  ReceiverOptions,
  ReceiverPolicy,
  ReceiverWarning,
} from './receiver-options.ts';
export type { TimestampUnit } from './replay-window.ts';
export type { CertificateSource } from './schemes/certificate-keys.ts';
export { type HmacDescription, hmac, rawBodyHmac, standardWebhooksHmac, timestampedHmac } from './schemes/hmac.ts';
export {
  type HttpSignatureAlgorithm,
  type HttpSignatureDescription,
  type HttpSignatureMaterial,
  httpSignature,
} from './schemes/http-signature.ts';
export { type PublicKeyDescription, type PublicKeyMaterial, publicKey } from './schemes/public-key.ts';
export type {
  BoundScheme,
  Key,
  KeyInput,
  KeyMaterial,
  KeyResolver,
  Proof,
  Scheme,
  SchemeOptions,
  SignedParts,
} from './schemes/scheme.ts';
export { type SharedTokenDescription, sharedToken, type TokenSource } from './schemes/shared-token.ts';
export type {
  SignatureDescription,
  SignatureLocation,
  SignatureSource,
  TimestampSource,
} from './schemes/signature-description.ts';
export type { SignedPart } from './schemes/template.ts';
export { type Secret, type SecretEncoding, type SecretFormat, type SecretInput, secretsByTenant } from './secrets.ts';
export type { StandardSchemaV1 } from './standard-schema.ts';
