/** A call of another verification library, and its replacement. */

import type { SourceFile } from '../project/source-file.ts';
import type { Syntax } from '../project/syntax.ts';

/** A receiver that a file needs. */
export interface NeededReceiver {
  /** The id of the preset, and the name that it exports. */
  readonly id: string;
  readonly exportName: string;
  /** The return value of its secrets function, as an expression that is right anywhere in the file. */
  readonly secret: string;
  /** As a literal. */
  readonly toleranceSeconds?: string | undefined;
}

/** Names that a replacement uses; they are chosen after the whole file has been read. */
export interface ChosenNames {
  readonly receiver: string;
  /** `webhook` of an adapter. */
  readonly webhook: string;
}

/** A call that is rewritten. */
export interface Rewrite {
  readonly receiver: NeededReceiver;
  /** The syntax to replace. */
  readonly replaced: Syntax;
  readonly code: (names: ChosenNames) => string;
  /** A function to make async. */
  readonly madeAsync?: Syntax | undefined;
  /** A type to import, for a cast. */
  readonly type?: { readonly name: string; readonly from: string; readonly isDefault: boolean } | undefined;
  /** True if it needs `webhook` of the adapter for Express. */
  readonly usesExpress?: boolean;
}

/** One call of another library. */
export interface FoundCall {
  readonly line: number;
  /** As people know it, such as `stripe.webhooks.constructEvent`. */
  readonly what: string;
  /** The replacement, or a sentence that says what to do. */
  readonly outcome: Rewrite | { readonly left: string };
}

/** Facts about a file that a replacement depends on. */
export interface FileFacts {
  readonly file: SourceFile;
  readonly isTyped: boolean;
  /** The major version of Express in the nearest package.json. */
  readonly expressMajor: number | undefined;
}

/** True if a call is rewritten. */
export function isRewrite(outcome: FoundCall['outcome']): outcome is Rewrite {
  return 'replaced' in outcome;
}
