/** Reads a request from a HAR file (HTTP Archive 1.2), as saved by browsers and debugging proxies. */

import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import { type CapturedRequest, lossNotes } from './captured-request.ts';

interface HarEntry {
  readonly startedDateTime?: string;
  readonly request: {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: readonly { readonly name: string; readonly value: string }[];
    readonly bodySize?: number;
    readonly postData?: HarPostData;
  };
}

/** The standard has `encoding` only for responses; tools write it for requests under either name. */
interface HarPostData {
  readonly text?: string;
  readonly encoding?: string;
  readonly _encoding?: string;
  readonly params?: readonly unknown[];
}

/**
 * One request of a HAR.
 *
 * @param wanted its number, counted from 1; without it, the only request, or the only one that can be a delivery
 * @throws CliFailure capture_unreadable
 */
export function parseHar(bytes: Uint8Array, name: string, wanted: number | undefined): CapturedRequest {
  const refuse = (reason: string) => new CliFailure('capture_unreadable', `${name} ${reason}`);
  const entry = chooseEntry(readEntries(bytes, refuse), wanted, refuse);
  const { method, url, headers = [], postData, bodySize } = entry.request;
  const isPair = (header: { name?: unknown; value?: unknown } | null) =>
    typeof header?.name === 'string' && typeof header.value === 'string';
  if (!Array.isArray(headers) || !headers.every(isPair)) throw refuse('has a request whose headers are not pairs.');
  return {
    method,
    url,
    // HTTP/2 sends :method, :path and similar, which no server passes on as headers.
    headers: headers
      .filter((header) => !header.name.startsWith(':'))
      .map((header) => [header.name, header.value] as const),
    capturedAt: entry.startedDateTime,
    ...readBody(postData, bodySize, refuse),
  };
}

type Refuse = (reason: string) => CliFailure;

function readEntries(bytes: Uint8Array, refuse: Refuse): readonly HarEntry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
  } catch {
    // The engine's message quotes the file, which may hold cookies.
    throw refuse('is not JSON, so it is not a HAR.');
  }
  const entries = (parsed as { log?: { entries?: unknown } } | null)?.log?.entries;
  const isEntry = (entry: { request?: unknown } | null) => typeof entry?.request === 'object' && entry.request !== null;
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw refuse('has no log.entries, so it is not a HAR.');
  if (entries.length === 0) throw refuse('has no request.');
  return entries;
}

function chooseEntry(entries: readonly HarEntry[], wanted: number | undefined, refuse: Refuse): HarEntry {
  if (wanted !== undefined) {
    const entry = entries[wanted - 1];
    if (entry === undefined) throw refuse(`has ${entries.length} requests, but no number ${wanted}.`);
    return entry;
  }
  const numbered = entries.map((entry, index) => ({ entry, number: index + 1 }));
  const able = numbered.filter(({ entry }) => !/^(?:GET|HEAD|OPTIONS|CONNECT)$/i.test(entry.request.method ?? ''));
  const [only] = entries.length === 1 ? numbered : able;
  if (only !== undefined && (entries.length === 1 || able.length === 1)) return only.entry;
  const listed = (able.length === 0 ? numbered : able).slice(0, 5).map(({ entry, number }) => {
    const { method = '', url = '' } = entry.request;
    return `${number} ${printable(`${method} ${url.split('?', 1)[0]}`)}`;
  });
  throw refuse(
    `has ${entries.length} requests. Choose one with --entry: ${listed.join(', ')}${able.length > 5 ? ', ...' : ''}.`,
  );
}

function readBody(
  postData: HarPostData | undefined,
  bodySize: number | undefined,
  refuse: Refuse,
): Pick<CapturedRequest, 'body' | 'notes'> {
  const size = bodySize !== undefined && bodySize > 0 ? bodySize : undefined;
  const { text, encoding = postData?._encoding } = postData ?? {};
  if (text === undefined || text === '') {
    if (postData?.params !== undefined && postData.params.length > 0) {
      throw refuse(
        'has the body only as form fields. Their original spelling is lost, and the signature is over that.',
      );
    }
    if (size !== undefined) throw refuse(`says that the body has ${size} bytes but does not contain them.`);
    return { body: new Uint8Array(), notes: [] };
  }
  if (encoding === 'base64') {
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw refuse('says that the body is base64, but it is not.');
    return { body: Buffer.from(text, 'base64'), notes: [] };
  }
  if (encoding !== undefined && encoding !== '' && !/^utf-?8$/i.test(encoding)) {
    throw refuse(`has the body in an unknown encoding: ${printable(encoding)}.`);
  }
  const body = Buffer.from(text, 'utf8');
  if (size === undefined || size === body.length) return { body, notes: lossNotes(body, 'The HAR') };
  // Some tools write each byte as one character.
  const narrow = Buffer.from(text, 'latin1');
  if (size === text.length && narrow.toString('latin1') === text) {
    const note = `The HAR says that the body has ${size} bytes, which matches if each character is one byte, so it was read that way.`;
    return { body: narrow, notes: [note] };
  }
  const note = `The HAR says that the body had ${size} bytes, but its text has ${body.length}. It is not the body that was sent.`;
  return { body, notes: [...lossNotes(body, 'The HAR'), note] };
}
