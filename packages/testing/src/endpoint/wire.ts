/** Sends a request exactly as given, and waits for a response or its absence. */

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One request. */
export interface Sent {
  readonly method?: string;
  /** Names and values in order, so that a name may occur twice. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Sends the body in these chunks, without a Content-Length. */
  readonly pieces?: readonly (string | Uint8Array)[];
  /** Announces this many bytes, whatever is sent. */
  readonly announced?: number;
  /** Counts a connection that is closed before its use as a failure. */
  readonly once?: boolean;
  /** Closes the connection this many milliseconds after the given bytes have been sent. */
  readonly cutAfter?: number;
}

/** The response. */
export interface Answer {
  /** 0 if the connection ended, or the time ran out, without a response. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The reason why there is no response: a code such as `ECONNREFUSED`, or `timeout`. */
  readonly failure?: string;
}

/** Connections to one server, reused between requests. */
export class Wire {
  readonly #agent: HttpAgent;
  readonly #isSecure: boolean;
  readonly #timeoutMilliseconds: number;

  /** @param protocol `http:` or `https:` */
  constructor(protocol: string, timeoutMilliseconds: number) {
    this.#isSecure = protocol === 'https:';
    this.#agent = this.#isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#timeoutMilliseconds = timeoutMilliseconds;
  }

  /** Sends one request, over a connection that is reused if the whole body is sent. Never rejects. */
  send(url: URL, sent: Sent): Promise<Answer> {
    const { method = 'POST', headers = [], body, pieces, announced, cutAfter } = sent;
    const fields: [string, string][] = headers.map(([name, value]) => [name, value]);
    if (announced !== undefined) fields.push(['content-length', String(announced)]);
    else if (body !== undefined) fields.push(['content-length', String(Buffer.byteLength(body))]);
    else if (pieces !== undefined) fields.push(['transfer-encoding', 'chunked']);
    const isBroken = cutAfter !== undefined || (announced !== undefined && announced > Buffer.byteLength(body ?? ''));
    return new Promise((resolve) => {
      const gone = (failure: string) => resolve({ status: 0, headers: {}, body: Buffer.alloc(0), failure });
      const call = (this.#isSecure ? httpsRequest : httpRequest)({
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        path: url.pathname + url.search,
        method,
        agent: isBroken ? false : this.#agent,
        headers: ['host', url.host, ...fields.flat()],
      });
      const timer = setTimeout(() => {
        gone('timeout');
        call.destroy();
      }, this.#timeoutMilliseconds);
      call.on('close', () => clearTimeout(timer));
      call.on('response', (response) => collect(response).then(resolve, () => gone('reset')));
      // A server may close an idle connection just as it is reused; a sender then opens another.
      call.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = call.reusedSocket && error.code === 'ECONNRESET' && pieces === undefined;
        if (!isStale || sent.once === true) gone(error.code ?? error.message);
        else this.send(url, { ...sent, once: true }).then(resolve);
      });
      if (cutAfter !== undefined) {
        call.write(body ?? '', () => setTimeout(() => call.destroy(), cutAfter));
      } else if (pieces !== undefined) {
        void (async () => {
          for (const piece of pieces) {
            if (call.destroyed) return;
            call.write(piece);
            await new Promise((wake) => setTimeout(wake, 10));
          }
          call.end();
        })();
      } else if (isBroken) {
        // The missing bytes never arrive; the response must come without them.
        call.flushHeaders();
        if (body !== undefined) call.write(body);
        call.once('response', (response) => response.once('end', () => call.destroy()));
      } else call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Maximum number of bytes of a response that are kept; the rest of an endless response is not awaited. */
const answerLimit = 1_048_576;

/** The bytes of a response, or the first of them if it does not end. */
export async function collectBody(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > answerLimit) break;
  }
  return Buffer.concat(chunks);
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const body = await collectBody(response);
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers, body };
}
