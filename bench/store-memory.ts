/** Measures the memory for a million remembered events, in a separate process. */

import { execFileSync } from 'node:child_process';

export function measureStore(): { megabytes: number; records: number } {
  const program = `
    import { createHash } from 'node:crypto';
    import { memoryStore } from '@countersign/core';
    const used = () => { globalThis.gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    const before = used();
    const store = memoryStore({ maxRecords: 1_000_000 });
    for (let index = 0; index < 1_000_000; index++) {
      const key = createHash('sha256').update(String(index)).digest('base64url');
      const { token } = await store.claim(key, 30);
      await store.complete(key, token, 604_800, { fingerprint: key.slice(0, 8) });
    }
    console.log(JSON.stringify({ megabytes: (used() - before) / 1e6, records: store.size }));`;
  const flags = ['--expose-gc', '--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8', cwd: import.meta.dirname }));
}
