/** Undoes a compression, if the runtime can. */

import type { Situation, Variant } from './situation.ts';

const maxPlainBytes = 8 * 1_048_576;

/** The decompressed body, if it starts like gzip or zlib; none on a runtime without DecompressionStream. */
export async function compressionVariants({ body }: Pick<Situation, 'body'>): Promise<readonly Variant[]> {
  const format = body[0] === 0x1f && body[1] === 0x8b ? 'gzip' : body[0] === 0x78 ? 'deflate' : undefined;
  if (format === undefined || typeof DecompressionStream === 'undefined') return [];
  try {
    const stream = new Blob([body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
    const chunks: Uint8Array[] = [];
    let length = 0;
    const reader = (stream as ReadableStream<Uint8Array>).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > maxPlainBytes) {
        await reader.cancel();
        return [];
      }
      chunks.push(value);
    }
    const plain = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      plain.set(chunk, at);
      at += chunk.byteLength;
    }
    return [{ kind: 'body', codes: ['body_compressed'], change: { body: plain } }];
  } catch {
    return [];
  }
}
