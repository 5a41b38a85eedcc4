/** Fixes that use a framework's own terms, for the causes that it typically brings about. */

import type { CauseCode } from './causes.ts';

/** A framework's own means. Each adapter and edge exports its own in `facts`, such as `@countersign/express/facts`. */
export interface FrameworkFixes {
  /** Sentences in the imperative that say how to get the received bytes. */
  readonly body: string;
  /** The way to get the URL. Follows the advice to set `publicUrl`. */
  readonly url: string;
}

/** The code that made a delivery out of a request: the `facts` of an adapter, or your own fixes. */
export interface FrameworkInUse {
  readonly fixes: FrameworkFixes;
}

/** The means of the framework that undo each cause. Causes that no framework brings about are omitted. */
const means: Readonly<Partial<Record<CauseCode, keyof FrameworkFixes>>> = {
  body_not_raw: 'body',
  body_reserialised: 'body',
  body_byte_order_mark: 'body',
  body_line_ends: 'body',
  body_trailing_newline: 'body',
  body_base64: 'body',
  body_form_decoded: 'body',
  body_form_field: 'body',
  body_charset: 'body',
  body_lossy_utf8: 'body',
  body_quoted: 'body',
  body_stringified: 'body',
  body_empty: 'body',
  body_changed: 'body',
  url_unknown: 'url',
  url_trailing_slash: 'url',
  url_port: 'url',
  url_protocol: 'url',
  url_host: 'url',
  url_path: 'url',
  url_query: 'url',
};

const origin = 'Set publicUrl to the origin that is entered at the sender.';

/** The framework's own fix, or undefined if only the table's general fix applies. */
export function findFrameworkFix(code: CauseCode, framework: FrameworkInUse | undefined): string | undefined {
  const kind = means[code];
  if (framework === undefined || kind === undefined) return undefined;
  return kind === 'url' ? `${origin} ${framework.fixes.url}` : framework.fixes.body;
}
