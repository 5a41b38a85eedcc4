/** Reads a raw HTTP/1.1 request: request line, headers, an empty line, and the exact bytes of the body (RFC 9112). */

import { CliFailure } from '../frame/failure.ts';
import { type CapturedRequest, findRequestLine, parseHeaderLines } from './captured-request.ts';

/** @throws CliFailure capture_unreadable */
export function parseRawHttp(bytes: Uint8Array, name: string): CapturedRequest {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (reason: string) => new CliFailure('capture_unreadable', `${name} ${reason}`);
  const { headEnd, bodyStart } = findEndOfHead(buffer);
  if (headEnd < 0) throw refuse('has no empty line between headers and body, so it is not a raw HTTP request.');
  const [first = '', ...lines] = buffer.subarray(0, headEnd).toString('latin1').split(/\r?\n/);
  const requestLine = findRequestLine(first);
  if (requestLine === undefined) {
    throw refuse('does not begin with a request line such as POST /webhooks HTTP/1.1.');
  }
  const headers = parseHeaderLines(lines, 2, name);
  const rest = buffer.subarray(bodyStart);
  return { ...requestLine, headers, ...readBody(rest, headers, refuse) };
}

type Refuse = (reason: string) => CliFailure;
type Body = Pick<CapturedRequest, 'body' | 'notes'>;

/** RFC 9112 section 6.3: Transfer-Encoding takes precedence over Content-Length. */
function readBody(rest: Buffer, headers: CapturedRequest['headers'], refuse: Refuse): Body {
  const valuesOf = (wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value.toLowerCase());
  const encodings = valuesOf('transfer-encoding');
  if (encodings.length > 0) {
    if (encodings.join() !== 'chunked') throw refuse(`has a Transfer-Encoding other than chunked.`);
    return decodeChunked(rest, refuse);
  }
  const lengths = [...new Set(valuesOf('content-length'))];
  const [length] = lengths;
  if (length === undefined) {
    const note = `There is no Content-Length; all ${rest.length} bytes after the headers are treated as the body.`;
    return { body: rest, notes: rest.length === 0 ? [] : [note] };
  }
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) throw refuse('has a Content-Length that is not a number.');
  const size = Number(length);
  if (rest.length < size) {
    const hint = 'It was truncated, or its line endings were changed.';
    throw refuse(`announces a body of ${size} bytes in Content-Length but has ${rest.length}. ${hint}`);
  }
  const surplus = rest.length - size;
  const note = `${surplus} ${surplus === 1 ? 'byte' : 'bytes'} after the end of the body according to Content-Length are ignored.`;
  return { body: rest.subarray(0, size), notes: surplus === 0 ? [] : [note] };
}

/** RFC 9112 section 7.1. Chunk extensions and trailers are ignored. */
function decodeChunked(rest: Buffer, refuse: Refuse): Body {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at, 'latin1');
    const line = lineEnd < 0 ? '' : rest.subarray(at, lineEnd).toString('latin1');
    const [, digits] = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/.exec(line) ?? [];
    if (digits === undefined) throw refuse('says Transfer-Encoding: chunked, but its body is not in chunks.');
    const size = Number.parseInt(digits, 16);
    if (size === 0) return { body: Buffer.concat(chunks), notes: [] };
    const start = lineEnd + 2;
    if (rest.toString('latin1', start + size, start + size + 2) !== '\r\n') {
      throw refuse('has a chunk that is truncated or longer than announced.');
    }
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** The first empty line, with the line endings of HTTP or of an editor. */
function findEndOfHead(buffer: Buffer): { readonly headEnd: number; readonly bodyStart: number } {
  const [crlf, lf] = [buffer.indexOf('\r\n\r\n', 0, 'latin1'), buffer.indexOf('\n\n', 0, 'latin1')];
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { headEnd: crlf, bodyStart: crlf + 4 };
  return { headEnd: lf, bodyStart: lf + 2 };
}
