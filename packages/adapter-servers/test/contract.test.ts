import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdapterResult, adapterContract } from '@countersign/testing';
import { contractHeader, contractSecret } from '@countersign/testing/adapter-app';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { adapterServers } from '../src/index.ts';
import { startNext, startNextDev } from '../src/next-servers.ts';
import { resultTable } from '../src/result-table.ts';
import { inTurn } from './in-turn.ts';

const results = new Map<string, AdapterResult[]>();
const missing = new Map<string, string>();
afterAll(() => console.log(`The contract of adapters\n\n${resultTable(results, missing)}`));

for (const { name, mount, missing: reason, ...options } of adapterServers) {
  const rows: AdapterResult[] = [];
  results.set(name, rows);
  describe.concurrent(name, () => {
    if (reason !== undefined && process.env.COUNTERSIGN_REQUIRE_SERVICES !== '1') {
      missing.set(name, reason);
      it.skip(`holds the contract (skipped: ${reason})`, () => undefined);
      return;
    }
    adapterContract({ describe: inTurn, it }, mount, { ...options, onResult: (result) => rows.push(result) });
  });
}

// In this file, since it shares the build of Next.js with the contract.
it.concurrent('keeps Next.js up, by after(), for a handler that runs on past its deadline and its answer', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-after-'));
  const file = join(directory, 'done');
  const { url, child, stop } = await startNext();
  try {
    const body = JSON.stringify({ file });
    const time = Math.floor(Date.now() / 1000);
    const mac = createHmac('sha256', contractSecret).update(`${time}.${body}`).digest('hex');
    const headers = { [contractHeader]: `t=${time},v1=${mac}`, connection: 'close' };
    const response = await fetch(`${url}/late`, { method: 'POST', body, headers });
    expect(response.status).toBe(500);
    await response.arrayBuffer();
    expect(existsSync(file)).toBe(false);
    // What an operator sends: Next.js waits for what was given to after(), and for nothing else.
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(existsSync(file)).toBe(true);
  } finally {
    await stop();
    rmSync(directory, { recursive: true });
  }
}, 300_000);

it('prints in the development of Next.js why a delivery is refused, and nothing of it in production', async () => {
  const body = '{"id":"evt_1"}';
  const time = Math.floor(Date.now() / 1000);
  const mac = createHmac('sha256', contractSecret).update(`${time}.${body}`).digest('hex');
  const printedBy = async (start: typeof startNext, isAwaited: boolean) => {
    const { url, child, stop } = await start();
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    try {
      const headers = { [contractHeader]: `t=${time},v1=${mac}` };
      const response = await fetch(`${url}/diagnosed`, { method: 'POST', body: `${body}\r\n`, headers });
      expect([response.status, await response.text()]).toEqual([401, '{"error":"unauthorized"}']);
      if (isAwaited) await vi.waitFor(() => expect(printed).toContain('Why:'), { timeout: 30_000 });
      else await new Promise((resolve) => setTimeout(resolve, 1000));
    } finally {
      await stop();
    }
    return printed;
  };
  const development = await printedBy(startNextDev, true);
  expect(development).toContain('diagnosed refused a delivery: signature_mismatch (x-contract-signature). Why:');
  expect(development).toContain('Export webhook(receiver, handle) itself as POST of app/.../route.ts');
  expect(await printedBy(startNext, false)).not.toContain('refused');
}, 300_000);
