/** Changes of the body that need no understanding of it: bytes flipped, added, removed, and one that keeps a checksum. */

import { crc32 } from 'node:zlib';
import type { Random } from '../random.ts';
import type { Change } from './change.ts';

function changeBytes(name: string, change: (body: Uint8Array, random: Random) => Uint8Array): Change {
  return {
    name,
    apply(request, random) {
      request.body = change(request.body, random);
      return true;
    },
  };
}

const ends = ['\n', '\r\n', ' ', '\0', '\ufeff', '&', '=', '}', ',', '\x80'].map((text) => Buffer.from(text, 'latin1'));

export const byteChanges: readonly Change[] = [
  changeBytes('a byte flipped', (body, random) => {
    if (body.length === 0) return new Uint8Array([random.below(256)]);
    const at = random.below(body.length);
    return body.with(at, (body[at] as number) ^ (1 << random.below(8)));
  }),
  changeBytes('a byte added', (body, random) => {
    const at = random.below(body.length + 1);
    return Uint8Array.of(...body.subarray(0, at), random.below(256), ...body.subarray(at));
  }),
  changeBytes('a byte removed', (body, random) => {
    const at = random.below(body.length + 1);
    return Uint8Array.of(...body.subarray(0, at), ...body.subarray(at + 1));
  }),
  changeBytes('something behind the body', (body, random) => Uint8Array.of(...body, ...random.pick(ends))),
  changeBytes('something before the body', (body, random) => Uint8Array.of(...random.pick(ends), ...body)),
  changeBytes('the body cut short', (body, random) => body.slice(0, random.below(body.length + 1))),
];

/** Another body with the checksum of the first: four bytes can be chosen so that any CRC-32 comes out. */
export const sameChecksum: Change = {
  name: 'another body with the same CRC-32',
  apply(request, random) {
    const { body } = request;
    if (body.length === 0) return false;
    const at = random.below(body.length);
    const changed = body.with(at, (body[at] as number) ^ (1 << random.below(8)));
    const patched = Buffer.concat([changed, Buffer.alloc(4)]);
    // CRC-32 is linear: the bits to be set are found one by one.
    const base = crc32(patched) ^ crc32(body);
    const rows: [effect: number, bits: number][] = [];
    for (let bit = 0; bit < 32; bit++) {
      const probe = Buffer.from(patched);
      probe[body.length + (bit >> 3)] = 1 << (bit & 7);
      rows.push([crc32(probe) ^ crc32(patched), 1 << bit]);
    }
    const bits = solve(rows, base);
    for (let byte = 0; byte < 4; byte++) patched[body.length + byte] = (bits >>> (8 * byte)) & 255;
    request.body = new Uint8Array(patched);
    return crc32(patched) === crc32(body);
  },
};

/** The rows whose effects add up to the wanted one, by elimination over single bits. */
function solve(rows: readonly [effect: number, bits: number][], wanted: number): number {
  const reduced: [effect: number, bits: number][] = [];
  const reduce = ([effect, bits]: [number, number]): [number, number] => {
    for (const [other, otherBits] of reduced) {
      if ((effect ^ other) >>> 0 < effect >>> 0) [effect, bits] = [effect ^ other, bits ^ otherBits];
    }
    return [effect, bits];
  };
  for (const row of rows) {
    const [effect, bits] = reduce(row);
    if (effect !== 0) {
      reduced.push([effect, bits]);
      reduced.sort(([left], [right]) => (right >>> 0) - (left >>> 0));
    }
  }
  return reduce([wanted, 0])[1];
}
