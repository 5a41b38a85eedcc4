/** A request that can be changed piece by piece, and the forms in which a server may hand it over. */

import type { Delivery } from '@countersign/core';
import type { Random } from './random.ts';

/** A request as it travels: header lines in their order, and the body as bytes. */
export interface ChangedRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** The body as text; undefined where it is not UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

export function changeable({ method, url, headers, body }: Delivery): ChangedRequest {
  return {
    method: method ?? 'POST',
    url: url ?? '/',
    headers: Object.entries(headers as Record<string, string>).map(([name, value]) => [name, value]),
    body,
  };
}

export function copyOf({ method, url, headers, body }: ChangedRequest): ChangedRequest {
  return { method, url, headers: headers.map(([name, value]) => [name, value]), body };
}

export function isSameRequest(left: ChangedRequest, right: ChangedRequest): boolean {
  return (
    left.method === right.method &&
    left.url === right.url &&
    left.headers.length === right.headers.length &&
    left.headers.every(([name, value], at) => name === right.headers[at]?.[0] && value === right.headers[at]?.[1]) &&
    isSameBytes(left.body, right.body)
  );
}

export function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left === right || Buffer.compare(left, right) === 0;
}

export function headerOf(request: ChangedRequest, name: string): string | undefined {
  return request.headers.find(([given]) => given.toLowerCase() === name)?.[1];
}

export function setHeader(request: ChangedRequest, name: string, value: string): void {
  const line = request.headers.find(([given]) => given.toLowerCase() === name);
  if (line === undefined) request.headers.push([name, value]);
  else line[1] = value;
}

export function removeHeader(request: ChangedRequest, name: string): void {
  request.headers = request.headers.filter(([given]) => given.toLowerCase() !== name);
}

/** How servers hand over header lines: as pairs, by name with repeated ones joined or as lists, or as Headers. */
export const headerForms = {
  pairs: (lines: ChangedRequest['headers']) => lines,
  joined: (lines: ChangedRequest['headers']) => {
    const record: Record<string, string> = {};
    for (const [name, value] of lines) {
      const key = name.toLowerCase();
      record[key] = Object.hasOwn(record, key) ? `${record[key]}, ${value}` : value;
    }
    return record;
  },
  lists: (lines: ChangedRequest['headers']) => {
    const record: Record<string, string | string[]> = {};
    for (const [name, value] of lines) {
      const given = Object.hasOwn(record, name) ? record[name] : undefined;
      record[name] = given === undefined ? value : [...[given].flat(), value];
    }
    return record;
  },
  first: (lines: ChangedRequest['headers']) => {
    const record: Record<string, string> = {};
    for (const [name, value] of lines) record[name.toLowerCase()] ??= value;
    return record;
  },
  headers: (lines: ChangedRequest['headers']) => {
    try {
      return new Headers(lines);
    } catch {
      // What Headers refuses, no server that uses it lets through.
      return lines;
    }
  },
} as const;

export type HeaderForm = keyof typeof headerForms;

/** Mostly pairs, which lose nothing. */
export function pickForm(random: Random): HeaderForm {
  return random.isOneIn(8) ? random.pick(['joined', 'lists', 'first', 'headers'] as const) : 'pairs';
}

export function deliveryOf(request: ChangedRequest, form: HeaderForm): Delivery {
  const { method, url, headers, body } = request;
  return { method, url, headers: headerForms[form](headers), body };
}

/** What differs between two requests, for whoever has to read it. */
export function describeChange(from: ChangedRequest, to: ChangedRequest, form: HeaderForm): string {
  const lines = [`headers handed over as ${form}`];
  if (from.method !== to.method) lines.push(`method ${from.method} -> ${to.method}`);
  if (from.url !== to.url) lines.push(`url ${JSON.stringify(from.url)} -> ${JSON.stringify(to.url)}`);
  const [before, after] = [from, to].map(({ headers }) => headers.map(([name, value]) => `${name}: ${value}`)) as [
    string[],
    string[],
  ];
  if (before.join('\n') !== after.join('\n')) {
    for (const line of before) if (!after.includes(line)) lines.push(`- ${JSON.stringify(line)}`);
    for (const line of after) if (!before.includes(line)) lines.push(`+ ${JSON.stringify(line)}`);
    if (lines.length === 1) lines.push(`headers are now ${after.map((line) => line.split(':', 1)[0]).join(', ')}`);
  }
  if (!isSameBytes(from.body, to.body)) {
    const shown = (body: Uint8Array) => JSON.stringify(textOf(body) ?? `hex ${Buffer.from(body).toString('hex')}`);
    lines.push(`body ${shown(from.body)}`, `  -> ${shown(to.body)}`);
  }
  return lines.join('\n    ');
}
