/** Asks a receiver for everything that a handshake signs or repeats, as a stranger can. */

import type { Outcome } from '@countersign/core';
import type { Handshake, HandshakeText, HandshakeValue } from '@countersign/core/describe';
import { bytesOf, type ChangedRequest } from './changed-request.ts';

export const verifyToken = 'entered-at-the-sender';

/** A request that is this handshake, with the text wherever it leaves one open. @param url the address that serves deliveries */
export function requestFor(
  { when, response: answer, value, verifyToken: token }: Handshake,
  text: string,
  url: string,
): ChangedRequest {
  const path = url.split('?', 1)[0] ?? '/';
  const query = new URLSearchParams();
  const headers = new Map<string, string>();
  const json: Record<string, unknown> = {};
  const put = (source: HandshakeValue, given: string) => {
    if ('query' in source) query.set(source.query, given);
    else if ('header' in source) headers.set(source.header.toLowerCase(), given);
    else if ('json' in source) putValue(json, source.json, given);
  };
  for (const source of sourcesOf(answer).concat(value ?? [])) put(source, text);
  for (const [name, wanted] of Object.entries(when.query ?? {})) query.set(name, wanted === '*' ? text : wanted);
  for (const [name, wanted] of Object.entries(when.json ?? {})) putValue(json, name, wanted === '*' ? text : wanted);
  if (when.header !== undefined) headers.set(when.header.toLowerCase(), text);
  if (token !== undefined) put(token, verifyToken);
  const form = Object.entries(when.form ?? {}).map(([name, wanted]): [string, string] => [
    name,
    wanted === '*' ? text : wanted,
  ]);
  const written =
    when.form !== undefined ? new URLSearchParams(form).toString() : when.method === 'POST' ? JSON.stringify(json) : '';
  return {
    method: when.method,
    url: query.size === 0 ? path : `${path}?${query}`,
    headers: [...headers],
    body: bytesOf(written),
  };
}

function sourcesOf({ headers = {}, body }: Handshake['response']): HandshakeValue[] {
  const ofBody: readonly (HandshakeText | number)[] =
    body === undefined ? [] : 'object' in body ? Object.values(body.object) : [body];
  return [...Object.values(headers), ...ofBody].flatMap((text) =>
    typeof text === 'number' ? [] : ['macOf' in text ? text.macOf : text],
  );
}

function putValue(root: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  let at = root;
  for (const name of names.slice(0, -1)) {
    at[name] ??= {};
    at = at[name] as Record<string, unknown>;
  }
  at[names.at(-1) as string] = value;
}

/** Every text of an answer that a stranger gets to see; none where nothing was answered. */
export function textsOf(outcome: Outcome): readonly string[] {
  if (outcome.kind !== 'handshake') return [];
  const { headers = {}, body } = outcome.response as { headers?: Record<string, string>; body?: unknown };
  const known = ['content-type', 'x-content-type-options'];
  const inHeaders = Object.entries(headers).flatMap(([name, text]) => (known.includes(name) ? [] : [text]));
  const inBody = typeof body === 'object' && body !== null ? Object.values(body) : [body];
  return [...inHeaders, ...inBody.filter((text) => typeof text === 'string')];
}
