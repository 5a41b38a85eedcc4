/** `@countersign/core/describe`: the types in descriptions of senders, and facts about a description for docs, linters and inspectors. */

export type { HashName } from './crypto/hmac.ts';
export type { HostPattern } from './crypto/host-pattern.ts';
export type { CurveName, SignatureAlgorithm } from './crypto/signature-algorithm.ts';
export type { UrlForm } from './delivery/public-url.ts';
export type { ExpectedHeader } from './describe/expected-headers.ts';
export { lintProvider, type ProviderFinding, type ProviderFindingCode } from './describe/provider-lint.ts';
export {
  type DescribedPlace,
  type DescribedTime,
  describeScheme,
  type SchemeFacts,
  type SignedContent,
} from './describe/scheme-facts.ts';
export type { CertificateSource } from './keys/certificate-keys.ts';
export type { SecretEncoding, SecretFormat } from './keys/decode-secret.ts';
export type { OnlyNamesOf } from './options/option-values.ts';
export type { EventList, IdentityFacts, ValueSource } from './provider/event-source.ts';
export type { Handshake, HandshakeRequest, HandshakeText, HandshakeValue } from './provider/handshake.ts';
export type { HandshakeGrammar } from './provider/handshake-grammar.ts';
export type { PayloadFormat } from './provider/payload-format.ts';
export type { Assumption, Confidence, ProviderDescription, UnverifiableProvider } from './provider/provider.ts';
export type { RedirectFact, RetryFacts, StatusPattern } from './provider/retry-facts.ts';
export type { SourceFact } from './provider/source-fact.ts';
export type { HmacDescription } from './schemes/hmac-description.ts';
export type {
  RawBodyHmacOptions,
  StandardWebhooksHmacOptions,
  TimestampedHmacOptions,
} from './schemes/hmac-shapes.ts';
export type { HttpSignatureAlgorithm, HttpSignatureDescription } from './schemes/message-signature/description.ts';
export type { HttpSignatureMaterial } from './schemes/message-signature/http-signature.ts';
export type { PublicKeyMaterial } from './schemes/public-key.ts';
export type { PublicKeyDescription } from './schemes/public-key-description.ts';
export type { TimestampUnit } from './schemes/replay-window.ts';
export type { BoundScheme, OwnScheme, Proof, SchemeOptions } from './schemes/scheme.ts';
export type { OwnSchemeKind, SchemeDescription, SchemeKind } from './schemes/scheme-description.ts';
export type { SharedTokenDescription, TokenSource } from './schemes/shared-token-description.ts';
export type {
  SignatureDescription,
  SignatureLocation,
  SignatureSource,
  TimestampSource,
} from './schemes/signed-text/description.ts';
export type { ComputedPart, PairLayout, SignedPair, SignedPart } from './schemes/signed-text/signed-part.ts';
