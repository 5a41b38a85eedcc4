/** The fixes in the words of a framework, for the causes that its own habits bring about. */

import type { CauseCode } from './causes.ts';

/** What a framework's own means are. Each adapter and edge exports its own in `facts`, such as `@countersign/express/facts`. */
export interface FrameworkFixes {
  /** How to get the received bytes: sentences in the imperative. */
  readonly body: string;
  /** How to get the address. It follows the advice to set `publicUrl`. */
  readonly url: string;
}

/** What made a delivery out of a request: the `facts` of an adapter, or fixes of your own. */
export interface FrameworkInUse {
  readonly fixes: FrameworkFixes;
}

/** Which of the framework's means undo a cause. Causes that no framework brings about are left out. */
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

/** The framework's own fix, or undefined where the general one of the table is all there is to say. */
export function findFrameworkFix(code: CauseCode, framework: FrameworkInUse | undefined): string | undefined {
  const kind = means[code];
  if (framework === undefined || kind === undefined) return undefined;
  return kind === 'url' ? `${origin} ${framework.fixes.url}` : framework.fixes.body;
}
