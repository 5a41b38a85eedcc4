/** Repairs bytes that were read in one character set and written in another. */

import { decodeUtf8, encodeUtf8 } from '../encoding.ts';

/** The characters at 0x80 to 0x9f in Windows-1252; a space where it has none. */
const windows1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** The bytes before a wrong decoding, or undefined if there cannot have been one. */
type Repair = (body: Uint8Array) => Uint8Array | undefined;

/** UTF-8 that was read as Latin-1 or Windows-1252, the reverse, and text that was normalized. */
export const charsetRepairs: readonly Repair[] = [
  (body) => toSingleBytes(body, ''),
  (body) => toSingleBytes(body, windows1252),
  (body) => {
    if (decodeUtf8(body) !== undefined) return undefined;
    return encodeUtf8(Array.from(body, (byte) => String.fromCharCode(byte)).join(''));
  },
  (body) => normalise(body, 'NFD'),
  (body) => normalise(body, 'NFC'),
];

function toSingleBytes(body: Uint8Array, extra: string): Uint8Array | undefined {
  const text = decodeUtf8(body);
  if (text === undefined || text.length === body.length) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const place = code < 256 ? -1 : extra.indexOf(text.charAt(at));
    if (code >= 256 && place < 0) return undefined;
    bytes[at] = place < 0 ? code : 0x80 + place;
  }
  return bytes;
}

function normalise(body: Uint8Array, form: 'NFC' | 'NFD'): Uint8Array | undefined {
  const text = decodeUtf8(body);
  if (text === undefined || text.length === body.length) return undefined;
  const normal = text.normalize(form);
  return normal === text ? undefined : encodeUtf8(normal);
}
