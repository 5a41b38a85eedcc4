/** Shows why packages/core/src/crypto/node.ts keeps pads and hash states: HMAC in six ways over the same kibibyte. */

import { createHash, createHmac, createSecretKey, hash } from 'node:crypto';
import { compare } from './measure.ts';

export async function measureKeyedState(): Promise<Record<string, string>[]> {
  const secret = Buffer.alloc(32, 7);
  const key = createSecretKey(secret);
  const body = Buffer.alloc(1024, 97);
  const pad = (value: number) => Buffer.alloc(64, value).map((byte, at) => byte ^ (secret[at] ?? 0));
  const inner = createHash('sha256').update(pad(0x36));
  const outer = createHash('sha256').update(pad(0x5c));
  const block = Buffer.concat([pad(0x5c), Buffer.alloc(32)]);
  const expected = Buffer.alloc(32);
  const innerPad = pad(0x36);
  const padded = Buffer.alloc(128 + 16_384);
  const writeLatin1 = (text: string, target: Buffer, from: number) => {
    for (let at = 0; at < text.length; at++) target[from + at] = text.charCodeAt(at);
  };
  const timings = await compare(
    [
      { name: 'createHmac(KeyObject), digest as Buffer', run: () => createHmac('sha256', key).update(body).digest() },
      { name: 'createHmac(KeyObject), digest as hex', run: () => createHmac('sha256', key).update(body).digest('hex') },
      {
        name: 'both states copied, digests as Buffer',
        run: () => outer.copy().update(inner.copy().update(body).digest()).digest(),
      },
      {
        name: 'both states copied, digests as text',
        run: () =>
          expected.write(
            outer.copy().update(inner.copy().update(body).digest('binary'), 'binary').digest('binary'),
            'latin1',
          ),
      },
      {
        name: 'inner state copied, outer hash in one shot, digests as text (used above 16 KiB)',
        run: () => {
          block.write(inner.copy().update(body).digest('binary'), 64, 'latin1');
          expected.write(hash('sha256', block, 'binary'), 'latin1');
        },
      },
      {
        name: 'both in one shot, the text copied after the pad, digests as text (used)',
        run: () => {
          padded.set(innerPad);
          padded.set(body, 64);
          writeLatin1(hash('sha256', padded.subarray(0, 64 + body.length), 'binary'), block, 64);
          writeLatin1(hash('sha256', block, 'binary'), expected, 0);
        },
      },
    ],
    2,
  );
  return timings.map(({ name, microseconds, quartiles: [low, high] }) => ({
    way: name,
    µs: microseconds.toFixed(2),
    quartiles: `${low.toFixed(2)} to ${high.toFixed(2)}`,
  }));
}
