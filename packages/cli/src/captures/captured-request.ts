/** One HTTP request as a capture holds it, whatever the format of the capture. */

import { CliFailure } from '../frame/failure.ts';

/** What a capture holds of one request. */
export interface CapturedRequest {
  readonly method?: string | undefined;
  /** The request target or an absolute URL, as the capture has it. */
  readonly url?: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes of the body, as far as the format keeps them; `notes` says where it does not. */
  readonly body: Uint8Array;
  /** When it was captured, where the format says so. */
  readonly capturedAt?: string | undefined;
  /** What is doubtful about the capture, as sentences. */
  readonly notes: readonly string[];
}

/** Says where a text can no longer be the bytes that were sent: U+FFFD is what became of bytes that were no UTF-8. */
export function lossNotes(body: Buffer, format: string): readonly string[] {
  if (!body.includes('\ufffd')) return [];
  return [
    `${format} holds the body as text with U+FFFD in it, which stands where bytes were no UTF-8. Those bytes are lost, and a signature over them cannot match. Capture the raw request instead (--raw).`,
  ];
}

/** Header fields in lines `Name: value`, of a file or of the head of a request. @throws CliFailure capture_unreadable */
export function parseHeaderLines(
  lines: readonly string[],
  firstLine: number,
  capture: string,
): CapturedRequest['headers'] {
  return lines.map((line, index) => {
    const refuse = (reason: string) =>
      new CliFailure('capture_unreadable', `line ${firstLine + index} of ${capture} is no header: ${reason}`);
    // RFC 9112 section 5.2 lets a server refuse a line that continues the one before it.
    if (/^[ \t]/.test(line)) throw refuse('it begins with a blank. Put each header on one line.');
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    // RFC 9110 section 5.1: a name is a token.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw refuse('it takes Name: value.');
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
