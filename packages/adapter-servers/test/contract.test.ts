import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdapterResult, adapterContract } from '@countersign/testing';
import { contractHeader, contractSecret } from '@countersign/testing/adapter-app';
import { afterAll, describe, expect, it } from 'vitest';
import { adapterServers } from '../src/index.ts';
import { startNext } from '../src/next-servers.ts';
import { resultTable } from '../src/result-table.ts';

const results = new Map<string, AdapterResult[]>();
const missing = new Map<string, string>();
afterAll(() => console.log(`The contract of adapters\n\n${resultTable(results, missing)}`));

for (const { name, mount, missing: reason, ...options } of adapterServers) {
  const rows: AdapterResult[] = [];
  results.set(name, rows);
  describe(name, () => {
    if (reason !== undefined && process.env.COUNTERSIGN_REQUIRE_SERVICES !== '1') {
      missing.set(name, reason);
      it.skip(`holds the contract (skipped: ${reason})`, () => undefined);
      return;
    }
    adapterContract({ describe, it }, mount, { ...options, onResult: (result) => rows.push(result) });
  });
}

// In this file, since it shares the build of Next.js with the contract.
it('keeps Next.js up, by after(), for a handler that runs on past its deadline and its answer', async () => {
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
}, 120_000);
