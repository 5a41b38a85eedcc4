/** Writes a delivery down in each format that is read, byte by byte as the tools do that save them. */

import type { SignedDelivery } from './signed-deliveries.ts';

type Written = Pick<SignedDelivery, 'headers' | 'body'>;

/** Lines as a debugging site shows them. */
export function headerLines({ headers }: Written, lineEnd = '\n'): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}${lineEnd}`)
    .join('');
}

/** A request as it goes over the wire. */
export function rawRequest({ headers, body }: Written, { target = '/webhooks', extra = '' } = {}): Buffer {
  const head = `POST ${target} HTTP/1.1\r\nHost: example.com\r\n${headerLines({ headers, body }, '\r\n')}${extra}`;
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** The same in chunks of a few bytes. */
export function chunkedRequest({ headers, body }: Written, chunkBytes = 7): Buffer {
  const chunks = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = body.subarray(at, at + chunkBytes);
    chunks.push(Buffer.from(`${chunk.length.toString(16).toUpperCase()};x=1\r\n`), chunk, Buffer.from('\r\n'));
  }
  const head = `POST /webhooks HTTP/1.1\r\n${headerLines({ headers, body }, '\r\n')}Transfer-Encoding: chunked\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), ...chunks, Buffer.from('0\r\nTrailer: x\r\n\r\n')]);
}

/** A HAR with the request as its second entry. */
export function har({ headers, body }: Written, postData: object = { text: Buffer.from(body).toString() }): string {
  const request = (method: string, url: string, more: object) => ({
    startedDateTime: '2026-11-21T09:00:03.000Z',
    time: 12,
    request: { method, url, httpVersion: 'HTTP/1.1', cookies: [], queryString: [], headersSize: -1, ...more },
    response: { status: 200 },
  });
  const pairs = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return JSON.stringify({
    log: {
      version: '1.2',
      creator: { name: 'test', version: '1' },
      entries: [
        request('GET', 'https://example.com/', { headers: [], bodySize: 0 }),
        request('POST', 'https://example.com/webhooks', {
          headers: [{ name: ':method', value: 'POST' }, ...pairs],
          bodySize: body.length,
          postData: { mimeType: 'application/json', ...postData },
        }),
      ],
    },
  });
}

/** A command with single quotes, as Linux tools copy it. */
export function curlSingleQuoted({ headers, body }: Written): Buffer {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const options = Object.entries(headers).map(([name, value]) => `  -H ${quote(`${name}: ${value}`)} \\\n`);
  const start = `curl -sS -X POST 'https://example.com/webhooks' \\\n${options.join('')}  --data-raw `;
  return Buffer.concat([
    Buffer.from(start),
    Buffer.from(quote(Buffer.from(body).toString('latin1')), 'latin1'),
    Buffer.from('\n'),
  ]);
}

/** A command with `$'...'`, as browsers copy it where the body has a line end or a letter beyond ASCII. */
export function curlAnsiQuoted({ headers, body }: Written): string {
  const escaped = Buffer.from(body)
    .toString()
    .replace(/[\\']/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replace(/[^\x20-\x7e]|!/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const options = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\\n`);
  return `curl 'https://example.com/webhooks' \\\n${options.join('')}  --data-raw $'${escaped}' \\\n  --compressed ;\n`;
}

/** Every byte as `\\xNN`, for bodies that are no text. */
export function curlHexQuoted({ headers, body }: Written): string {
  const escaped = [...body].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  const options = Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}" `);
  return `curl ${options.join('')}--data-binary $'${escaped}' --url=x`.replace(
    '--url=x',
    '--url https://example.com/webhooks',
  );
}
