/** Verifies incoming webhooks over the received bytes, within a replay window, and handles each event once. */

export {
  type Archive,
  type ArchiveEntry,
  type ArchiveEntryDetails,
  type ArchiveFilter,
  type ArchiveListOptions,
  type ArchiveMethods,
  type ArchiveOptions,
  type ArchiveOutcome,
  type ArchivePage,
  archiveKey,
  type EntryNote,
  type EntryQuery,
  type FoundEntry,
  type NewEntry,
  type PruneOptions,
  type StoredBytes,
  type StoredEntry,
} from './archive/archive.ts';
export type { ReplayOptions } from './archive/archive-protocol.ts';
export { defineArchive } from './archive/define-archive.ts';
export type { DeadLetterOptions, DedupeOptions, OrderingOptions } from './claims/dedupe-options.ts';
export {
  type Claim,
  claimsKey,
  type DeadLetterInfo,
  type DedupeStore,
  type ReleaseOptions,
  type StoredResponse,
  type StoreFinding,
  type StoreMethods,
  type TransactionalMethods,
  type TransactionalStore,
  type TransactionEnd,
} from './claims/store.ts';
export {
  type BodyLimits,
  type Delivery,
  type DeliveryHead,
  type IncomingDelivery,
  type ReadBody,
  UnverifiedDelivery,
} from './delivery/delivery.ts';
export type { HeaderSource } from './delivery/header-fields.ts';
export type { PublicUrl } from './delivery/public-url.ts';
export type { UnsignedRequest } from './delivery/unsigned-request.ts';
export {
  type ErrorRow,
  errorTable,
  type Fault,
  isWebhookError,
  WebhookError,
  type WebhookErrorCode,
  type WebhookErrorOptions,
} from './errors.ts';
export type { AnyEvent, Identity, WebhookEvent } from './event/event.ts';
export type {
  AlwaysSent,
  EventOf,
  EventsOf,
  EventTypeOf,
  SchemasFor,
  UnlistedEvent,
  UnlistedType,
} from './event/event-of.ts';
export type { StandardSchemaV1 } from './event/standard-schema.ts';
export {
  type Handle,
  type Handler,
  type HandlerContext,
  type HandlersByType,
  handlerOf,
  inPlaceOf,
} from './handling/handler.ts';
export type { Outcome } from './handling/outcome.ts';
export { noteOf, withCause } from './handling/response-cause.ts';
export {
  type CachedKeysOptions,
  type CachedSecretsOptions,
  type CacheLimits,
  cachedKeys,
  cachedSecrets,
} from './keys/cached-lookup.ts';
export type { Key, KeyInput, KeyResolver } from './keys/key.ts';
export type { FoundSecrets, Secret, SecretInput, TenantSecrets } from './keys/secret.ts';
export { secretsByTenant } from './keys/tenant-secrets.ts';
export { handshakes } from './provider/answer-handshakes.ts';
export { defineProvider } from './provider/define-provider.ts';
export type { HandshakeOptions, Handshakes } from './provider/handshake.ts';
export type { EventMap, Provider } from './provider/provider.ts';
export { logOf, type ReceiverLog } from './receiver/configuration.ts';
export type { Logger } from './receiver/logger.ts';
export type { Observer } from './receiver/observer.ts';
export { createReceiver, type ReceiveOptions, type Receiver } from './receiver/receiver.ts';
export type { ReceiverOptions, ReceiverPolicy, ReceiverWarning } from './receiver/receiver-options.ts';
export { gone, type HandlerResponse, retryLater } from './response.ts';
export { hmac } from './schemes/described-hmac.ts';
export { rawBodyHmac, standardWebhooksHmac, timestampedHmac } from './schemes/described-shapes.ts';
export type { ReplayTolerance } from './schemes/replay-window.ts';
export type { KeyMaterial, Scheme } from './schemes/scheme.ts';
export { sharedToken } from './schemes/shared-token.ts';
export type { SignedParts } from './schemes/signed-parts.ts';
export { joinPairs } from './schemes/signed-text/computed-text.ts';
export type { SealKey, SealOptions } from './stored/seal.ts';
export { defineStore } from './stores/define-store.ts';
export { type MemoryStoreOptions, memoryStore } from './stores/memory-store.ts';
