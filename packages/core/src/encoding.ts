/** Strict decoders: exact alphabet, exact length, canonical end. Node's decoders are more lenient than a verifier may be. */

const invalid = 255;
const hexValues = /* @__PURE__ */ valuesOf('0123456789abcdef', 'ABCDEF', 10);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const base64Values = /* @__PURE__ */ valuesOf(`${alphabet}+/`);
const base64UrlAlphabet = `${alphabet}-_`;
const base64UrlValues = /* @__PURE__ */ valuesOf(base64UrlAlphabet);

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The ways to write bytes as text. */
export type BytesEncoding = 'hex' | 'base64' | 'base64url';

/**
 * Decodes a part of a text. Cutting off the part first and then decoding it takes twice as long.
 *
 * @param to the end of the part, exclusive
 */
export function decodeBetween(text: string, from: number, to: number, encoding: BytesEncoding): Uint8Array | undefined {
  if (encoding === 'hex') {
    if ((to - from) % 2 !== 0) return undefined;
    const bytes = new Uint8Array((to - from) / 2);
    let bad = 0;
    for (let at = from, out = 0; at < to; at += 2, out++) {
      const high = hexValues[text.charCodeAt(at)] ?? invalid;
      const low = hexValues[text.charCodeAt(at + 1)] ?? invalid;
      bad |= high | low;
      bytes[out] = (high << 4) | low;
    }
    return bad < 16 ? bytes : undefined;
  }
  if (encoding === 'base64url') return decodeSextets(text, from, to, base64UrlValues);
  if ((to - from) % 4 !== 0) return undefined;
  const padding = text[to - 1] !== '=' || to === from ? 0 : text[to - 2] === '=' ? 2 : 1;
  return decodeSextets(text, from, to - padding, base64Values);
}

/** Hexadecimal text in either case to bytes; undefined for an odd length or a character outside the alphabet. */
export function decodeHex(text: string): Uint8Array | undefined {
  return decodeBetween(text, 0, text.length, 'hex');
}

/** Base64 with padding (RFC 4648 section 4) to bytes; undefined if not canonical. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return decodeBetween(text, 0, text.length, 'base64');
}

/** Base64url without padding (RFC 4648 section 5, RFC 7515 section 2) to bytes; undefined if not canonical. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decodeBetween(text, 0, text.length, 'base64url');
}

/** Bytes to lower-case hexadecimal text. */
export function encodeHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

/** Maximum number of bytes encoded in one call with an argument for each character; a multiple of three. */
const maxFlatBytes = 96;
const base64UrlCodes = /* @__PURE__ */ Uint8Array.from(base64UrlAlphabet, (letter) => letter.charCodeAt(0));

/** Bytes to base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  if (bytes.length > maxFlatBytes) {
    let text = '';
    for (let at = 0; at < bytes.length; at += maxFlatBytes)
      text += encodeBase64Url(bytes.subarray(at, at + maxFlatBytes));
    return text;
  }
  // Short texts, such as store keys, in one step: a text built piece by piece keeps all its pieces alive.
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const group = (first << 16) | (second << 8) | third;
    const count = Math.min(bytes.length - at, 3) + 1;
    for (let place = 0; place < count; place++) codes.push(base64UrlCodes[(group >> (18 - 6 * place)) & 63] as number);
  }
  return String.fromCharCode(...codes);
}

/** Bytes to base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** Text to UTF-8 bytes. */
export function encodeUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

/**
 * The bytes that a header's text may represent. Servers pass on a header's bytes as characters up to U+00FF (RFC 9110 section 5.5), so such
 * a text is either the bytes that were sent, or a token in its own characters.
 */
export function headerReadings(text: string): readonly Uint8Array[] {
  const own = encodeUtf8(text);
  if (own.length === text.length || /[\u0100-\uffff]/.test(text)) return [own];
  return [own, Uint8Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** UTF-8 bytes to text, including a byte order mark; undefined if they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** True if text contains only visible ASCII characters and spaces. */
export function isPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function decodeSextets(text: string, from: number, to: number, values: Uint8Array): Uint8Array | undefined {
  const length = to - from;
  const rest = length % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bad = 0;
  let held = 0;
  let out = 0;
  for (let at = 0; at < length; at++) {
    const value = values[text.charCodeAt(from + at)] ?? invalid;
    bad |= value;
    held = (held << 6) | value;
    const place = at & 3;
    if (place === 1) bytes[out++] = (held >> 4) & 255;
    else if (place === 2) bytes[out++] = (held >> 2) & 255;
    else if (place === 3) bytes[out++] = held & 255;
  }
  // The unused bits of the last character must be zero; otherwise one value would have several spellings.
  const tail = rest === 2 ? held & 15 : rest === 3 ? held & 3 : 0;
  return bad < 64 && tail === 0 ? bytes : undefined;
}

function valuesOf(alphabet: string, more = '', moreFrom = 0): Uint8Array {
  const values = new Uint8Array(128).fill(invalid);
  for (let at = 0; at < alphabet.length; at++) values[alphabet.charCodeAt(at)] = at;
  for (let at = 0; at < more.length; at++) values[more.charCodeAt(at)] = moreFrom + at;
  return values;
}
