/** The option `logger` with Nest's own logger. */

import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { Logger } from '@nestjs/common';
import { expect, it, vi } from 'vitest';

it('Nest’s logger gets failures and refusals under its own context', async () => {
  const written: string[] = [];
  const write = (chunk: unknown) => written.push(`${chunk}`) > 0;
  const streams = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write as never),
    vi.spyOn(process.stderr, 'write').mockImplementation(write as never),
  ];
  const secret = 'a-secret-of-this-test-0123456789';
  const provider = defineProvider({ name: 'logged-by-nest', scheme: rawBodyHmac({ header: 'x-sig' }) });
  const receiver = createReceiver({ provider, secrets: secret, logger: new Logger('webhooks') });
  const body = Buffer.from('{"id":"evt_1"}');
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  try {
    await receiver.receive({ body, headers: { 'x-sig': signature } }, () => {
      throw new RangeError('of the handler');
    });
    await receiver.receive({ body, headers: { 'x-sig': '00'.repeat(32) } }, () => undefined);
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
  const text = written.join('');
  expect(text).toMatch(/ERROR.*\[webhooks\].*countersign: handling logged-by-nest failed/);
  expect(text).toContain('of the handler');
  expect(text).toMatch(/WARN.*\[webhooks\].*a delivery was refused, signature_mismatch/);
});
