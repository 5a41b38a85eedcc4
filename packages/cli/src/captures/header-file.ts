/** Reads headers from a file: lines `Name: value`, a JSON object, or a JSON array of pairs. */

import { CliFailure } from '../frame/failure.ts';
import { type CapturedRequest, findRequestLine, parseHeaderLines } from './captured-request.ts';

/** A request without its body. A request line may come first. @throws CliFailure capture_unreadable */
export function parseHeaderFile(bytes: Uint8Array, name: string): Omit<CapturedRequest, 'body'> {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (/^\s*[[{]/.test(text)) return { headers: parseJsonHeaders(text, name), notes: [] };
  // A server sees each byte of a header as one character; so does this.
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .split(/\r?\n/);
  const requestLine = findRequestLine(lines[0] ?? '');
  const first = requestLine === undefined ? 0 : 1;
  const end = lines.findIndex((line, index) => index >= first && line.trim() === '');
  if (end >= 0 && lines.slice(end).some((line) => line.trim() !== '')) {
    const hint = 'If a body follows, pass the file as --raw.';
    throw new CliFailure('capture_unreadable', `${name} continues after an empty line, where headers end. ${hint}`);
  }
  const headers = parseHeaderLines(lines.slice(first, end < 0 ? undefined : end), first + 1, name);
  if (headers.length === 0) throw new CliFailure('capture_unreadable', `${name} has no headers.`);
  return { ...requestLine, headers, notes: [] };
}

function parseJsonHeaders(text: string, name: string): CapturedRequest['headers'] {
  const refuse = (reason: string) => new CliFailure('capture_unreadable', `${name} ${reason}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The engine's message quotes the file.
    throw refuse('begins like JSON but is not valid JSON.');
  }
  const rows: readonly unknown[] = Array.isArray(parsed) ? parsed : Object.entries(parsed as object);
  return rows.flatMap((row) => {
    const [key, value] = pairOf(row);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (typeof key !== 'string' || !values.every((one) => typeof one === 'string' || typeof one === 'number')) {
      throw refuse('expected an object of headers, or an array of pairs [name, value].');
    }
    return values.map((one) => [key, String(one)] as const);
  });
}

function pairOf(row: unknown): readonly [name: unknown, value: unknown] {
  if (Array.isArray(row)) return row.length === 2 ? [row[0], row[1]] : [undefined, undefined];
  const { name, value } = (row ?? {}) as { readonly name?: unknown; readonly value?: unknown };
  return [name, value];
}
