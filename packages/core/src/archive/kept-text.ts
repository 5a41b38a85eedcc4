/** Names as an archive stores them: pure ASCII, of bounded length, and different for different names. */

import { crypto } from '#crypto';
import { encodeBase64Url } from '../encoding.ts';

/** Maximum number of characters kept of a type, an id or a person's name. */
export const longestLabel = 150;
const longestName = 200;

/** A namespace or tenant. Two different ones are never stored as the same text. */
export async function keptName(name: string): Promise<string> {
  const text = inAscii(name);
  // A name that looks like a digest gets one too.
  if (text.length <= longestName && !text.startsWith('#')) return text;
  return `#${encodeBase64Url(await crypto.digest('SHA-256', [text]))}`;
}

/** A type, an id or a person's name, for people and filters. */
export function keptLabel(label: string): string {
  return inAscii(label.slice(0, longestLabel));
}

/** The name in a stored text; a digest stays one. */
export function nameIn(text: string): string {
  if (text.startsWith('#')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** Databases differ in the characters that they can store and compare; all of them can with these. */
function inAscii(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
