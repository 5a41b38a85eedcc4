/** One HTTP request from a capture, whatever the format of the capture. */

import { CliFailure } from '../frame/failure.ts';

/** The parts of one request that a capture contains. */
export interface CapturedRequest {
  readonly method?: string | undefined;
  /** The request target or an absolute URL, as in the capture. */
  readonly url?: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes of the body, as far as the format keeps them; otherwise `notes` says so. */
  readonly body: Uint8Array;
  /** The time of the capture, if the format has it. */
  readonly capturedAt?: string | undefined;
  /** Doubts about the capture, as sentences. */
  readonly notes: readonly string[];
}

/** Reports that a text can no longer be the bytes that were sent: bytes that were not UTF-8 have become U+FFFD. */
export function lossNotes(body: Buffer, format: string): readonly string[] {
  if (!body.includes('\ufffd')) return [];
  return [
    `${format} has U+FFFD in its body, which replaces bytes that were not UTF-8. Those bytes are lost, and a signature over them cannot match. Capture the raw request instead (--raw).`,
  ];
}

/**
 * Header fields in lines `Name: value`, from a file or from the head of a request. @throws CliFailure
 * capture_unreadable
 */
export function parseHeaderLines(
  lines: readonly string[],
  firstLine: number,
  capture: string,
): CapturedRequest['headers'] {
  return lines.map((line, index) => {
    const refuse = (reason: string) =>
      new CliFailure('capture_unreadable', `line ${firstLine + index} of ${capture} is not a header: ${reason}`);
    // RFC 9112 section 5.2 allows a server to refuse a continuation line.
    if (/^[ \t]/.test(line)) throw refuse('it begins with a space. Put each header on one line.');
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    // RFC 9110 section 5.1: a name is a token.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw refuse('expected Name: value.');
    return [
      name,
      line
        .slice(colon + 1)
        .replace(/^[ \t]+/, '')
        .replace(/(?<![ \t])[ \t]+$/, ''),
    ] as const;
  });
}

/** A request line such as `POST /webhooks HTTP/1.1` (RFC 9112 section 3), or undefined. */
export function findRequestLine(line: string): { readonly method: string; readonly url: string } | undefined {
  const [, method, url] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/\d(?:\.\d)?$/.exec(line) ?? [];
  return method === undefined || url === undefined ? undefined : { method, url };
}
