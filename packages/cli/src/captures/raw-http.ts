/** Reads a raw HTTP/1.1 request: request line, headers, an empty line, and the exact bytes of the body (RFC 9112). */

import { CliFailure } from '../frame/failure.ts';
import { type CapturedRequest, findRequestLine, parseHeaderLines } from './captured-request.ts';

/** @throws CliFailure capture_unreadable */
export function parseRawHttp(bytes: Uint8Array, name: string): CapturedRequest {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (reason: string) => new CliFailure('capture_unreadable', `${name} ${reason}`);
  const { headEnd, bodyStart } = findEndOfHead(buffer);
  if (headEnd < 0) throw refuse('has no empty line between headers and body, so it is no raw HTTP request.');
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

/** RFC 9112 section 6.3: Transfer-Encoding counts before Content-Length. */
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
    const note = `It has no Content-Length; all ${rest.length} bytes behind the headers are taken for the body.`;
    return { body: rest, notes: rest.length === 0 ? [] : [note] };
  }
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) throw refuse('has a Content-Length that is no number.');
  const size = Number(length);
  if (rest.length < size) {
    const hint = 'It was cut off, or its line ends were changed.';
    throw refuse(`says by Content-Length that the body has ${size} bytes and holds ${rest.length}. ${hint}`);
  }
  const surplus = rest.length - size;
  const note = `${surplus} ${surplus === 1 ? 'byte' : 'bytes'} behind the body, which ends where Content-Length says, are left out.`;
  return { body: rest.subarray(0, size), notes: surplus === 0 ? [] : [note] };
}

/** RFC 9112 section 7.1. Extensions of chunks and trailers are passed over. */
function decodeChunked(rest: Buffer, refuse: Refuse): Body {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at, 'latin1');
    const line = lineEnd < 0 ? '' : rest.subarray(at, lineEnd).toString('latin1');
    const [, digits] = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/.exec(line) ?? [];
    if (digits === undefined) throw refuse('says Transfer-Encoding: chunked, and its body is not in chunks.');
    const size = Number.parseInt(digits, 16);
    if (size === 0) return { body: Buffer.concat(chunks), notes: [] };
    const start = lineEnd + 2;
    if (rest.toString('latin1', start + size, start + size + 2) !== '\r\n') {
      throw refuse('has a chunk that is cut off or longer than it says.');
    }
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** The first empty line, with the line ends of HTTP or those that an editor left. */
function findEndOfHead(buffer: Buffer): { readonly headEnd: number; readonly bodyStart: number } {
  const [crlf, lf] = [buffer.indexOf('\r\n\r\n', 0, 'latin1'), buffer.indexOf('\n\n', 0, 'latin1')];
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { headEnd: crlf, bodyStart: crlf + 4 };
  return { headEnd: lf, bodyStart: lf + 2 };
}
