/** `@countersign/core/describe`: facts about a sender's description for docs, linters and inspectors. */

export type { ExpectedHeader } from './describe/expected-headers.ts';
export { lintProvider, type ProviderFinding, type ProviderFindingCode } from './describe/provider-lint.ts';
export {
  type DescribedPlace,
  type DescribedTime,
  describeScheme,
  type SchemeFacts,
  type SignedContent,
} from './describe/scheme-facts.ts';
export type { OwnScheme } from './schemes/scheme.ts';
export type { OwnSchemeKind, SchemeDescription, SchemeKind } from './schemes/scheme-description.ts';
