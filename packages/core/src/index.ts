/** Verifies incoming webhooks over the received bytes, within a replay window, and handles each event once. */

export { noteOf, withCause } from './answer-cause.ts';
export type { HashName } from './crypto/hmac.ts';
export type { HostPattern } from './crypto/host-pattern.ts';
export type { CurveName, SignatureAlgorithm } from './crypto/signature-algorithm.ts';
export type {
  Claim,
  DeadLetterInfo,
  DedupeStore,
  ReleaseOptions,
  StoredAnswer,
  StoreFinding,
  TransactionalStore,
  TransactionEnd,
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
export type { EventList, IdentityFacts, ValueSource } from './event-source.ts';
export {
  type EventOf,
  type Handler,
  type HandlerAnswer,
  type HandlerContext,
  type HandlersByType,
  handlers,
} from './handler.ts';
export type { Handshake, HandshakeRequest, HandshakeText, HandshakeValue } from './handshake.ts';
export type { HandshakeGrammar } from './handshake-grammar.ts';
export type { HeaderSource } from './header-fields.ts';
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts';
export type { Outcome } from './outcome.ts';
export type { PayloadFormat } from './payload.ts';
export {
  type Assumption,
  type Confidence,
  defineProvider,
  type EventMap,
  type Provider,
  type ProviderDescription,
  type RedirectFact,
  type RetryFacts,
  type SourceFact,
  type StatusPattern,
  type UnverifiableProvider,
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
export type { ReplayTolerance, TimestampUnit } from './replay-window.ts';
export { joinPairs, type PairLayout, type SignedPair } from './schemes/canonical-text.ts';
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
export type { ComputedPart, SignedPart } from './schemes/template.ts';
export type { SecretEncoding, SecretFormat } from './secret-text.ts';
export {
  type FoundSecrets,
  type Secret,
  type SecretInput,
  secretsByTenant,
  type TenantSecrets,
} from './secrets.ts';
export type { StandardSchemaV1 } from './standard-schema.ts';
