/** The result of reading a body from any source: the bytes in one piece, or the reason why there are none. */

import { WebhookError } from '@countersign/core';
import type { FrameworkWords } from './framework-facts.ts';

/** The reason why a body ended early. */
export const goneHint = 'The connection was closed before the body was complete.';

/** The parser that consumed the bytes. `twice`: it was an adapter of this library. */
export type Taker = 'json' | 'form' | 'text' | 'encoding' | 'twice' | 'unknown';

/** The error for bytes that are gone, with the one who took them and the fix. */
export function bodyNotRaw(taker: Taker, words: FrameworkWords): WebhookError {
  return new WebhookError('body_not_raw', { at: 'request', hint: hintFor(taker, words) });
}

function hintFor(taker: Taker, words: FrameworkWords): string {
  const fix = words.fixes.body;
  switch (taker) {
    case 'twice':
      return 'This request has already been through webhook(), which read the body: mount it once, on the path to a route.';
    case 'encoding':
      return `Something called request.setEncoding(). ${fix}`;
    case 'text':
      return `${words.text} or another text parser ran first. ${fix}`;
    case 'json':
    case 'form':
      return `${words[taker]} or another body parser ran first. ${fix}`;
    case 'unknown':
      return `Something read the request's stream first. ${fix}`;
  }
}

/** Set on requests whose body an adapter has read; a separate set would cost several times as much. */
const readByUs = Symbol.for('countersign.read');

/** Marks that an adapter reads this request; returns true if one already has. */
export function markRead(request: object): boolean {
  const marked = request as { [readByUs]?: true };
  if (marked[readByUs]) return true;
  marked[readByUs] = true;
  return false;
}

/**
 * Copies chunks into one piece of memory. If they were kept as received, a MiB in chunks of one byte would take about
 * 100 MiB, because each is a Buffer of its own.
 */
export class CollectedBytes {
  #bytes: Uint8Array<ArrayBufferLike> = new Uint8Array();
  #length = 0;
  readonly #announced: number | undefined;
  readonly #most: number;

  /** @param announced what the head says of the length, or undefined */
  constructor(announced: number | undefined, maxBodyBytes: number) {
    this.#announced = announced;
    this.#most = maxBodyBytes;
  }

  /** False where it would be more than may come; the chunk is left out then. */
  add(chunk: Uint8Array): boolean {
    const needed = this.#length + chunk.byteLength;
    if (needed > this.#most) return false;
    if (this.#length === 0) {
      // Most bodies come in one piece and are not copied.
      this.#bytes = chunk;
    } else {
      if (needed > this.#bytes.byteLength) {
        const larger = new Uint8Array(this.#announced ?? Math.min(Math.max(needed, this.#length * 2), this.#most));
        larger.set(this.#bytes.subarray(0, this.#length));
        this.#bytes = larger;
      }
      this.#bytes.set(chunk, this.#length);
    }
    this.#length = needed;
    return true;
  }

  take(): Uint8Array {
    return this.#length === this.#bytes.byteLength ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }
}
