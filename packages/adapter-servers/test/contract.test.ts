import { type AdapterResult, adapterContract } from '@countersign/testing';
import { afterAll, describe, it } from 'vitest';
import { adapterServers } from '../src/index.ts';
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
