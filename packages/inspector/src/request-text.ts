/** Parses pasted text: headers in the usual formats, a raw request, a body in one of several encodings. */

export type HeaderPair = readonly [name: string, value: string];

/** The head of a pasted request. */
export interface PastedHead {
  readonly headers: readonly HeaderPair[];
  readonly method?: string;
  readonly target?: string;
  /** The text after an empty line: the body of a raw request. */
  readonly rest?: string;
}

/** Text that cannot be read; the message is shown to the user. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

/** @throws UnreadableText */
export function parseHead(text: string): PastedHead {
  const plain = text.replace(/^\ufeff/, '');
  if (/^\s*[[{]/.test(plain)) return { headers: parseJsonHeaders(plain) };
  const lines = plain.split(/\r\n|\n|\r/);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return { headers: [] };
  const [, method, target] = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?\s*$/.exec(lines[first] ?? '') ?? [];
  const start = method === undefined ? first : first + 1;
  const blank = lines.findIndex((line, index) => index >= start && line.trim() === '');
  const end = blank < 0 ? lines.length : blank;
  const headers = lines.slice(start, end).map((line, index) => parseLine(line, start + index + 1));
  const rest = blank < 0 ? '' : afterLines(plain, blank + 1);
  return {
    headers,
    ...(method !== undefined && target !== undefined && { method, target }),
    ...(rest.trim() !== '' && { rest }),
  };
}

function parseLine(line: string, number: number): HeaderPair {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim();
  // RFC 9110 section 5.1: a name is a token.
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    throw new UnreadableText(`Line ${number} is not a header of the form Name: value.`);
  return [name, line.slice(colon + 1).trim()];
}

function parseJsonHeaders(text: string): readonly HeaderPair[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new UnreadableText('Starts like JSON but is not valid JSON.');
  }
  const rows: readonly unknown[] = Array.isArray(parsed) ? parsed : Object.entries(parsed as object);
  return rows.flatMap((row) => {
    const [name, value] = Array.isArray(row)
      ? row
      : [(row as { name?: unknown })?.name, (row as { value?: unknown })?.value];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (typeof name !== 'string' || !values.every((one) => typeof one === 'string' || typeof one === 'number'))
      throw new UnreadableText('Expected a JSON object of headers, or an array of pairs.');
    return values.map((one): HeaderPair => [name, String(one)]);
  });
}

/** The text after this many lines, with its original line ends. */
function afterLines(text: string, count: number): string {
  let at = 0;
  for (let line = 0; line < count; line++) {
    const [end] = /\r\n|\n|\r/.exec(text.slice(at)) ?? [];
    if (end === undefined) return '';
    at += text.slice(at).search(/\r\n|\n|\r/) + end.length;
  }
  return text.slice(at);
}

/** The encoding of a body in the form. */
export type BodyForm = 'text' | 'base64' | 'hex';

/** The bytes of a body. @throws UnreadableText */
export function parseBody(text: string, form: BodyForm): Uint8Array<ArrayBuffer> {
  if (form === 'text') return new TextEncoder().encode(text);
  const compact = text.replace(/\s+/g, '');
  if (form === 'hex') {
    if (!/^(?:[0-9a-f]{2})*$/i.test(compact)) throw new UnreadableText('Not hexadecimal.');
    return Uint8Array.from(compact.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }
  try {
    return Uint8Array.from(atob(compact.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  } catch {
    throw new UnreadableText('Not base64.');
  }
}

/** A time in a usual format; undefined for empty text or `now`. @throws UnreadableText */
export function parseTime(text: string): Date | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'now') return undefined;
  const isSeconds = /^\d{9,11}(?:\.\d+)?$/.test(trimmed);
  const isMilliseconds = /^\d{12,14}$/.test(trimmed);
  const time = new Date(isSeconds ? Number(trimmed) * 1000 : isMilliseconds ? Number(trimmed) : trimmed);
  if (Number.isNaN(time.getTime())) throw new UnreadableText('Not a time. Expected for example 2026-11-21T09:00:00Z.');
  return time;
}

/** Describes the parts of a body that are invisible and that editors change. */
export function describeBody(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length === 0) return 'Empty.';
  const has = (...wanted: readonly number[]) => wanted.every((byte, index) => bytes[index] === byte);
  let crlf = 0;
  for (let at = 1; at < length; at++) if (bytes[at] === 10 && bytes[at - 1] === 13) crlf++;
  const notes = [
    `${length.toLocaleString('en')} ${length === 1 ? 'byte' : 'bytes'}`,
    has(0xef, 0xbb, 0xbf) && 'begins with a byte order mark',
    crlf > 0 && 'line ends are CRLF',
    bytes[length - 1] === 10 && 'ends with a line end',
    !isUtf8(bytes) && 'is not UTF-8',
  ];
  return `${notes.filter((note) => note !== false).join(', ')}.`;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
