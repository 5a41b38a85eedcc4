/** Schemes that sign the URL the sender posts to. */

import { createUrlReader, spellingsOf, type UrlForm, withoutSecrets } from '../../delivery/public-url.ts';
import { WebhookError } from '../../errors.ts';
import { type Bounds, requireBounds } from './bounds.ts';
import type { SchemeFeature, Step } from './template.ts';

/** For descriptions that sign `url`, or compute a text from it. */
export const signedUrl: SchemeFeature = {
  step: (part, bounds) => (part === 'url' ? urlStep(bounds) : undefined),
  url: { createReader: createUrlReader, spellingsOf, mismatchHint },
};

function mismatchHint(url: string, forms: readonly UrlForm[]): string {
  const tried = new Set(spellingsOf(url, forms).map(withoutSecrets));
  return `The sender signs the URL it posts to; tried, with the query of the request: ${[...tried].join(', ')}. Compare it to the letter with the one entered at the sender, and see publicUrl.`;
}

function urlStep(bounds: Bounds): Step {
  const { body: side } = bounds;
  return (delivery, values) => {
    const url = values.url();
    requireBounds(url, bounds, 'url');
    if (side !== undefined && !isToldApart(url, delivery.body, side)) {
      throw new WebhookError('header_malformed', {
        at: 'url',
        hint: 'The sender signs URL and body without anything between them, so the body has to be a JSON object or array without anything around it, and its bracket must not be in the URL.',
      });
    }
    return url;
  };
}

/** A character that a URL in a request never contains, and with which a JSON body begins and ends. */
const opening = [0x7b, 0x5b];
const closing = [0x7d, 0x5d];

/** True if a URL can be distinguished from the body next to it: a JSON object or array, or nothing, next to a URL without its bracket. */
function isToldApart(url: string, body: Uint8Array, side: 'follows' | 'precedes'): boolean {
  let [from, to] = [0, body.length];
  while (from < to && isBlank(body[from])) from++;
  while (to > from && isBlank(body[to - 1])) to--;
  const rest = url.replace(/^https?:\/\/\[[0-9A-Fa-f:.]+\]/, '');
  // The end of the URL could be a body that was removed.
  if (from === to) return body.length === 0 && (side === 'precedes' || !endsLikeJson(rest));
  const [first, last] = [body[from] as number, body[to - 1] as number];
  // A text that is split elsewhere would begin with one kind of bracket and end with the other.
  const kind = opening.indexOf(first);
  if (kind < 0 || closing[kind] !== last) return false;
  return !rest.includes(String.fromCharCode(side === 'follows' ? first : last)) && !/[\t\n\r ]/.test(rest);
}

/** In two checks: a pattern would restart at each bracket of a stranger's URL. */
function endsLikeJson(text: string): boolean {
  return (text.endsWith('}') && text.includes('{')) || (text.endsWith(']') && text.includes('['));
}

/** Whitespace of JSON (RFC 8259 section 2), which no URL contains. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
