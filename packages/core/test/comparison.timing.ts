/**
 * `npm run timing`: does the duration of a comparison reveal the position of the first wrong byte? Welch's t over two classes.
 *
 * Method: dudect (Reparaz, Balasch, Verbauwhede 2017). First byte wrong against last byte wrong, in batches, classes in random order, the
 * slowest tenth cut off. |t| below 5 in at least four of five runs passes. As a positive control, an early-exit comparison is measured too,
 * and must exceed 100: otherwise the measurement detects nothing.
 */

import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { crypto as nodeBackend } from '../src/crypto/node.ts';
import { crypto as webBackend } from '../src/crypto/web.ts';

const batches = 18_000;
const batchSize = 200;
const runs = 5;

const body = Buffer.from('{"id":"evt_1"}');
const secret = '0123456789abcdef0123456789abcdef';
const mac = createHmac('sha256', secret).update(body).digest();
const wrongAt = (at: number) => {
  const bytes = Buffer.from(mac);
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
};
const [first, last] = [wrongAt(0), wrongAt(31)] as const;

const receiver = createReceiver({
  provider: defineProvider({ name: 'timing', scheme: rawBodyHmac({ header: 'x-sig' }) }),
  secrets: secret,
});
const deliveries = [first, last].map((bytes) => ({ body, headers: { 'x-sig': bytes.toString('hex') } }));
const long = [0, 1].map((which) => Buffer.alloc(4096, 1).fill(2, which === 0 ? 0 : 4095));
const reference = Buffer.alloc(4096, 1);

const macKey = nodeBackend.createMacKey('SHA-256', Buffer.from(secret));
const candidates = [[first], [last]] as const;

let sink = 0;
const subjects: Record<string, (which: 0 | 1) => unknown> = {
  'control: early exit': (which) => {
    const bytes = long[which] as Buffer;
    for (let at = 0; at < bytes.length; at++) if (bytes[at] !== reference[at]) return at;
    return -1;
  },
  'node:crypto, MAC and comparison': (which) => Number(macKey.matches([body], candidates[which])),
  'Web Crypto, comparison of 4 KiB': (which) => Number(webBackend.equalBytes(long[which] as Buffer, reference)),
  'receiver.verify': (which) =>
    receiver.verify(deliveries[which] as (typeof deliveries)[0]).catch((error: { code: string }) => error.code),
};

let failed = 0;
for (const [name, subject] of Object.entries(subjects)) {
  const values: number[] = [];
  // A refused verification creates an error with a stack, so fewer are run.
  const isWhole = name === 'receiver.verify';
  const isControl = name.startsWith('control');
  for (let run = 0; run < runs; run++)
    values.push(await welch(subject, isWhole ? batches / 6 : batches, isWhole ? batchSize / 20 : batchSize));
  const passed = values.filter((value) => (isControl ? Math.abs(value) > 100 : Math.abs(value) < 5)).length;
  const isRight = passed >= 4;
  if (!isRight) failed++;
  console.log(
    `${name}: t = ${values.map((value) => value.toFixed(1)).join(', ')}: ${isRight ? 'as it must be' : 'NOT as it must be'}`,
  );
}
if (sink === -1) console.log(sink);
process.exitCode = failed === 0 ? 0 : 1;

async function welch(subject: (which: 0 | 1) => unknown, count: number, size: number): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let batch = 0; batch < count; batch++) {
    const which = Math.random() < 0.5 ? 0 : 1;
    const startedAt = process.hrtime.bigint();
    for (let index = 0; index < size; index++) {
      const result = subject(which);
      if (result instanceof Promise) await result;
      else sink += result as number;
    }
    times[which].push(Number(process.hrtime.bigint() - startedAt));
  }
  const [left, right] = times.map((values) => {
    const kept = values.toSorted((a, b) => a - b).slice(0, Math.floor(values.length * 0.9));
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  }) as [{ mean: number; error: number }, { mean: number; error: number }];
  return (left.mean - right.mean) / Math.sqrt(left.error + right.error);
}
