/** How often a diagnosis names the right cause first, over some two thousand broken deliveries of all presets. */

import { type DiagnoseOptions, diagnose } from '@countersign/core/diagnose';
import { describe, expect, it } from 'vitest';
import { type Broken, breakages, type Genuine, genuineOf, signedAt } from './broken-deliveries.ts';
import { presets } from './presets.ts';

/** Senders whose keys come by certificates or are a stored token, which nothing here is made for. */
const apart = ['apple-app-store-v2', 'aws-sns', 'paypal', 'clockify-addon'];

interface Row {
  tried: number;
  right: number;
  /** A cause was named that is not there. */
  wrong: number;
  readonly misses: string[];
}

async function ask({ provider, keys }: Genuine, { delivery, secret, options }: Broken) {
  const { secrets, keys: publicKeys } = keys.receiver as { secrets?: string; keys?: string };
  const given: DiagnoseOptions = {
    clock: () => signedAt,
    ...(publicKeys !== undefined && { keys: publicKeys }),
    // Not how fast this machine is, but what is found, is measured here.
    maxMilliseconds: 10_000,
    ...options,
  };
  return diagnose(delivery as never, provider, secret ?? secrets, given);
}

describe('the corpus of broken deliveries', () => {
  it('is explained: the right cause first for 95 of 100, a false one for less than 1 of 100', async () => {
    const rows = new Map<string, Row>(
      breakages.map(({ name }) => [name, { tried: 0, right: 0, wrong: 0, misses: [] }]),
    );
    for (const [id, provider] of presets) {
      if (apart.includes(id)) continue;
      const genuine = await genuineOf(provider);
      expect((await ask(genuine, genuine)).verdict, id).toBe('verifies');
      for (const { name, expected, break: spoil } of breakages) {
        const broken = await spoil(genuine);
        if (broken === undefined) continue;
        const diagnosis = await ask(genuine, broken);
        // What was done to it does not matter to this sender, such as white space around a token.
        if (diagnosis.verdict === 'verifies') continue;
        const [first] = diagnosis.causes;
        const found = first?.code ?? diagnosis.verdict;
        const row = rows.get(name) as Row;
        row.tried += 1;
        if (found === expected) row.right += 1;
        else {
          row.misses.push(`${id}: ${found}`);
          if (first !== undefined) row.wrong += 1;
        }
      }
    }
    const sum = (pick: (row: Row) => number) => [...rows.values()].reduce((total, row) => total + pick(row), 0);
    const [tried, right, wrong] = [sum((row) => row.tried), sum((row) => row.right), sum((row) => row.wrong)];
    const share = (part: number) => `${((part / tried) * 100).toFixed(2)} %`;
    console.log(
      `diagnosis: of ${tried} broken deliveries ${right} (${share(right)}) rightly first, ${wrong} (${share(wrong)}) falsely`,
    );
    for (const [name, { misses }] of rows) if (misses.length > 0) console.log(`  ${name}: ${misses.join(', ')}`);
    expect([...rows].filter(([, row]) => row.tried === 0).map(([name]) => name)).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(2000);
    expect(right / tried).toBeGreaterThanOrEqual(0.95);
    expect(wrong / tried).toBeLessThan(0.01);
  }, 300_000);
});

describe('a message that Mailgun’s routes forward', () => {
  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'])(
    'is explained as a form that is signed differently: %s',
    async (type) => {
      const delivery = {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: Buffer.from('timestamp=1795251600&token=t0ken&signature=00ff&recipient=ada%40example.com'),
      };
      const { causes } = await diagnose(delivery, presets.get('mailgun') as never, 'key-of-the-test-0123456789abcdef');
      expect(causes[0]).toMatchObject({ code: 'header_missing', at: 'body signature.signature' });
      expect(causes[0]?.what).toContain('the body is a form');
      expect(causes[0]?.fix).toContain('signed differently');
    },
  );
});
